import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { isDefinedLoss } from '../../src/contracts/define-loss.ts';
import type { Engine, LossProbe } from '../../src/contracts/engine.ts';
import { sizeOf, type Point, type TensorData } from '../../src/contracts/tensor.ts';
import { bundleModule } from '../../src/load/bundle.ts';
import { SUPPLIED_PACKAGES } from '../../src/load/supply.ts';
import { BUILT_IN_LOSSES, type BuiltInLossId } from '../../src/losses/index.ts';

/** The built-in losses in an engine, and their golden values from fixtures/reference. */

export type Nested = number | readonly Nested[];
type Params = Readonly<Record<string, unknown>>;

const REFERENCE = path.resolve('fixtures/reference');
const SOURCE = path.resolve('src/losses/index.ts');

export const IDS = Object.keys(BUILT_IN_LOSSES).filter((id): id is BuiltInLossId => id in BUILT_IN_LOSSES);

export interface InputDeclaration {
  readonly role?: string | undefined;
  readonly domain?: unknown;
}

export function inputsOf(id: BuiltInLossId): readonly (readonly [name: string, declaration: InputDeclaration])[] {
  return Object.entries(BUILT_IN_LOSSES[id].inputs ?? {});
}

/** Names of the inputs whose gradient is checked. */
export function differentiableOf(id: BuiltInLossId): readonly string[] {
  return inputsOf(id).flatMap(([name, { role }]) => (role === undefined || role === 'parameter' ? [name] : []));
}

/** Gives any built-in, with parameters, as a probe of this engine. */
export async function openBuiltIns(engine: Engine): Promise<(id: BuiltInLossId, params?: Params) => LossProbe> {
  const bundle = await bundleModule(SOURCE, { cwd: process.cwd(), supplied: SUPPLIED_PACKAGES });
  const module = await engine.evaluate(bundle, { isAllOwn: true, locate: () => null });
  const losses = z.record(z.string(), z.unknown()).parse(module.exports['BUILT_IN_LOSSES']);
  return (id, params = {}) => {
    const definition = losses[id];
    if (!isDefinedLoss(definition)) throw new Error(`${id} was not made by defineLoss`);
    const compute = definition['loss'];
    if (typeof compute !== 'function') throw new Error(`${id} has no loss function`);
    const extra = parsedParams(id, params);
    return module.bind({
      invoke: (tensors) => Reflect.apply(compute, definition, [...tensors, ...extra]),
      inputNames: inputsOf(id).map(([name]) => name),
      variables: () => new Map(),
    });
  };
}

/** What the loss receives after its inputs: nothing, or its parameters with their defaults. */
export function parsedParams(id: BuiltInLossId, params: Params): readonly unknown[] {
  const schema = BUILT_IN_LOSSES[id].params;
  if (schema === undefined) return [];
  const parsed = schema.safeParse(params);
  if (!parsed.success) throw new Error(`${id} refuses ${JSON.stringify(params)}`);
  return [parsed.data];
}

export function pointOf(id: BuiltInLossId, inputs: Readonly<Record<string, unknown>>): Point {
  const declared = new Map(inputsOf(id));
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => {
      const integer = declared.get(name)?.domain === 'class-index';
      return [name, tensorOf(nestedSchema.parse(value), integer)];
    }),
  );
}

export function tensorOf(value: Nested, integer = false): TensorData {
  const shape = shapeOf(value);
  const data = integer ? Int32Array.from(flatten(value)) : Float64Array.from(flatten(value));
  if (data.length !== sizeOf(shape)) throw new Error('the rows of a tensor have different lengths');
  return { shape, dtype: integer ? 'int32' : 'float32', data };
}

function isNumber(value: Nested): value is number {
  return typeof value === 'number';
}

export function shapeOf(value: Nested): readonly number[] {
  if (isNumber(value)) return [];
  const [first] = value;
  return first === undefined ? [0] : [value.length, ...shapeOf(first)];
}

export function flatten(value: Nested): readonly number[] {
  return isNumber(value) ? [value] : value.flatMap(flatten);
}

const nestedSchema: z.ZodType<Nested> = z.lazy(() => z.union([z.number(), z.array(nestedSchema)]));

const goldenSchema = z.strictObject({
  loss: z.string(),
  oracle: z.string(),
  generator: z.string(),
  versions: z.record(z.string(), z.string()),
  cases: z.array(
    z.strictObject({
      name: z.string(),
      compare: z.array(z.enum(['value', 'gradients'])),
      note: z.string().optional(),
      inputs: z.record(z.string(), nestedSchema),
      params: z.record(z.string(), z.unknown()),
      value: nestedSchema,
      components: z.record(z.string(), z.number()).optional(),
      gradients: z.record(z.string(), nestedSchema).optional(),
    }),
  ),
});

export type Golden = z.infer<typeof goldenSchema>;
export type GoldenCase = Golden['cases'][number];

export function goldenOf(id: BuiltInLossId): Golden {
  return goldenSchema.parse(JSON.parse(readFileSync(path.join(REFERENCE, `${id}.json`), 'utf8')));
}

/** The golden case of the worked example. */
export function exampleOf(id: BuiltInLossId): GoldenCase {
  const example = goldenOf(id).cases.find(({ name }) => name === 'example');
  if (example === undefined) throw new Error(`fixtures/reference/${id}.json has no case 'example'`);
  return example;
}
