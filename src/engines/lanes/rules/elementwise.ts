import type { NumericArray, TensorData } from '../../../contracts/tensor.ts';
import { sizeOf } from '../../../contracts/tensor.ts';
import { reader } from '../reader.ts';
import { vectorOf, type Operand, type Rule, type Site } from '../site.ts';
import { invert, spread, union, type Spread, type Touch } from '../touch.ts';

/**
 * Kernels that compute each element of the output from the elements at the same place: one call of the kernel on a
 * vector of all that lanes touch serves them all.
 */
export const ELEMENTWISE: ReadonlySet<string> = new Set(
  [
    'Abs Acos Acosh Asin Asinh Atan Atanh Cast Ceil ClipByValue Cos Cosh Elu Erf Exp Expm1 Floor IsFinite IsInf IsNan',
    'LeakyRelu Log Log1p LogicalNot Neg OnesLike Reciprocal Relu Relu6 Round Rsqrt Selu Sigmoid Sign Sin Sinh',
    'Softplus Sqrt Square Step Tan Tanh ZerosLike Add AddN Atan2 Equal FloorDiv Greater GreaterEqual Less LessEqual',
    'LogicalAnd LogicalOr Maximum Minimum Mod Multiply NotEqual Pow Prelu RealDiv SquaredDifference Sub Select',
  ].flatMap((names) => names.split(' ')),
);

/** An operand of one number stays a scalar where the kernel takes one, and is spread out where it does not. */
const NEEDS_EQUAL_SHAPES: ReadonlySet<string> = new Set(['Select', 'AddN', 'Prelu']);

export const elementwise: Rule = (site) => {
  const [output] = site.outputs;
  if (output === undefined || site.outputs.length !== 1) return null;
  const sources = site.operands.map((operand) => sourcesOf(operand, output));
  if (sources.includes(null)) return null;
  const spreads = site.operands.map(({ tensor, moves }, index): Spread | null => {
    const from = sources[index];
    return moves && from instanceof Int32Array ? invert(from, sizeOf(tensor.shape)) : null;
  });
  return (touches) => {
    const mapped = touches.map((touch, index) => {
      const to = spreads[index] ?? null;
      if (touch === null) return null;
      return to === null ? { touch, source: null } : spread(touch, to);
    });
    const touch = union(mapped.flatMap((one) => (one === null ? [] : [one.touch])));
    const read = site.operands.map((operand, index) => operandReader(site, operand, touch, mapped[index] ?? null, sources[index] ?? 'same'));
    return { touches: [touch], compute: (values) => (touch.positions.length === 0 ? [new Float64Array(0)] : site.run(read.map((one, index) => one(values[index] ?? null)))) };
  };
};

function operandReader(
  { kernel }: Site,
  { tensor, moves }: Operand,
  wanted: Touch,
  mapped: { readonly touch: Touch; readonly source: Int32Array | null } | null,
  from: Int32Array | 'same',
): (values: NumericArray | null) => TensorData {
  if (!moves && tensor.data.length === 1 && !NEEDS_EQUAL_SHAPES.has(kernel)) {
    const scalar = { ...tensor, shape: [] };
    return () => scalar;
  }
  const read = reader(tensor.data, wanted, mapped?.touch ?? null, mapped?.source ?? null, from === 'same' ? null : from);
  return (values) => vectorOf(read(values), tensor);
}

/** Element of the operand for each element of the output; 'same' when they are in the same order, null when the shapes do not fit. */
function sourcesOf({ tensor }: Operand, output: TensorData): Int32Array | 'same' | null {
  const { shape } = output;
  const given = tensor.shape;
  if (given.join() === shape.join() || (sizeOf(given) === sizeOf(shape) && sizeOf(shape) === 1)) return 'same';
  return broadcastSources(given, shape);
}

/** Axes are matched from the last one backwards; those of one element are repeated. */
function broadcastSources(given: readonly number[], shape: readonly number[]): Int32Array | null {
  const missing = shape.length - given.length;
  if (missing < 0) return null;
  const strides = new Int32Array(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= missing; axis--) {
    const size = given[axis - missing] ?? 1;
    if (size !== 1 && size !== shape[axis]) return null;
    strides[axis] = size === 1 ? 0 : stride;
    stride *= size;
  }
  const sources = new Int32Array(sizeOf(shape));
  const index = new Int32Array(shape.length);
  let source = 0;
  for (let q = 0; q < sources.length; q++) {
    sources[q] = source;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] ?? 1;
      index[axis] = (index[axis] ?? 0) + 1;
      source += strides[axis] ?? 0;
      if ((index[axis] ?? 0) < size) break;
      index[axis] = 0;
      source -= size * (strides[axis] ?? 0);
    }
  }
  return sources;
}
