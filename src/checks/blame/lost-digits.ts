import type { Trace, TraceOperation, TracedTensor } from '../../contracts/engine.ts';
import type { TensorData } from '../../contracts/tensor.ts';
import { bitsLost, distance, norm } from '../../numerics/precision.ts';
import type { Blamed } from './non-finite.ts';
import { forward, leadingTo, operationsBetween, reachableFrom } from './reach.ts';

/**
 * Where float32 loses digits, read off two traces of one point: of the float64 and of the float32 engine.
 *
 * Every operation rounds, and most roundings do no harm. To blame is the operation that comes out with far
 * fewer digits than went in: the subtraction of two numbers that are almost equal, the logarithm of a number
 * next to 1.
 */

/** Both traces of one point. */
export interface Traces {
  readonly exact: Trace;
  readonly single: Trace;
}

/** An operation that adds this many bits to what its inputs had lost has lost them itself; one rounding loses one. */
const SMALLEST_JUMP = 4;
/** Of operations that lose about as much, the first is the cause and the others hand it on. */
const ABOUT_AS_MUCH = 2;
/** A number without a right digit may make anything of what is computed from it. */
const ALL_BITS = 24;
/** What carries less than this share of the error of the loss is not what spoils it. */
const SHARE_OF_ERROR = 1 / 16;

export interface LostBy extends Blamed {
  /** The two engines ran different operations, so that no more can be said. */
  readonly diverged: boolean;
}

/** One forward operation as both engines ran it. */
interface Twin {
  readonly exact: TraceOperation;
  readonly single: TraceOperation;
}

/** The operations that both engines ran, up to the first that differs. */
function twinsOf({ exact, single }: Traces): { readonly twins: readonly Twin[]; readonly diverged: boolean } {
  const others = forward(single);
  const twins: Twin[] = [];
  for (const operation of forward(exact)) {
    const other = others[twins.length];
    if (other === undefined || !isAlike(operation, other)) return { twins, diverged: true };
    twins.push({ exact: operation, single: other });
  }
  return { twins, diverged: others.length > twins.length };
}

function isAlike(operation: TraceOperation, other: TraceOperation): boolean {
  const shapes = ({ inputs, outputs }: TraceOperation): string => [...Object.values(inputs), ...outputs].map(({ value }) => value.shape.join()).join(';');
  return operation.kernel === other.kernel && shapes(operation) === shapes(other);
}

/**
 * Error and size of a tensor in units of the loss: each number times the slope at which the loss follows it.
 * A ruined number that the loss does not look at counts for nothing, and a large one does not hide it.
 */
interface Damage {
  readonly error: number;
  readonly bits: number;
}

const UNHARMED: Damage = { error: 0, bits: 0 };

function damageOf(single: TensorData | undefined, exact: TensorData, slope: TensorData | null | undefined): Damage {
  if (exact.dtype !== 'float32' || single === undefined) return UNHARMED;
  let error = 0;
  let size = 0;
  for (let index = 0; index < exact.data.length; index++) {
    const weight = slope == null ? 1 : Math.abs(slope.data[index] ?? 0);
    if (weight === 0) continue;
    const value = exact.data[index] ?? 0;
    error += weight * Math.abs((single.data[index] ?? 0) - value);
    size += weight * Math.abs(value);
  }
  return Number.isFinite(error) && Number.isFinite(size) ? { error, bits: bitsLost(error, size) } : UNHARMED;
}

interface Suspect {
  readonly operation: TraceOperation;
  /** Bits that what comes out has lost more than what went in. */
  readonly jump: number;
}

/** One forward operation with the digits that it makes the loss lose. */
interface Step extends Suspect {
  /** Error of the loss that passes through its outputs, to first order; null where the slope is not known. */
  readonly error: number | null;
}

function stepOf({ exact, single }: Twin): Step {
  const inputs = Object.entries(exact.inputs).map(([name, { value }]) => damageOf(single.inputs[name]?.value, value, exact.vjp?.outgoing[name]));
  const outputs = exact.outputs.map(({ value }, position) => damageOf(single.outputs[position]?.value, value, exact.vjp?.incoming[position]));
  return {
    operation: exact,
    error: exact.vjp === null ? null : largest(outputs.map(({ error }) => error)),
    jump: largest(outputs.map(({ bits }) => bits)) - largest(inputs.map(({ bits }) => bits)),
  };
}

function largest(numbers: readonly number[]): number {
  return Math.max(0, ...numbers);
}

