import type { Trace, TraceOperation } from '../../contracts/engine.ts';
import type { NumericArray, TensorData } from '../../contracts/tensor.ts';
import type { Blamed } from './non-finite.ts';
import { forward, producerOf } from './reach.ts';

/** Which term of a sum makes the loss what it is: the line of that term says more than the line of the sum. */

/** A term that moves the same way, but this much less, may be a regulariser that is larger for clear predictions. */
const NEGLIGIBLE = 0.1;

/** Operations that hand a change on, times a constant. */
const PASSES_ON: ReadonlySet<string> = new Set(['Mean', 'Sum', 'Neg', 'Reshape', 'Identity', 'Transpose', 'Multiply', 'RealDiv']);
const WEIGHS: ReadonlySet<string> = new Set(['Multiply', 'RealDiv']);
const ADDS: ReadonlySet<string> = new Set(['Add', 'AddN', 'Sub']);

/** The loss at a point that a finding is about, and at one that it is compared with; zeros where there is none. */
export interface Compared {
  readonly from: Trace | null;
  readonly to: Trace;
}

/**
 * The term that moves the way the loss does, from one point to the other, in all of the comparisons, when it is the
 * only one that does; otherwise the operation that made the result.
 *
 * Follows the result back through sums, means and constant factors. What a term brings is its change times the
 * gradient that autograd passed on to it: exact, since all that comes after it is linear.
 */
export function blameTerm(comparisons: readonly Compared[]): Blamed {
  const [first] = comparisons;
  const producer = first === undefined ? undefined : producerOf(first.to);
  if (first === undefined || producer === undefined) return { op: null, location: null };
  const views = comparisons.map(viewOf);
  const comparable = views.filter((view) => view !== null);
  const term = comparable.length < views.length ? null : follow(comparable, { operation: producer, term: null, turned: null });
  const { kernel, location } = term ?? producer;
  return { op: kernel, location };
}

/** One comparison, operation by operation. */
interface View {
  readonly operations: readonly TraceOperation[];
  /** By tensor id. */
  readonly changes: ReadonlyMap<number, Change>;
  /** Of the result: 1 where it rises, -1 where it falls. */
  readonly direction: number;
}

/** The values of one tensor at two points. */
interface Change {
  readonly before: NumericArray;
  readonly after: NumericArray;
}

/** Null when the loss takes another course at the other point. */
function viewOf({ from, to }: Compared): View | null {
  const operations = forward(to);
  const earlier = from === null ? operations : forward(from);
  if (coursesOf(earlier) !== coursesOf(operations)) return null;
  const changes = new Map<number, Change>();
  operations.forEach(({ outputs }, index) => {
    outputs.forEach(({ id, value }, position) => {
      const before = from === null ? new Float64Array(value.data.length) : earlier[index]?.outputs[position]?.value.data;
      if (before?.length === value.data.length) changes.set(id, { before, after: value.data });
    });
  });
  const result = changes.get(to.resultId ?? NaN);
  return result === undefined ? null : { operations, changes, direction: Math.sign((result.after[0] ?? NaN) - (result.before[0] ?? NaN)) };
}

function coursesOf(operations: readonly TraceOperation[]): string {
  return operations.map(({ kernel }) => kernel).join();
}

/** How far the way back has come. */
interface Trail {
  readonly operation: TraceOperation;
  /** What made the term that was chosen last. */
  readonly term: TraceOperation | null;
  /** The last operation since then that changed the sign. */
  readonly turned: TraceOperation | null;
}

/** The operation that made the term, or that turned its sign; null when there is no such term. */
function follow(views: readonly View[], { operation, term, turned }: Trail): TraceOperation | null {
  const [first] = views;
  const next = nextOf(views, first?.operations.indexOf(operation) ?? -1);
  const source = operation.inputs[next?.input ?? '']?.id;
  const made = first?.operations.find(({ outputs }) => outputs.some(({ id }) => id === source));
  if (next === null || made === undefined) return term;
  if (next.isTerm) {
    // Behind a change of sign the term is right by itself, unless another one needs that change.
    return turned !== null && !next.othersAreRight ? turned : follow(views, { operation: made, term: made, turned: null });
  }
  const isTurn = turnsSign(operation, next.input);
  // Where a term is made says more than where it is given its weight.
  const isWeight = operation === term && WEIGHS.has(operation.kernel) && !isTurn;
  return follow(views, { operation: made, term: isWeight ? made : term, turned: isTurn ? operation : turned });
}

/** A minus, or a negative factor. */
function turnsSign({ vjp }: TraceOperation, input: string): boolean {
  const sum = (gradient: TensorData | null | undefined): number => Array.from(gradient?.data ?? []).reduce((total, value) => total + value, 0);
  return sum(vjp?.incoming[0]) * sum(vjp?.outgoing[input]) < 0;
}

interface Next {
  readonly input: string;
  /** Chosen among several that change. */
  readonly isTerm: boolean;
  /** Another one changes the other way, in all of the comparisons. */
  readonly othersAreRight: boolean;
}

/** The input of an operation to go on with. */
function nextOf(views: readonly View[], position: number): Next | null {
  const operation = views[0]?.operations[position];
  if (operation === undefined || !(PASSES_ON.has(operation.kernel) || ADDS.has(operation.kernel))) return null;
  // Autograd passes something on only to what depends on a prediction or a parameter.
  const inputs = Object.keys(operation.vjp?.outgoing ?? {});
  const parts = inputs.map((input) => ({ input, shares: views.map((view) => shareOf(view, position, input)) }));
  const changing = parts.filter(({ shares }) => shares.some((share) => share !== 0));
  const [only] = changing;
  const isSum = ADDS.has(operation.kernel) && parts.length > 1;
  if (only !== undefined && changing.length === 1 && !isSum) return { input: only.input, isTerm: false, othersAreRight: false };
  // What is added up entry by entry is a formula, not a sum of terms.
  if (!isSum || (operation.outputs[0]?.value.shape.length ?? 0) > 1) return null;
  const guilty = changing.filter(({ shares }) => shares.every((share) => share > 0));
  const [term, ...more] = guilty.toSorted((a, b) => totalOf(b.shares) - totalOf(a.shares));
  const isAlone = term !== undefined && more.every(({ shares }) => totalOf(shares) <= NEGLIGIBLE * totalOf(term.shares));
  const othersAreRight = changing.some(({ shares }) => shares.every((share) => share < 0));
  // A difference may be written the wrong way round, and what is subtracted by mistake is right by itself.
  const isTurned = operation.kernel === 'Sub' && (term?.input === 'b' || othersAreRight);
  return isAlone && !isTurned ? { input: term.input, isTerm: true, othersAreRight } : null;
}

function totalOf(shares: readonly number[]): number {
  return shares.reduce((total, share) => total + share, 0);
}

/** What one input of an operation brings to the change of the result; positive when it goes the same way. */
function shareOf({ operations, changes, direction }: View, position: number, input: string): number {
  const operation = operations[position];
  const change = changes.get(operation?.inputs[input]?.id ?? NaN);
  const passedOn = operation?.vjp?.outgoing[input]?.data;
  if (change === undefined || passedOn === undefined) return 0;
  let share = 0;
  passedOn.forEach((slope, index) => (share += slope * ((change.after[index] ?? NaN) - (change.before[index] ?? NaN))));
  return direction * share;
}
