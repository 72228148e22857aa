import type { Tf } from './tfjs.ts';

/**
 * Proves in about a millisecond that a copy of TensorFlow.js computes as it should: values, gradients
 * and array type at full precision. A copy that shares its engine with another one computes in float32
 * without a word; this is where that is seen.
 */
export function selfTest(tf: Tf, precision: 32 | 64): void {
  const tolerance = precision === 64 ? 1e-14 : 1e-6;
  const x = [0.1, 1.7, 30.3];
  const expectedGradient = x.map((value) => Math.log(value) + 1);
  const expectedValue = x.reduce((total, value) => total + value * Math.log(value), 0);
  tf.tidy(() => {
    const { value, grad } = tf.valueAndGrad((input) => tf.sum(tf.mul(input, tf.log(input))))(tf.tensor1d(x));
    const got = value.dataSync();
    if (precision === 64 && !(got instanceof Float64Array)) {
      throw new Error('the reference engine does not compute in float64: its results are not Float64Array');
    }
    expectClose('value', got, [expectedValue], tolerance);
    expectClose('gradient', grad.dataSync(), expectedGradient, tolerance);
  });
}

function expectClose(what: string, got: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expected.forEach((number, index) => {
    const error = Math.abs((got[index] ?? NaN) - number) / Math.abs(number);
    if (!(error <= tolerance)) {
      const difference = `${what} ${got[index]} instead of ${number} (tolerance ${tolerance})`;
      throw new Error(`self-test of TensorFlow.js failed: ${difference}`);
    }
  });
}
