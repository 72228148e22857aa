import type { Lanes, Trace } from '../../contracts/engine.ts';
import { laneGraph, type LaneGraph } from './graph.ts';
import type { RunKernel } from './kernels.ts';
import { asDoubles } from './site.ts';
import { planLanes, type Plan, type Weights } from './plan.ts';

/** Lanes that are planned to find out what one costs. */
const PROBED_LANES = 8;

/**
 * The loss with one coordinate of one input moved at a time, for many coordinates at once, by replaying what a trace
 * has recorded.
 *
 * A lane follows what its coordinate changes and nothing else: element-wise operations run once on a vector of
 * the changed elements of all lanes, a row or a matrix is computed again where a lane touches it, and in the linear
 * end of the loss (its sums and means) the changes themselves are added up, so that nothing drowns in the
 * rounding of the whole. Kernels without a rule run once a lane.
 *
 * @param near a trace one step away, where weights that vanish at the point do not
 * @returns null where the trace does not show how the loss depends on the input
 */
export function createLanes(trace: Trace, near: Trace, input: string, run: RunKernel): Lanes | null {
  const graph = laneGraph(trace, input, run);
  const weights = weightsOf(trace, near);
  if (graph === null || weights === null) return null;
  const { data } = graph.input.value;
  let last: { readonly positions: Int32Array; readonly plan: Plan } | null = null;
  const planFor = (positions: Int32Array): Plan => {
    if (last?.positions !== positions) last = { positions, plan: planLanes(graph, weights, positions) };
    return last.plan;
  };
  const probed = Int32Array.from({ length: Math.min(PROBED_LANES, data.length) }, (_, lane) => Math.floor((lane * data.length) / Math.min(PROBED_LANES, data.length)));
  return {
    base: valueOf(graph),
    entriesEach: planFor(probed).entries / Math.max(1, probed.length),
    changes: (positions, given) => planFor(positions).changes(given),
    weigh: (positions, given, largest) => planFor(positions).weighedChanges(given, largest),
  };
}

function valueOf({ result }: LaneGraph): number {
  let sum = 0;
  for (const value of result.value.data) sum += value;
  return sum;
}

/**
 * What an error in each element of each tensor changes the loss by: the gradient that arrived there, at the point
 * or one step away from it, whichever is larger. Null where the loss takes another course one step away.
 */
function weightsOf(trace: Trace, near: Trace): Weights | null {
  const one = trace.operations.filter(({ phase }) => phase === 'forward');
  const other = near.operations.filter(({ phase }) => phase === 'forward');
  if (one.length !== other.length) return null;
  const weights = new Map<number, readonly [Float64Array, Float64Array]>();
  for (const [index, operation] of one.entries()) {
    const twin = other[index];
    if (twin?.kernel !== operation.kernel) return null;
    operation.outputs.forEach(({ id, value }, output) => {
      const here = operation.vjp?.incoming[output]?.data;
      const there = twin.vjp?.incoming[output]?.data;
      const known = [here, there].flatMap((numbers) => (numbers?.length === value.data.length ? [asDoubles(numbers)] : []));
      const [one, other = one] = known;
      if (one !== undefined && other !== undefined) weights.set(id, [one, other]);
    });
  }
  return weights;
}
