import type { LossProbe } from '../contracts/engine.ts';
import { isDifferentiable } from '../contracts/domain.ts';
import { EvaluationError, UsageError } from '../contracts/errors.ts';
import type { EvaluationReport } from '../contracts/report.ts';
import { quote, showName } from '../contracts/shown.ts';
import { nest, type Point, type TensorData } from '../contracts/tensor.ts';
import { argumentsOf, classesOf, type Argument } from '../load/arguments.ts';
import { toCallable } from '../load/discover.ts';
import { isIntegerDomain } from '../numerics/domains.ts';
import { reportEngine } from './engines.ts';
import type { EvaluateRequest } from './messages.ts';
import { openModule } from './module.ts';
import { numberOrText } from './numbers.ts';
import { inputOverrides } from './prepare.ts';
import { PointError, toTensor } from './points.ts';

/** Value, components and gradients of one loss at one point. */
export async function evaluateModule(request: EvaluateRequest): Promise<EvaluationReport> {
  const { module: target, options, precision } = request;
  const module = await openModule(target, options);
  const failed = module.errors[0];
  if (failed !== undefined) throw failed.error;
  const pair = module.losses[0];
  if (pair === undefined) throw new Error(`${target.fileId} has neither a loss nor an error`);
  if (module.losses.length > 1) {
    const names = module.losses.map(({ id }) => id).join(', ');
    throw new UsageError(`eval: ${target.fileId} holds ${module.losses.length} losses, expected one`, `Name it: ${names}`);
  }
  const loss = precision === 64 ? pair.reference : pair.production;
  // Optional arguments count when a value is given for them.
  const given = Object.fromEntries(loss.argumentNames.filter((name) => name in request.inputs).map((name) => [name, {}]));
  const known = argumentsOf(loss, { ...given, ...inputOverrides(loss, module.settingsOf(pair), options) });
  const inputs = namedInputs(known, request.inputs, [...loss.variables().keys()]);
  const evaluated = precision === 64 ? module.reference : module.production;
  const engine = precision === 64 ? module.engines.reference : module.engines.production;
  const callable = toCallable(loss, inputs.map(({ name }) => name));
  const probe = evaluated.bind(callable);
  const point = { ...pointOf(inputs, request.inputs), ...parametersOf(probe, request.inputs) };
  const differentiable = [
    ...inputs.filter(({ role }) => isDifferentiable(role)).map(({ name }) => name),
    ...Object.keys(probe.parameters),
  ];
  return { schemaVersion: 1, loss: pair.id, ...run(probe, point, differentiable), engine: reportEngine(engine.info) };
}

/** The arguments that were given, in the order of the loss; each that it needs must be among them. */
function namedInputs(known: readonly Argument[], given: Readonly<Record<string, unknown>>, variables: readonly string[]): readonly Argument[] {
  const names = [...known.map(({ name }) => name), ...variables];
  const stray = Object.keys(given).find((name) => !names.includes(name));
  if (stray !== undefined) {
    throw new UsageError(`eval: there is no input ${quote(stray)}, expected ${names.map(showName).join(', ')}`, `Give each as --input name=JSON.`);
  }
  const missing = known.find(({ name }) => !(name in given));
  if (missing !== undefined) {
    throw new UsageError(
      `eval: no value for the input ${quote(missing.name)}, expected ${names.map(showName).join(', ')}`,
      `For example: --input ${showName(missing.name)}='[1, 2, 3]'`,
    );
  }
  return known;
}

function pointOf(inputs: readonly Argument[], given: Readonly<Record<string, unknown>>): Point {
  const point = Object.fromEntries(
    inputs.map(({ name, domain }) => [name, tensorOf(given[name], name, domain !== null && isIntegerDomain(domain))]),
  );
  for (const input of inputs) requireClasses(input, inputs, point);
  return point;
}

/** An index beyond the classes picks nothing, or what stands beside it: the value would mean nothing. */
function requireClasses(input: Argument, inputs: readonly Argument[], point: Point): void {
  const tensor = point[input.name];
  if (input.domain !== 'class-index' || tensor === undefined) return;
  const columnsOf = (shape: readonly number[], shapes: readonly Pick<Argument, 'role' | 'shape'>[]): number | null => classesOf({ ...input, classes: null }, 'class-index', shape, shapes, null);
  // Where classes are the columns of the prediction, they are those of this point; elsewhere (centres, prototypes) nobody knows.
  const areColumns = input.classes === null || (input.shape !== null && columnsOf(input.shape, inputs) === input.classes);
  const classes = areColumns ? columnsOf(tensor.shape, inputs.map(({ name, role }) => ({ role, shape: point[name]?.shape ?? null }))) : null;
  const stray = tensor.data.find((index) => index < 0 || (classes !== null && index >= classes));
  if (stray === undefined) return;
  const accepted = classes === null ? 'class indices of at least 0' : `class indices from 0 to ${classes - 1}, of ${classes} classes`;
  throw new UsageError(`eval: ${showName(input.name)}: found ${stray}, expected ${accepted}`);
}

function parametersOf(probe: LossProbe, given: Readonly<Record<string, unknown>>): Point {
  const names = Object.keys(probe.parameters).filter((name) => name in given);
  return { ...probe.parameters, ...Object.fromEntries(names.map((name) => [name, tensorOf(given[name], name, false)])) };
}

function tensorOf(nested: unknown, name: string, integers: boolean): TensorData {
  try {
    return toTensor(nested, name, integers);
  } catch (error) {
    if (error instanceof PointError) throw new UsageError(`eval: ${error.message}`);
    throw error;
  }
}

function run(probe: LossProbe, point: Point, differentiable: readonly string[]): Pick<EvaluationReport, 'value' | 'components' | 'gradients'> {
  const { evaluation, gradients, error } = probe.gradient(point, differentiable);
  if (evaluation.kind === 'threw') {
    const shapes = Object.entries(point).map(([name, { shape }]) => `${name} [${shape.join(', ')}]`).join(', ');
    throw new UsageError(`eval: the loss throws at this point (${showName(shapes)}): ${evaluation.error.message}`, 'Check the shapes and values of the inputs.');
  }
  if (evaluation.kind === 'not-a-tensor') {
    const found = evaluation.value === null ? FOUND[evaluation.found] ?? evaluation.found : `the number ${evaluation.value}`;
    throw new EvaluationError(`the loss returned ${found} instead of a tensor`, { fix: 'losscheck verify explains where the tensor is lost.' });
  }
  if (gradients === null) {
    throw new EvaluationError(`the value is ${evaluation.tensor.data[0]}, but its gradient cannot be computed: ${error?.message ?? 'no reason given'}`, {
      fix: 'losscheck verify explains which operation stops it.',
      location: error?.location ?? null,
    });
  }
  return {
    value: nest(evaluation.tensor.data, evaluation.tensor.shape),
    components: Object.fromEntries(Object.entries(evaluation.components).map(([name, value]) => [name, numberOrText(value)])),
    gradients: Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, gradient === null ? null : nest(gradient.data, gradient.shape)])),
  };
}

const FOUND: Readonly<Record<string, string>> = { promise: 'a Promise', array: 'an array', string: 'a string', object: 'an object without a tensor named total or loss' };
