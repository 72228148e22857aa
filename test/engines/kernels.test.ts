import '@tensorflow/tfjs-backend-cpu';
import * as original from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCopy } from '../../src/engines/reference.ts';

/** The loops of element-wise kernels are ours; what they compute is what TensorFlow.js computes. */

const BINARY = ['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'Pow', 'SquaredDifference', 'Mod', 'FloorDiv', 'Atan2', 'Greater', 'LessEqual', 'NotEqual'];
const UNARY = ['Abs', 'Ceil', 'Exp', 'Expm1', 'Floor', 'Log', 'Log1p', 'Neg', 'Relu', 'Rsqrt', 'Sigmoid', 'Sign', 'Sqrt', 'Square', 'Tanh', 'LeakyRelu', 'ClipByValue', 'IsNan'];
const ATTRIBUTES = { alpha: 0.3, clipValueMin: -1, clipValueMax: 2 };

const number = fc.oneof(fc.double({ min: -4, max: 4, noNaN: true }), fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e30, 1e-40));

/** A shape and two that broadcast to it, each with some axes of one element and some in front left out. */
const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 }).chain((shape) => {
  const operand = fc.tuple(fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }), fc.nat(shape.length)).map(([single, left]) => shape.map((size, axis) => (single[axis] === true ? 1 : size)).slice(left));
  return fc.tuple(operand, operand);
});

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

type Operand = readonly [values: readonly number[], shape: number[]];

/** The one tensor that a kernel makes of these, by one copy of the library. */
function run(tf: typeof original, kernel: string, names: readonly string[], operands: readonly Operand[]): readonly number[] {
  return tf.tidy(() => {
    const inputs = Object.fromEntries(names.map((name, index) => [name, tf.tensor([...(operands[index]?.[0] ?? [])], operands[index]?.[1] ?? [], 'float32')]));
    const made = tf.engine().runKernel(kernel, inputs, ATTRIBUTES);
    if (Array.isArray(made)) throw new Error(`${kernel} makes several tensors`);
    return [...made.dataSync(), ...made.shape];
  });
}

describe('element-wise kernels of our copies', () => {
  let ours: typeof original;
  beforeAll(async () => {
    await original.setBackend('cpu');
    ours = loadCopy('production32', { scripts: null }).core;
  });

  it.each(BINARY)('%s: the same bits as the library, for all shapes that meet', (kernel) => {
    fc.assert(
      fc.property(shapes.chain(([a, b]) => fc.tuple(fc.constant(a), fc.constant(b), fc.array(number, { minLength: sizeOf(a), maxLength: sizeOf(a) }), fc.array(number, { minLength: sizeOf(b), maxLength: sizeOf(b) }))), ([a, b, left, right]) => {
        const operands: readonly Operand[] = [[left, a], [right, b]];
        expect(run(ours, kernel, ['a', 'b'], operands)).toStrictEqual(run(original, kernel, ['a', 'b'], operands));
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  it.each(UNARY)('%s: the same bits as the library', (kernel) => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 8 }), (values) => {
        const operands: readonly Operand[] = [[values, [values.length]]];
        expect(run(ours, kernel, ['x'], operands)).toStrictEqual(run(original, kernel, ['x'], operands));
      }),
      { numRuns: 100, seed: 7 },
    );
  });
});
