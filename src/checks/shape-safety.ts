import { defineCheck, type CheckContext, type CheckOutcome, type Finding } from '../contracts/check.ts';
import type { InputSpec } from '../contracts/domain.ts';
import type { Evaluation } from '../contracts/engine.ts';
import type { Point } from '../contracts/tensor.ts';
import { batchOf, repeated } from './batches/batch.ts';
import { crossings, isAtPlaceOf, type Crossing } from './blame/crosswise.ts';
import { forward } from './blame/reach.ts';
import { conclude, finding, skip } from './finding.ts';
import { tensorOf } from './point.ts';

/** The same numbers in another shape may be added up in another order. */
const SAME_WITHIN = 1e-9;
/** A vector this long against a column of its length would fill the memory. */
const MOST_ROWS = 2 ** 10;

/** Do two shapes broadcast to a larger one that nobody meant? */
export const shapeSafety = defineCheck({
  id: 'shape-safety',
  title: 'no silent broadcast',
  severity: 'warning',
  precision: 64,
  run(context): CheckOutcome {
    const point = context.samples[0]?.point;
    if (point === undefined) return skip('there is no sample to look at');
    const evaluation = context.reference.value(point);
    if (evaluation.kind === 'threw') return skip('the loss throws: see scalar-output');
    if (evaluation.kind === 'not-a-tensor') return skip('the loss returns no tensor: see scalar-output');
    const crossed = lastingCrossings(context, point);
    const guessed = crossed.find((crossing) => isGuessed(context, crossing));
    if (guessed !== undefined) return undecided(guessed);
    const silent = crossed.map((crossing) => anotherGuess(context, point, crossing) ?? silentBroadcast(crossing, null));
    const findings = silent.length > 0 ? silent : silentInColumns(context, point);
    return conclude(
      findings.length > 0 ? findings : acceptedElsewhere(context, point, evaluation),
      'no operation enlarges both of its sides in silence',
    );
  },
});

function undecided({ left, right }: Crossing): CheckOutcome {
  const shapes = [left, right].map(({ value }) => `[${value.shape.join(', ')}]`).join(' and ');
  const summary = `${shapes} broadcast, and their shapes are guessed: declare the shapes of the inputs`;
  return { status: 'inconclusive', summary, metrics: {}, findings: [] };
}

function crossingsAt({ reference, inputs }: CheckContext, point: Point): readonly Crossing[] {
  return crossings(reference.trace(point, []), { predictions: namesOf(inputs, 'prediction') });
}

function namesOf(inputs: readonly InputSpec[], role: InputSpec['role']): readonly string[] {
  return inputs.filter((input) => input.role === role).map(({ name }) => name);
}

function lastingCrossings(context: CheckContext, point: Point): readonly Crossing[] {
  const found = crossingsAt(context, point);
  return found.length === 0 ? [] : found.filter((crossing) => !isCoincidence(context, point, crossing));
}

/**
 * Eight rows against a table of eight entries look like [8, 1] against [8]. In a batch of twice as many rows they
 * no longer do: then all pairs of row and entry are meant.
 */
function isCoincidence(context: CheckContext, point: Point, { operation }: Crossing): boolean {
  const batch = batchOf(context.inputs);
  if (typeof batch === 'string') return false;
  const trace = context.reference.trace(repeated(point, batch, 2), []);
  const runsAgain = trace.evaluation.kind === 'tensor' && forward(trace).some((other) => isAtPlaceOf(other, operation));
  if (!runsAgain) return false;
  return !crossings(trace, { predictions: namesOf(context.inputs, 'prediction') }).some((other) => isAtPlaceOf(other.operation, operation));
}

function silentBroadcast({ operation, left, right, result, sources }: Crossing, given: readonly number[] | null): Finding {
  const { kernel, location } = operation;
  const data = { op: kernel, left: left.value.shape, right: right.value.shape, result: result.value.shape, inputs: sources, given };
  return finding('silent-broadcast', data, { severity: 'warning', location, op: kernel });
}

/** An input has more axes than the predictions only because nothing better was found for it. */
function isGuessed({ inputs }: CheckContext, { sources }: Crossing): boolean {
  const ranks = inputs.filter(({ role }) => role === 'prediction').map(({ shape }) => shape.length);
  return inputs.some(({ name, inferred, shape }) => inferred && sources.includes(name) && shape.length > Math.max(...ranks));
}

