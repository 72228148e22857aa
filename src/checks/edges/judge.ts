import type { Finding } from '../../contracts/check.ts';
import type { GradientEvaluation, LossProbe } from '../../contracts/engine.ts';
import type { PointData } from '../../contracts/findings.ts';
import type { Point } from '../../contracts/tensor.ts';
import { blameNonFiniteGradient, blameNonFiniteValue } from '../blame/non-finite.ts';
import type { EdgePoint } from '../edge-points.ts';
import { finding } from '../finding.ts';
import { missingKernelOf } from '../missing-kernel.ts';
import { nonFinite, showPoint } from '../point.ts';

/** What one backend makes of one edge, and what is wrong with that. */

/** The loss on one backend, and what it is differentiated by. */
export interface OnBackend {
  readonly probe: LossProbe;
  readonly differentiable: readonly string[];
}

/** A finding and the edge that shows it. */
export interface AtEdge {
  readonly edge: EdgePoint;
  readonly finding: Finding;
}

export interface Judged {
  readonly read: GradientEvaluation;
  readonly found: readonly AtEdge[];
  readonly hasValue: boolean;
  readonly hasGradient: boolean;
  /** The finding of a gradient that throws at this edge, if it does. */
  readonly gradientThrew: readonly AtEdge[];
}

/** A kernel that the backend lacks is no matter of the edge: it is not among the findings. */
export function judge(on: OnBackend, edge: EdgePoint): Judged {
  const read = on.probe.gradient(edge.point, on.differentiable);
  const { evaluation, gradients, error } = read;
  const at = (found: Finding): AtEdge => ({ edge, finding: found });
  const threw = (message: string, location: Finding['location']): readonly AtEdge[] =>
    missingKernelOf(message) === null ? [at(finding('threw-at-edge', { ...placeOf(edge), error: message }, { location }))] : [];
  if (evaluation.kind === 'threw') {
    return { read, found: threw(evaluation.error.message, evaluation.error.location), hasValue: true, hasGradient: false, gradientThrew: [] };
  }
  if (evaluation.kind === 'not-a-tensor') return { read, found: [], hasValue: false, hasGradient: false, gradientThrew: [] };
  const hasGradient = Object.values(gradients ?? {}).some((gradient) => gradient !== null);
  const found = valueFindings(on, edge, evaluation.tensor.data) ?? gradientFindings(on, edge, gradients);
  return { read, found: found.map(at), hasValue: true, hasGradient, gradientThrew: error === null ? [] : threw(error.message, error.location) };
}

/** What is wrong at a point, without asking why: two points with the same symptom may have the same cause. */
export function symptom({ probe, differentiable }: OnBackend, point: Point): string {
  const { evaluation, gradients, error } = probe.gradient(point, differentiable);
  if (evaluation.kind === 'threw') return `threw ${evaluation.error.message}`;
  if (evaluation.kind === 'not-a-tensor') return evaluation.found;
  const problem = nonFinite(evaluation.tensor.data);
  if (problem !== null) return `value ${problem}`;
  if (error !== null) return `gradient threw ${error.message}`;
  const first = gradientProblemsOf(gradients)[0];
  return first === undefined ? 'none' : `gradient ${first.input} ${first.problem}`;
}

export function placeOf({ label, point }: EdgePoint): { edge: string; point: PointData; points: number; of: number } {
  return { edge: label, point: showPoint(point), points: 1, of: 1 };
}

/** Null when the value is finite: only then is a gradient that is not a finding of its own. */
function valueFindings({ probe, differentiable }: OnBackend, edge: EdgePoint, values: ArrayLike<number>): readonly Finding[] | null {
  const problem = nonFinite(values);
  if (problem === null) return null;
  const where = blameNonFiniteValue(probe.trace(edge.point, differentiable));
  const at = { ...placeOf(edge), op: where.op };
  if (problem === 'nan') return [finding('nan-at-edge', at, where)];
  const value = Array.from(values).find((entry) => !Number.isFinite(entry)) ?? Infinity;
  return [finding('infinity-at-edge', { ...at, value }, where)];
}

function gradientFindings({ probe, differentiable }: OnBackend, edge: EdgePoint, gradients: GradientEvaluation['gradients']): readonly Finding[] {
  const first = gradientProblemsOf(gradients)[0];
  if (first === undefined) return [];
  const where = blameNonFiniteGradient(probe.trace(edge.point, differentiable));
  const at = { ...placeOf(edge), input: first.input };
  if (where.doubleWhere && where.op !== null) return [finding('double-where', { ...at, op: where.op }, where)];
  const code = first.problem === 'nan' ? 'nan-gradient-at-edge' : 'infinite-gradient-at-edge';
  return [finding(code, { ...at, op: where.op }, where)];
}

export function gradientProblemsOf(gradients: GradientEvaluation['gradients']): readonly { readonly input: string; readonly problem: 'nan' | 'infinite' }[] {
  return Object.entries(gradients ?? {}).flatMap(([input, gradient]) => {
    const problem = gradient === null ? null : nonFinite(gradient.data);
    return problem === null ? [] : [{ input, problem }];
  });
}