/** The steps on the way to a tensor; those inside a `tf.customGrad` are not connected with it, yet part of it. */
function stepsTo(exact: Trace, twins: readonly Twin[], end: number | null): readonly Step[] {
  const leading = end === null ? null : leadingTo(exact, end);
  return twins.filter((twin) => leading === null || twin.exact.insideCustomGrad || twin.exact.outputs.some(({ id }) => leading.has(id))).map(stepOf);
}

/** An error of the loss, and the part of it that does not change from one point to another. */
interface PassingError {
  readonly all: number;
  readonly held: number;
}

/**
 * Error of the loss as it would be if no rounding cancelled another: the largest error, summed without signs,
 * that passes through one operation. Null when the traces cannot be laid side by side.
 *
 * A mean over a thousand terms without a right digit may by luck be right to two: this is what tells. Held is
 * what a clip holds fast: the logarithm of 1 - p at the clip of p has a wrong value, but always the same one.
 */
export function unluckyError(at: Traces, moved: Traces, movedInputs: readonly string[]): PassingError | null {
  const [here, there] = [twinsOf(at), twinsOf(moved)];
  const { resultId, inputIds } = at.exact;
  if (here.diverged || there.diverged || resultId === null) return null;
  const leading = leadingTo(at.exact, resultId);
  const movable = new Set(movedInputs.flatMap((name) => [...reachableFrom(at.exact, inputIds[name] ?? resultId)]));
  const errors = here.twins.flatMap((twin, position) => {
    const other = there.twins[position];
    if (other === undefined || twin.exact.vjp === null || !twin.exact.outputs.some(({ id }) => leading.has(id))) return [];
    return twin.exact.outputs.map(({ id }, output) => {
      const { all, held } = passingError(twin, other, output);
      return { all, held: movable.has(id) ? held : 0 };
    });
  });
  return { all: largest(errors.map(({ all }) => all)), held: largest(errors.map(({ held }) => held)) };
}

/** Sum of the errors of one output, each times its slope; of all numbers, and of those that `there` are the same. */
function passingError(here: Twin, there: Twin, output: number): PassingError {
  const [exact, single, exactThere, singleThere] = [here.exact, here.single, there.exact, there.single].map(({ outputs }) => outputs[output]?.value);
  const slope = here.exact.vjp?.incoming[output]?.data;
  let all = 0;
  let held = 0;
  if (exact?.dtype === 'float32' && single !== undefined && slope !== undefined) {
    for (let index = 0; index < exact.data.length; index++) {
      const error = Math.abs((slope[index] ?? 0) * ((single.data[index] ?? 0) - (exact.data[index] ?? 0)));
      all += error;
      if (exact.data[index] === exactThere?.data[index] && single.data[index] === singleThere?.data[index]) held += error;
    }
  }
  return { all: Number.isFinite(all) ? all : 0, held: Number.isFinite(held) ? held : 0 };
}

/** The operation in which the loss loses its digits. */
export function blameLostValue(traces: Traces): LostBy {
  const { twins, diverged } = twinsOf(traces);
  const { exact, single } = traces;
  const values = [single, exact].map(({ evaluation }) => (evaluation.kind === 'tensor' ? evaluation.tensor.data : []));
  const error = distance(values[0] ?? [], values[1] ?? []);
  // The first operations of a course that was left do not reach the result.
  const steps = stepsTo(exact, twins, diverged ? null : exact.resultId);
  // To first order errors are larger or smaller than they turn out: nothing is asked of one that none comes up to.
  const largestError = largest(steps.flatMap((step) => step.error ?? []));
  const enough = SHARE_OF_ERROR * (Number.isFinite(error) ? Math.min(error, largestError) : largestError);
  return { ...culprit(steps.filter((step) => step.error === null || step.error >= enough)), diverged };
}

function culprit(suspects: readonly Suspect[]): Blamed {
  const operation = firstOfTheWorst(suspects);
  return { op: operation?.kernel ?? null, location: operation?.location ?? null };
}

function firstOfTheWorst(suspects: readonly Suspect[]): TraceOperation | undefined {
  const most = largest(suspects.map(({ jump }) => jump));
  return most < SMALLEST_JUMP ? undefined : suspects.find(({ jump }) => jump >= most - ABOUT_AS_MUCH)?.operation;
}