/** Weights and class indices whose shape was guessed: with another guess the loss may have nothing to broadcast. */
function anotherGuess(context: CheckContext, point: Point, { operation, sources }: Crossing): Finding | null {
  const guessed = context.inputs.filter(
    ({ name, inferred, role, domain }) => inferred && sources.includes(name) && (role === 'weight' || domain === 'class-index'),
  );
  for (const { name, shape } of guessed) {
    const other = otherColumn(shape);
    if (other === null) continue;
    const changed = withShape(point, name, other);
    if (scalarOf(context.reference.value(changed)) === null || crossingsAt(context, changed).length > 0) continue;
    const beside = sources.filter((source) => source !== name).join(', ');
    const data = { input: name, declared: other, accepted: shape, other: beside };
    return finding('accepts-other-shape', data, { severity: 'info', location: operation.location, op: operation.kernel });
  }
  return null;
}

/** [N] for [N, 1] and the other way round; null for any other shape, for a single row and for very many. */
function otherColumn(shape: readonly number[]): readonly number[] | null {
  const [rows = 1, width] = shape;
  if (rows < 2 || rows > MOST_ROWS || shape.length < 1 || shape.length > 2) return null;
  if (width === undefined) return [rows, 1];
  return width === 1 ? [rows] : null;
}

function withShape(point: Point, name: string, shape: readonly number[]): Point {
  return { ...point, [name]: { ...tensorOf(point, name), shape } };
}

function scalarOf(evaluation: Evaluation): number | null {
  if (evaluation.kind !== 'tensor' || evaluation.tensor.data.length !== 1) return null;
  const value = evaluation.tensor.data[0] ?? NaN;
  return Number.isFinite(value) ? value : null;
}

/** Domains of single entries: a column of such a matrix is a column of that domain. */
const ENTRYWISE: ReadonlySet<unknown> = new Set(['real', 'logit', 'probability', 'positive', 'nonnegative', 'binary', 'sign']);

/**
 * Where the shapes are our own guess, the loss must also bear what a layer with one unit puts out: prediction
 * and target of shape [N, 1]. One that drops the axis on one side only has nothing to broadcast in [8, 4].
 */
function silentInColumns(context: CheckContext, point: Point): readonly Finding[] {
  const shape = context.inputs.find(({ role }) => role === 'prediction')?.shape ?? [];
  const target = context.inputs.find(({ role }) => role === 'target');
  const [rows = 1, width = 1] = shape;
  if (target?.shape.join() !== shape.join() || rows < 2 || rows > MOST_ROWS || shape.length > 2) return [];
  const alike = context.inputs.filter((input) => input.shape.join() === shape.join());
  if (!alike.every(({ inferred, domain }) => inferred && (typeof domain === 'object' || ENTRYWISE.has(domain)))) return [];
  const columns = alike.map(({ name }) => {
    const tensor = tensorOf(point, name);
    return [name, { ...tensor, shape: [rows, 1], data: tensor.data.filter((_, index) => index % width === 0) }] as const;
  });
  const changed = { ...point, ...Object.fromEntries(columns) };
  if (context.reference.value(changed).kind !== 'tensor') return [];
  return lastingCrossings(context, changed).map((crossing) => silentBroadcast(crossing, [rows, 1]));
}

/** The loss takes a target as a vector as well as a column, and gives another value for it. */
function acceptedElsewhere(context: CheckContext, point: Point, evaluation: Evaluation): readonly Finding[] {
  const value = scalarOf(evaluation);
  for (const target of context.inputs.filter(({ role }) => role === 'target')) {
    const prediction = context.inputs.find(({ role, shape }) => role === 'prediction' && shape.join() === target.shape.join());
    const shape = otherColumn(target.shape);
    if (value === null || prediction === undefined || shape === null) continue;
    const changed = withShape(point, target.name, shape);
    const accepted = scalarOf(context.reference.value(changed));
    if (accepted === null || Math.abs(accepted - value) <= SAME_WITHIN * Math.max(Math.abs(value), Math.abs(accepted))) continue;
    const data = { input: target.name, declared: target.shape, accepted: shape, other: prediction.name };
    const operation = crossingsAt(context, changed)[0]?.operation;
    return [finding('accepts-other-shape', data, { severity: 'info', location: operation?.location ?? null, op: operation?.kernel ?? null })];
  }
  return [];
}
