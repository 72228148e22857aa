import type { CheckContext } from '../../contracts/check.ts';
import type { Severity } from '../../contracts/report.ts';
import type { Point } from '../../contracts/tensor.ts';
import { matchedPoint, tiedPoint } from '../special-points.ts';

/** The points at which gradients are compared. */
export interface Place {
  readonly label: string;
  readonly point: Point;
  /** Drawn from the domain, where value and gradient must be finite. */
  readonly isRandom: boolean;
  /** Random points and the user's own decide; the special ones only look for kinks that are wrong. */
  readonly decides: boolean;
  /** What a tie that is counted twice is worth here. */
  readonly tieSeverity: Severity;
  /** Coordinates compared per input; a larger input is sampled, and the summary says so. */
  readonly coordinates: number;
}

/** Beside the first sample, where every coordinate is compared: a mistake shows as well in any of them. */
const COORDINATES_ELSEWHERE = 256;

const MANY_ELEMENTS = 2 ** 13;
/** Larger points are compared where they decide, not where they are only interesting. */
const MOST_ELEMENTS = 2 ** 16;

/** So many numbers that a call of the loss is not to be spent on one coordinate. */
export function isManyElements({ samples }: CheckContext): boolean {
  return elementsOf(samples[0]?.point ?? {}) > MANY_ELEMENTS;
}

function elementsOf(point: Point): number {
  return Object.values(point).reduce((total, { data }) => total + data.length, 0);
}

export function places(context: CheckContext): readonly Place[] {
  const base = context.samples[0]?.point;
  if (base === undefined) return [];
  const deciding = { isRandom: false, decides: true, tieSeverity: 'error' as const, coordinates: COORDINATES_ELSEWHERE };
  const elements = elementsOf(base);
  // Thousands of coordinates at one point say more than a few of them at three.
  const points = isManyElements(context) ? context.samples.slice(0, 1) : context.samples;
  const samples = points.map(({ index, point }) => ({
    ...deciding,
    isRandom: true,
    label: `sample ${index}`,
    point,
    coordinates: index === 0 ? Infinity : COORDINATES_ELSEWHERE,
  }));
  const given = context.edges.map((point, index) => ({ ...deciding, label: `edges[${index}]`, point: { ...base, ...point } }));
  if (elements > MOST_ELEMENTS) return [...samples, ...given];
  return [...samples, ...given, ...specialPlaces(context, base)];
}

function specialPlaces({ inputs }: CheckContext, base: Point): readonly Place[] {
  const common = { isRandom: false, decides: false, coordinates: COORDINATES_ELSEWHERE };
  // At a perfect match every residual ties, which training does not meet; equal outputs are how it starts.
  const matched = matchedPoint(base, inputs);
  const tied = tiedPoint(base, inputs);
  return [
    ...(matched === null ? [] : [{ ...common, label: 'prediction equal to target', point: matched, tieSeverity: 'info' as const }]),
    ...(tied === null ? [] : [{ ...common, label: 'equal entries', point: tied, tieSeverity: 'warning' as const }]),
  ];
}
