import type { CheckContext } from '../contracts/check.ts';
import type { Severity } from '../contracts/report.ts';
import type { Point } from '../contracts/tensor.ts';
import { edgeCombinations } from '../numerics/domains.ts';
import { matchedPoint, tiedPoint } from './special-points.ts';

/** The points at which gradients are compared. */
export interface Place {
  readonly label: string;
  readonly point: Point;
  /** Random points and the user's own decide; the special ones only look for kinks that are wrong. */
  readonly decides: boolean;
  /** What a tie that is counted twice is worth here. */
  readonly tieSeverity: Severity;
  /** Coordinates compared per input; a larger input is sampled, and the summary says so. */
  readonly coordinates: number;
  /** Kinks of whole tensors at once are edge-stability's matter: here only a jump in value counts. */
  readonly jumpsOnly: boolean;
}

const COORDINATES_FIRST = 2048;
/** At the other points, where a mistake shows as well in any coordinate. */
const COORDINATES_ELSEWHERE = 256;
const COORDINATES_AT_EDGES = 2;

/** Thresholds of piecewise losses are ordinary numbers: edges beyond this are left to edge-stability. */
const ORDINARY = 10;
const MOST_EDGES = 24;
/** Larger points are compared where they decide, not where they are only interesting. */
const MOST_ELEMENTS = 2 ** 16;

export function places(context: CheckContext): readonly Place[] {
  const base = context.samples[0]?.point;
  if (base === undefined) return [];
  const deciding = { decides: true, tieSeverity: 'error' as const, coordinates: COORDINATES_ELSEWHERE, jumpsOnly: false };
  const samples = context.samples.map(({ index, point }) => ({
    ...deciding,
    label: `sample ${index}`,
    point,
    coordinates: index === 0 ? COORDINATES_FIRST : COORDINATES_ELSEWHERE,
  }));
  const given = context.edges.map((point, index) => ({ ...deciding, label: `edges[${index}]`, point: { ...base, ...point } }));
  const elements = Object.values(base).reduce((total, { data }) => total + data.length, 0);
  if (elements > MOST_ELEMENTS) return [...samples, ...given];
  return [...samples, ...given, ...specialPlaces(context, base), ...edgePlaces(context, base)];
}

function specialPlaces({ inputs }: CheckContext, base: Point): readonly Place[] {
  const common = { decides: false, coordinates: COORDINATES_ELSEWHERE, jumpsOnly: false };
  // At a perfect match every residual ties, which training does not meet; equal outputs are how it starts.
  const matched = matchedPoint(base, inputs);
  const tied = tiedPoint(base, inputs);
  return [
    ...(matched === null ? [] : [{ ...common, label: 'prediction equal to target', point: matched, tieSeverity: 'info' as const }]),
    ...(tied === null ? [] : [{ ...common, label: 'equal entries', point: tied, tieSeverity: 'warning' as const }]),
  ];
}

/** Round numbers such as 0, 0.5 and 1 are where people put thresholds, and random points never hit them. */
function edgePlaces({ inputs }: CheckContext, base: Point): readonly Place[] {
  return edgeCombinations(inputs)
    .filter(({ values }) => Object.values(values).every((data) => data.every((value) => Math.abs(value) <= ORDINARY)))
    .slice(0, MOST_EDGES)
    .map(({ label, values }) => ({
      label,
      point: Object.fromEntries(Object.entries(base).map(([name, tensor]) => [name, { ...tensor, data: values[name] ?? tensor.data }])),
      decides: false,
      tieSeverity: 'info',
      coordinates: COORDINATES_AT_EDGES,
      jumpsOnly: true,
    }));
}
