import type { Trace, TraceDraw } from '../../contracts/engine.ts';
import type { Difference } from '../same-bits.ts';
import { firstDivergence, type Divergence } from './divergence.ts';
import type { Blamed } from './non-finite.ts';

/** Where something that is no input comes into a loss: a random number, the time, state from earlier calls. */

/** Where the loss asked for the number that made two evaluations part. */
export function blameDraw(held: Trace, changed: Trace, source: TraceDraw['source'], what: Difference['what']): Blamed {
  const parted = divergence(held, changed, what);
  const draws = held.draws.filter((draw) => draw.source === source && draw.location !== null);
  // Between a draw and its use others may be made, for a log for instance; after its use it cannot have been.
  const before = draws.filter(({ afterOperation }) => parted === null || afterOperation <= parted.operation.index);
  const inPhase = before.filter(({ phase }) => (phase === 'backward') === (what === 'gradient'));
  const draw = inPhase.at(-1) ?? before.at(-1) ?? draws[0];
  return { op: null, location: draw?.location ?? parted?.operation.location ?? null };
}

export interface BlamedState extends Blamed {
  /** The line puts the state away; else it is the one that uses it. */
  readonly isWrite: boolean;
}

/**
 * Where state comes in: the line that puts it away, where one of the recorded calls shows it
 * (`variable.assign`, `tf.keep`), else the operation that uses it.
 */
export function blameState(before: Trace, after: Trace, recorded: readonly Trace[], what: Difference['what']): BlamedState {
  const thrown = [before, after].find(({ evaluation }) => evaluation.kind === 'threw');
  if (thrown?.evaluation.kind === 'threw') return { op: null, location: thrown.evaluation.error.location, isWrite: false };
  const parted = divergence(before, after, what);
  if (parted === null) return { op: null, location: null, isWrite: false };
  const { operation, operands } = parted;
  const writes = recorded.flatMap(({ detachments, keeps }) => [...keeps, ...detachments.map(({ toTensorId, location }) => ({ tensorId: toTensorId, location }))]);
  // A variable that is made once and assigned at every call is moved by what assigns it.
  const last = writes.findLast(({ tensorId }) => operands.some(({ id }) => id === tensorId));
  return last === undefined ? { op: operation.kernel, location: operation.location, isWrite: false } : { op: null, location: last.location, isWrite: true };
}

/** A gradient may differ because of a number that only the backward pass uses, or because of one kept for it. */
function divergence(a: Trace, b: Trace, what: Difference['what']): Divergence | null {
  return firstDivergence(a, b, 'forward') ?? (what === 'gradient' ? firstDivergence(a, b, 'backward') : null);
}
