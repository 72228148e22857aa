import type { CheckContext } from '../contracts/check.ts';
import type { Point } from '../contracts/tensor.ts';
import { edgeCombinations } from '../numerics/domains.ts';
import { matchedPoint } from './special-points.ts';

/** A point at the edge of the domain, with what people call it. */
export interface EdgePoint {
  readonly label: string;
  readonly point: Point;
}

/** Random points with prediction equal to target that are judged beside the edges. */
const MATCHED_POINTS = 3;

/** The user's own edges, combinations of the edges of the domains, and matches of prediction and target. */
export function edgePoints(context: CheckContext): readonly EdgePoint[] {
  const base = context.samples[0]?.point ?? {};
  const given = context.edges.map((point, index) => ({ label: `edges[${index}]`, point: { ...base, ...point } }));
  const combined = edgeCombinations(context.inputs).map(({ label, values }) => ({ label, point: filled(base, values) }));
  const matched = context.samples.slice(0, MATCHED_POINTS).flatMap(({ point, index }) => {
    const same = matchedPoint(point, context.inputs);
    return same === null ? [] : [{ label: `prediction equal to target, sample ${index}`, point: same }];
  });
  return [...given, ...combined, ...matched];
}

/** Edge values in the place of sampled ones; inputs without edges keep their sample. */
function filled(base: Point, values: Readonly<Record<string, Float64Array>>): Point {
  return Object.fromEntries(
    Object.entries(base).map(([name, tensor]) => [name, { ...tensor, data: values[name] ?? tensor.data }]),
  );
}
