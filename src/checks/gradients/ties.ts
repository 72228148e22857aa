import type { CheckContext, Finding } from '../../contracts/check.ts';
import type { Severity } from '../../contracts/report.ts';
import { unravel, type Point } from '../../contracts/tensor.ts';
import { isValidSubgradient, oneSidedDerivative } from '../../numerics/kinks.ts';
import { blameWrongGradient } from '../blame/wrong-gradient.ts';
import { finding } from '../finding.ts';
import { moved, showPoint, tensorOf } from '../point.ts';
import type { CoordinateTable } from './table.ts';

/**
 * Ties. Each entry of a tied maximum has a valid subgradient by itself, in [0, 1]; whether they fit together
 * shows only when the tied entries move together: along that direction `max` has the slope 1, and autograd
 * must not add up to more.
 */
export function tieFindings(
  context: CheckContext,
  place: { readonly label: string; readonly point: Point; readonly tieSeverity: Severity },
  input: string,
  coordinates: CoordinateTable,
): readonly Finding[] {
  const tied = coordinates.only({ verdict: 'pass', kind: 'kink' }).filter(({ analytic }) => analytic !== 0);
  if (tied.length < 2) return [];
  const tensor = tensorOf(place.point, input);
  const direction = new Float64Array(tensor.data.length);
  for (const { position } of tied) direction[position] = 1;
  const along = (step: number): number => context.reference.scalar(moved(place.point, input, direction, step));
  const left = oneSidedDerivative(along, 0, -1);
  const right = oneSidedDerivative(along, 0, 1);
  if (left.kind !== 'estimate' || right.kind !== 'estimate') return [];
  const analytic = tied.reduce((total, coordinate) => total + coordinate.analytic, 0);
  const bound = Math.max(left.errorBound, right.errorBound) + context.rtol * Math.abs(analytic);
  if (isValidSubgradient(analytic, left.value, right.value, bound)) return [];
  const { op, location } = blameWrongGradient(context, place.point, input);
  const data = {
    input,
    indices: tied.map(({ position }) => unravel(position, tensor.shape)),
    analytic,
    left: left.value,
    right: right.value,
    op,
    at: place.label,
    point: showPoint(place.point),
  };
  return [finding('tied-gradient', data, { severity: place.tieSeverity, location, op })];
}
