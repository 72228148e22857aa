import type { CheckContext } from '../../contracts/check.ts';
import type { Trace, TraceOperation } from '../../contracts/engine.ts';
import type { FindingData } from '../../contracts/findings.ts';
import type { SourceLocation } from '../../contracts/source.ts';
import type { Point, TensorData } from '../../contracts/tensor.ts';
import { differentiate } from '../../numerics/difference.ts';
import { classifyPoint } from '../../numerics/kinks.ts';
import { judgeCoordinate, relativeError } from '../../numerics/verdict.ts';
import { isAllZero } from '../point.ts';
import { findCut, isIntegerCast } from './cut.ts';
import { gradientLocation } from './custom-grad.ts';
import { readFindings } from './reads.ts';
import { forward, producerOf } from './reach.ts';

export interface BlamedDerivative {
  readonly blame: FindingData['gradient-mismatch']['blame'];
  readonly op: string | null;
  readonly location: SourceLocation | null;
}

/** Random directions in which the derivative of an operation is tried. */
const DIRECTIONS = 3;

/**
 * Which step of the loss has the wrong derivative.
 *
 * Each forward operation is tried alone, at its real inputs and with the gradient w that really reached it:
 * `<w, J u>` by finite differences of that kernel against `<VJP(w), u>` as autograd returned it. When every
 * operation is right by itself, the gradient is lost between them: a read, a copy, a cast.
 */
export function blameWrongGradient(context: CheckContext, point: Point, input: string): BlamedDerivative {
  const trace = context.reference.trace(point, context.differentiable);
  const wrong = wrongOperations(context, trace)[0];
  if (wrong !== undefined) {
    const { kernel } = wrong.operation;
    const location = gradientLocation(trace, wrong.operation, wrong.input);
    if (isIntegerCast(wrong.operation)) return { blame: 'cut', op: kernel, location };
    return { blame: kernel === 'customGrad' ? 'customGrad' : 'library', op: kernel, location };
  }
  const cut = readFindings(context, point)[0] ?? findCut(trace, input);
  if (cut !== null && cut !== undefined) return { blame: 'cut', op: cut.op, location: cut.location };
  const nested = trace.nestedGradients[0];
  if (nested !== undefined) return { blame: 'nested-gradient', op: null, location: nested.location };
  return { blame: null, op: null, location: producerOf(trace)?.location ?? null };
}

interface WrongOperation {
  readonly operation: TraceOperation;
  /** The input of it whose gradient is furthest off. */
  readonly input: string;
  readonly error: number;
}

/** The operations whose derivative disagrees, largest error first. */
function wrongOperations(context: CheckContext, trace: Trace): readonly WrongOperation[] {
  return forward(trace)
    .flatMap((operation) => {
      const worst = derivativeError(context, operation);
      return worst === null ? [] : [{ operation, ...worst }];
    })
    .toSorted((a, b) => b.error - a.error);
}

/** Largest relative error over the inputs of one operation; null when it is right or cannot be judged. */
function derivativeError(context: CheckContext, operation: TraceOperation): Omit<WrongOperation, 'operation'> | null {
  const { vjp } = operation;
  if (vjp === null || vjp.incoming.every((gradient) => gradient === null || isAllZero(gradient.data))) return null;
  let worst: Omit<WrongOperation, 'operation'> | null = null;
  for (const [name, passedOn] of Object.entries(vjp.outgoing)) {
    const at = operation.inputs[name]?.value;
    if (at === undefined || at.dtype !== 'float32') continue;
    const random = context.random(`blame ${operation.index} ${name}`);
    for (let attempt = 0; attempt < DIRECTIONS; attempt++) {
      const direction = Float64Array.from(at.data, () => (random() < 0.5 ? -1 : 1) * (0.5 + random()));
      const error = directionError(context, operation, name, at, direction, passedOn);
      if (error > (worst?.error ?? 0)) worst = { input: name, error };
    }
  }
  return worst;
}

function directionError(
  context: CheckContext,
  operation: TraceOperation,
  name: string,
  at: TensorData,
  direction: Float64Array,
  passedOn: TensorData,
): number {
  const weighted = (step: number): number => {
    const data = Float64Array.from(at.data, (value, index) => value + step * (direction[index] ?? 0));
    return contract(operation, context.reference.replay(operation, { [name]: { ...at, data } }));
  };
  const smallest = Array.from(at.data).reduce((least, value) => (value === 0 ? least : Math.min(least, Math.abs(value))), 1);
  const numeric = differentiate(weighted, 0, { initialStep: 0.05 * smallest });
  if (numeric.kind !== 'estimate') return 0;
  const analytic = Array.from(passedOn.data).reduce((total, value, index) => total + value * (direction[index] ?? 0), 0);
  const coordinate = { analytic, numeric: numeric.value, errorBound: numeric.errorBound, rtol: context.rtol, flat: numeric.flat };
  if (judgeCoordinate(coordinate) !== 'fail') return 0;
  // An operation on a kink of its own has no derivative to be wrong about.
  const { kind } = classifyPoint(weighted, 0);
  return kind === 'kink' || kind === 'jump' ? 0 : relativeError(analytic, numeric.value);
}

/** Inner product of an operation's outputs with the gradients that reached them. */
function contract({ vjp }: TraceOperation, outputs: readonly TensorData[]): number {
  let total = 0;
  outputs.forEach((output, position) => {
    const incoming = vjp?.incoming[position]?.data;
    if (incoming !== undefined) output.data.forEach((value, index) => (total += value * (incoming[index] ?? 0)));
  });
  return total;
}
