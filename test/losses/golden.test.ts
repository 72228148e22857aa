import { describe, expect, test } from 'vitest';
import type { LossProbe } from '../../src/contracts/engine.ts';
import { createProductionEngine, createReferenceEngine } from '../../src/engines/index.ts';
import { ownTensorflow } from '../../src/load/tensorflow/copy.ts';
import { differentiableOf, goldenOf, IDS, openBuiltIns, pointOf, type GoldenCase, type Nested } from './built-ins.ts';
import { nest, type Point, type TensorData } from '../../src/contracts/tensor.ts';
import { expectClose, tensorIn } from './compare.ts';

interface Tolerance {
  readonly value: number;
  readonly gradient: number;
  /** An entry of a gradient is judged by itself down to this share of the largest, by that below. */
  readonly share: number;
}

/** The same sums in another order: a few units in the last place, times the cancellation in the formula. */
const DOUBLE: Tolerance = { value: 1e-10, gradient: 1e-8, share: 1e-3 };
/** Entries of a gradient are often a difference, as p - t: a tenth of the largest has lost a digit of its seven. */
const SINGLE: Tolerance = { value: 1e-5, gradient: 1e-5, share: 0.1 };

/**
 * Where a whole gradient is a small difference of large numbers, in any formula: two softmaxes that a temperature of 100
 * makes almost uniform, boxes whose hull is a hundred times their side.
 */
const CANCELLING: Readonly<Record<string, readonly string[]>> = { distillation: ['temperature 100'], giou: ['far apart'] };
const CANCELLED: Tolerance = { ...SINGLE, gradient: 1e-4 };

const inDouble = await openBuiltIns(createReferenceEngine());
const inSingle = await openBuiltIns(await createProductionEngine('cpu', ownTensorflow()));

function expectGolden(
  probe: LossProbe,
  golden: GoldenCase,
  names: readonly string[],
  point: ReturnType<typeof pointOf>,
  rtol: Tolerance,
): void {
  const { evaluation, gradients, error } = probe.gradient(point, names);
  const { tensor, components } = tensorIn(evaluation);
  expectClose(tensor, golden.value, rtol.value);
  expect(Object.keys(components)).toEqual(Object.keys(golden.components ?? {}));
  for (const [name, expected] of Object.entries(golden.components ?? {})) {
    expectClose({ shape: [], dtype: 'float32', data: Float64Array.of(components[name] ?? NaN) }, expected, rtol.value);
  }
  expect(error).toBeNull();
  if (!golden.compare.includes('gradients')) return;
  expect(Object.keys(golden.gradients ?? {})).toEqual(names);
  for (const name of names) {
    const [actual, expected] = [gradients?.[name], golden.gradients?.[name]];
    if (actual == null || expected === undefined) throw new Error(`no gradient of ${name}`);
    expectClose(actual, expected, rtol.gradient, rtol.share);
  }
}

/** The inputs as production gets them: where two are almost equal, rounding them changes their difference. */
function rounded(point: Point): Point {
  return Object.fromEntries(Object.entries(point).map(([name, tensor]) => [name, { ...tensor, data: Float64Array.from(tensor.data, Math.fround) }]));
}

/** The golden case at another point, as the float64 engine computes it, which agrees with the oracle. */
function valuesAt(probe: LossProbe, golden: GoldenCase, names: readonly string[], point: Point): GoldenCase {
  const { evaluation, gradients } = probe.gradient(point, names);
  const { tensor, components } = tensorIn(evaluation);
  const nested = ({ data, shape }: TensorData): Nested => nest(data, shape) as Nested;
  const found = names.flatMap((name) => (gradients?.[name] == null ? [] : [[name, nested(gradients[name])] as const]));
  return { ...golden, value: nested(tensor), gradients: Object.fromEntries(found), ...(golden.components && { components }) };
}

describe.each(IDS)('%s agrees with PyTorch', (id) => {
  const { cases } = goldenOf(id);
  const names = differentiableOf(id);

  test.each(cases)('$name, in double', (golden) => {
    expectGolden(inDouble(id, golden.params), golden, names, pointOf(id, golden.inputs), DOUBLE);
  });

  test.each(cases)('$name, in float32', (golden) => {
    const point = rounded(pointOf(id, golden.inputs));
    const expected = valuesAt(inDouble(id, golden.params), golden, names, point);
    expectGolden(inSingle(id, golden.params), expected, names, point, CANCELLING[id]?.includes(golden.name) === true ? CANCELLED : SINGLE);
  });
});