function bitsOf(single: TensorData | null | undefined, exact: TensorData | null | undefined): number {
  if (single == null || exact == null) return 0;
  const bits = bitsLost(distance(single.data, exact.data), norm(exact.data));
  return Number.isFinite(bits) ? bits : 0;
}

/** The operation in whose derivative the gradient of an input loses its digits, or which lost those that it uses. */
export function blameLostGradient(traces: Traces, input: string): LostBy {
  const { exact, single } = traces;
  const { twins, diverged } = twinsOf(traces);
  const start = exact.inputIds[input];
  if (diverged || start === undefined || exact.resultId === null) return { op: null, location: null, diverged };
  const between = new Set(operationsBetween(exact, start, exact.resultId));
  const path = twins.filter((twin) => between.has(twin.exact)).toReversed();
  const reached = reachableFrom(exact, start);
  const backward = path.flatMap((twin) => [
    ...twin.exact.outputs.flatMap((output, position) => {
      const bits = bitsOf(twin.single.vjp?.incoming[position], twin.exact.vjp?.incoming[position]);
      return meeting(exact, path, output, bits);
    }),
    ...derivative(exact, twins, twin, reached),
  ]);
  const leaf = { id: start, bits: bitsOf(single.gradients?.[input], exact.gradients?.[input]) };
  return { ...culprit([...backward, ...meeting(exact, path, leaf, leaf.bits)]), diverged };
}

/**
 * The gradients that several users of a tensor pass back to it may cancel each other. Then the operation that
 * brings their results together is to blame: there the difference is formed that the loss is made of.
 */
function meeting(exact: Trace, path: readonly Twin[], { id }: { readonly id: number }, bits: number): readonly Suspect[] {
  const users = path.flatMap((twin) =>
    Object.entries(twin.exact.inputs)
      .filter(([, tensor]) => tensor.id === id)
      .map(([name]) => ({ twin, size: norm(twin.exact.vjp?.outgoing[name]?.data ?? []), bits: bitsOf(twin.single.vjp?.outgoing[name], twin.exact.vjp?.outgoing[name]) })),
  );
  const jump = bits - largest(users.map((user) => user.bits));
  if (users.length < 2 || jump < SMALLEST_JUMP) return [];
  // What cancels is as large as what it cancels.
  const size = largest(users.map((user) => user.size));
  const operation = whereTheyMeet(exact, path, users.filter((user) => user.size >= SHARE_OF_ERROR * size).map(({ twin }) => twin.exact));
  return operation === undefined ? [] : [{ operation, jump }];
}

function whereTheyMeet(exact: Trace, path: readonly Twin[], users: readonly TraceOperation[]): TraceOperation | undefined {
  const reached = users.map(({ outputs }) => outputs.map(({ id }) => reachableFrom(exact, id)));
  return path.toReversed().find(({ exact: { outputs } }) => reached.every((sets) => sets.some((set) => outputs.some(({ id }) => set.has(id)))))?.exact;
}

/** What the derivative of one operation adds to the loss of digits. */
function derivative(exact: Trace, twins: readonly Twin[], twin: Twin, reached: ReadonlySet<number>): readonly Suspect[] {
  const { vjp } = twin.exact;
  if (vjp === null) return [];
  const arrived = largest(vjp.incoming.map((gradient, position) => bitsOf(twin.single.vjp?.incoming[position], gradient)));
  const passed = Object.entries(vjp.outgoing).flatMap(([name, gradient]) =>
    reached.has(twin.exact.inputs[name]?.id ?? -1) ? [bitsOf(twin.single.vjp?.outgoing[name], gradient)] : [],
  );
  const jump = largest(passed) - arrived;
  if (jump < SMALLEST_JUMP) return [];
  const source = ruinedOperand(twin, jump);
  const maker = source === null ? undefined : firstOfTheWorst(stepsTo(exact, twins, source.id));
  return [{ operation: maker ?? twin.exact, jump }];
}

/** The operand whose lost digits explain those of the derivative of its operation. */
function ruinedOperand({ exact, single }: Twin, jump: number): TracedTensor | null {
  const operands = Object.entries(exact.inputs).map(([name, tensor]) => ({
    tensor,
    bits: damageOf(single.inputs[name]?.value, tensor.value, exact.vjp?.outgoing[name]).bits,
  }));
  const worst = operands.toSorted((a, b) => b.bits - a.bits)[0];
  return worst !== undefined && worst.bits >= Math.min(jump, ALL_BITS) - SMALLEST_JUMP ? worst.tensor : null;
}
