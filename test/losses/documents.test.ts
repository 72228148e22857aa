import { describe, expect, test } from 'vitest';
import { createReferenceEngine } from '../../src/engines/index.ts';
import { goldenOf, openBuiltIns, pointOf } from './built-ins.ts';
import { scalarIn, tensorIn } from './compare.ts';

/** The numbers that the source documents print, to the four decimals that they print. */

const bind = await openBuiltIns(createReferenceEngine());
const PAIR = { yPred: [1, 2, 3], yTrue: [1.5, 2.5, 3.5] };

describe('the numbers of the documents', () => {
  test('mean squared error 0.2500', () => {
    expect(scalarIn(bind('mse').value(pointOf('mse', PAIR))).toFixed(4)).toBe('0.2500');
  });

  test('weighted mean squared error 0.2917', () => {
    const point = pointOf('weighted-mse', { ...PAIR, weights: [0.5, 1, 2] });
    expect(scalarIn(bind('weighted-mse').value(point)).toFixed(4)).toBe('0.2917');
  });

  test('combined loss 0.3250, with its components', () => {
    const evaluation = tensorIn(bind('combined', { weights: { mse: 0.7, l1: 0.3 } }).value(pointOf('combined', PAIR)));
    expect(scalarIn(evaluation).toFixed(4)).toBe('0.3250');
    expect(evaluation.components).toEqual({ mse: 0.25, l1: 0.5 });
  });

  test('weighted log loss 0.3670', () => {
    const inputs = {
      yPred: [
        [0.6, 0.4],
        [0.2, 0.8],
      ],
      yTrue: [
        [1, 0],
        [0, 1],
      ],
    };
    const probe = bind('weighted-log-loss', { weights: [0.2, 0.8] });
    expect(scalarIn(probe.value(pointOf('weighted-log-loss', inputs))).toFixed(4)).toBe('0.3670');
  });

  // The document says about 0.12 and about 0.70 beside its code; its own formula gives these.
  test.each([
    ['5 by 5, good prediction', '0.0644'],
    ['5 by 5, shifted prediction', '0.4785'],
  ])('dice loss, %s: %s', (name, expected) => {
    const golden = goldenOf('dice').cases.find((one) => one.name === name);
    expect(scalarIn(bind('dice').value(pointOf('dice', golden?.inputs ?? {}))).toFixed(4)).toBe(expected);
  });

  test('uncertainty weighting is the formula: half of exp(-s) L + s', () => {
    const point = pointOf('uncertainty-weighted', { losses: [1, 2], logVars: [0.5, -0.5] });
    const expected = (1 * Math.exp(-0.5) + 0.5 + 2 * Math.exp(0.5) - 0.5) / 2;
    expect(scalarIn(bind('uncertainty-weighted').value(point))).toBeCloseTo(expected, 14);
  });
});
