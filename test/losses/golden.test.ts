import { describe, expect, test } from 'vitest';
import type { LossProbe } from '../../src/contracts/engine.ts';
import { createProductionEngine, createReferenceEngine } from '../../src/engines/index.ts';
import { differentiableOf, goldenOf, IDS, openBuiltIns, pointOf, type GoldenCase } from './built-ins.ts';
import { expectClose, tensorIn } from './compare.ts';

interface Tolerance {
  readonly value: number;
  readonly gradient: number;
}

/** The same sums in another order: a few units in the last place, times the cancellation in the formula. */
const DOUBLE: Tolerance = { value: 1e-10, gradient: 1e-8 };
const SINGLE: Tolerance = { value: 1e-5, gradient: 1e-4 };

const inDouble = await openBuiltIns(createReferenceEngine());
const inSingle = await openBuiltIns(await createProductionEngine('cpu', process.cwd()));

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
    expectClose(actual, expected, rtol.gradient);
  }
}

describe.each(IDS)('%s agrees with PyTorch', (id) => {
  const { cases } = goldenOf(id);
  const names = differentiableOf(id);

  test.each(cases)('$name, in double', (golden) => {
    expectGolden(inDouble(id, golden.params), golden, names, pointOf(id, golden.inputs), DOUBLE);
  });

  test.each(cases)('$name, in float32', (golden) => {
    expectGolden(inSingle(id, golden.params), golden, names, pointOf(id, golden.inputs), SINGLE);
  });
});
