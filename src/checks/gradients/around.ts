import type { CheckContext } from '../../contracts/check.ts';
import type { Lanes, Trace } from '../../contracts/engine.ts';
import type { Point } from '../../contracts/tensor.ts';
import { defaultStep } from '../../numerics/difference.ts';
import { tensorOf } from '../point.ts';
import { changesAlone, valuesAlone } from './alone.ts';

/** The loss around a point, one coordinate of one input moved at a time. */
export interface Around {
  /** What of the loss takes calls of its own for each coordinate; null where many can be evaluated at once. */
  readonly alone: string | null;
  /** Numbers that are computed for one value of one coordinate. */
  readonly entriesEach: number;
  readonly values: EvaluateAt;
  /** How the loss changes, with less rounding than its values; null where that is not known. */
  readonly changes: { readonly evaluate: EvaluateAt; readonly weigh: Lanes['weigh'] } | null;
}

/** With each coordinate `positions[k]` alone set to `given[k]`. */
type EvaluateAt = (positions: Int32Array, given: Float64Array) => Float64Array;

/**
 * @param near the trace one step away from the point
 * @param isConfirmed lanes of the same loss have been compared with calls of it at another point
 */
export function aroundPoint(context: CheckContext, point: Point, trace: Trace, near: Trace, input: string, isConfirmed: boolean): Around {
  const values = valuesAlone(context.reference, point, input);
  const wholly = { entriesEach: tensorOf(point, input).data.length, values, changes: null };
  const unseen = computesUnseen(context, trace);
  if (unseen !== null) return { ...wholly, alone: unseen };
  const lanes = context.reference.lanes(trace, near, input);
  if (lanes === null) return { ...wholly, alone: 'its trace does not show how it depends on the input' };
  if (!isConfirmed && !agrees(lanes, values, point, input)) return { ...wholly, alone: 'a replay of its trace gives other values' };
  const { base, entriesEach } = lanes;
  const alone = drawsWhileItRuns(trace);
  if (alone === null && context.lanes) {
    const inLanes: EvaluateAt = (positions, given) => lanes.changes(positions, given).map((change) => base + change);
    return { alone: null, entriesEach, values: inLanes, changes: { evaluate: (positions, given) => lanes.changes(positions, given), weigh: lanes.weigh } };
  }
  const evaluate = changesAlone(context, point, input);
  const weigh: Lanes['weigh'] = (positions, given, largest) => {
    lanes.weigh(positions, given, largest);
    return evaluate === null ? new Float64Array(0) : evaluate(positions, given);
  };
  return { alone, entriesEach, values, changes: evaluate === null ? null : { evaluate, weigh } };
}

/** What the loss computes with and no trace shows. */
function computesUnseen({ source }: CheckContext, { evaluation, reads, detachments, nestedGradients }: Trace): string | null {
  if (evaluation.kind === 'tensor' && !evaluation.tensor.data.every(Number.isFinite)) return 'its value is not finite';
  if (reads.length > 0) return 'it reads data while it runs';
  if (detachments.length > 0) return 'it copies values into a variable while it runs';
  if (nestedGradients.length > 0) return 'it differentiates while it runs';
  return source.stateWrites().length > 0 ? 'it writes to variables outside of it' : null;
}

function drawsWhileItRuns({ draws }: Trace): string | null {
  if (draws.length === 0) return null;
  return draws.some(({ source }) => source === 'random') ? 'it draws random numbers while it runs' : 'it asks for the time while it runs';
}

/** Coordinates at which a replay is compared with the loss itself. */
const CONFIRMED = 2;
/** Relative to the loss; a sum over many elements is rounded differently when only its change is added up. */
const SAME_WITHIN = 1e-9;

/** A loss that keeps state, or branches on what no trace shows, computes something else than what is replayed. */
function agrees(lanes: Lanes, values: EvaluateAt, point: Point, input: string): boolean {
  const { data } = tensorOf(point, input);
  const count = Math.min(CONFIRMED, data.length);
  const positions = Int32Array.from({ length: count }, (_, at) => Math.floor(((at + 0.5) * data.length) / count));
  const given = Float64Array.from(positions, (position, at) => (data[position] ?? 0) + (at % 2 === 0 ? 1 : -1) * defaultStep(data[position] ?? 0));
  const replayed = lanes.changes(positions, given);
  return values(positions, given).every((value, at) => {
    const other = lanes.base + (replayed[at] ?? NaN);
    if (!Number.isFinite(value) || !Number.isFinite(other)) return Number.isFinite(value) === Number.isFinite(other);
    return Math.abs(value - other) <= SAME_WITHIN * Math.max(Math.abs(value), Math.abs(lanes.base));
  });
}
