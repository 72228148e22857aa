import { defineCheck, type CheckContext, type Finding } from '../contracts/check.ts';
import type { FindingCode, PointData } from '../contracts/findings.ts';
import type { Point } from '../contracts/tensor.ts';
import { blameNonFiniteGradient, blameNonFiniteValue } from './blame/non-finite.ts';
import { conclude, finding, skip } from './finding.ts';
import { edgePoints, type EdgePoint } from './edge-points.ts';
import { nonFinite, showPoint } from './point.ts';
import { smallest } from './shrink.ts';

/** Are value and gradient finite at the edges of the domain, in float32, where production computes? */
export const edgeStability = defineCheck({
  id: 'edge-stability',
  title: 'finite at the edges',
  severity: 'error',
  precision: 32,
  run(context) {
    const points = edgePoints(context);
    if (points.length === 0) return skip('the domains of the inputs have no edges');
    const judged = points.map((edge) => judge(context, edge));
    if (judged.every(({ hasValue }) => !hasValue)) return skip('there is no tensor to look at: see scalar-output');
    // A gradient that throws everywhere is for gradient-flow; one that throws only here is an edge.
    const threw = judged.some(({ hasGradient }) => hasGradient) ? judged.flatMap(({ gradientThrew }) => gradientThrew) : [];
    const findings = groupByCause(context, [...judged.flatMap(({ found }) => found), ...threw], points.length);
    const what = judged.some(({ hasGradient }) => hasGradient) ? 'value and gradient finite' : 'value finite, there is no gradient,';
    const on = `${points.length} edge points, float32 on ${context.production.engine.backend}`;
    return conclude(findings, `${what} at ${on}`, { points: points.length });
  },
});

/** A finding and the edge that shows it. */
interface AtEdge {
  readonly edge: EdgePoint;
  readonly finding: Finding;
}

interface Judged {
  readonly found: readonly AtEdge[];
  readonly hasValue: boolean;
  readonly hasGradient: boolean;
  /** The finding of a gradient that throws at this edge, if it does. */
  readonly gradientThrew: readonly AtEdge[];
}

function judge(context: CheckContext, edge: EdgePoint): Judged {
  const { evaluation, gradients, error } = context.production.gradient(edge.point, context.differentiable);
  const at = (finding: Finding): AtEdge => ({ edge, finding });
  if (evaluation.kind === 'threw') {
    const data = { ...placeOf(edge), error: evaluation.error.message };
    return { found: [at(finding('threw-at-edge', data, { location: evaluation.error.location }))], hasValue: true, hasGradient: false, gradientThrew: [] };
  }
  if (evaluation.kind === 'not-a-tensor') return { found: [], hasValue: false, hasGradient: false, gradientThrew: [] };
  const hasGradient = Object.values(gradients ?? {}).some((gradient) => gradient !== null);
  const found = valueFindings(context, edge, evaluation.tensor.data) ?? gradientFindings(context, edge, gradients);
  const gradientThrew =
    error === null ? [] : [at(finding('threw-at-edge', { ...placeOf(edge), error: error.message }, { location: error.location }))];
  return { found: found.map(at), hasValue: true, hasGradient, gradientThrew };
}

/** What is wrong at a point, without asking why: two points with the same symptom may have the same cause. */
function symptom(context: CheckContext, point: Point): string {
  const { evaluation, gradients, error } = context.production.gradient(point, context.differentiable);
  if (evaluation.kind === 'threw') return `threw ${evaluation.error.message}`;
  if (evaluation.kind === 'not-a-tensor') return evaluation.found;
  const problem = nonFinite(evaluation.tensor.data);
  if (problem !== null) return `value ${problem}`;
  if (error !== null) return `gradient threw ${error.message}`;
  const first = gradientProblemsOf(gradients)[0];
  return first === undefined ? 'none' : `gradient ${first.input} ${first.problem}`;
}

/** Edge values are simple already; what is left is to find the fewest rows and columns that show the same. */
function shrunk(context: CheckContext, { edge, finding: original }: AtEdge): Finding {
  const wanted = symptom(context, edge.point);
  return smallest(context, original, edge.point, {
    fails: (point) => symptom(context, point) === wanted,
    values: false,
    show: (point) => {
      const { found, gradientThrew } = judge(context, { ...edge, point });
      return [...found, ...gradientThrew].map((one) => one.finding).find((one) => causeOf(one) === causeOf(original)) ?? null;
    },
  });
}

function placeOf({ label, point }: EdgePoint): { edge: string; point: PointData; points: number; of: number } {
  return { edge: label, point: showPoint(point), points: 1, of: 1 };
}

/** Null when the value is finite: only then is a gradient that is not a finding of its own. */
function valueFindings(context: CheckContext, edge: EdgePoint, values: ArrayLike<number>): readonly Finding[] | null {
  const problem = nonFinite(values);
  if (problem === null) return null;
  const where = blameNonFiniteValue(context.production.trace(edge.point, context.differentiable));
  const at = { ...placeOf(edge), op: where.op };
  if (problem === 'nan') return [finding('nan-at-edge', at, where)];
  const value = Array.from(values).find((entry) => !Number.isFinite(entry)) ?? Infinity;
  return [finding('infinity-at-edge', { ...at, value }, where)];
}

function gradientFindings(context: CheckContext, edge: EdgePoint, gradients: Gradients): readonly Finding[] {
  const first = gradientProblemsOf(gradients)[0];
  if (first === undefined) return [];
  const where = blameNonFiniteGradient(context.production.trace(edge.point, context.differentiable));
  const at = { ...placeOf(edge), input: first.input };
  if (where.doubleWhere && where.op !== null) return [finding('double-where', { ...at, op: where.op }, where)];
  const code = first.problem === 'nan' ? 'nan-gradient-at-edge' : 'infinite-gradient-at-edge';
  return [finding(code, { ...at, op: where.op }, where)];
}

type Gradients = ReturnType<CheckContext['production']['gradient']>['gradients'];

function gradientProblemsOf(gradients: Gradients): readonly { readonly input: string; readonly problem: 'nan' | 'infinite' }[] {
  return Object.entries(gradients ?? {}).flatMap(([input, gradient]) => {
    const problem = gradient === null ? null : nonFinite(gradient.data);
    return problem === null ? [] : [{ input, problem }];
  });
}

const EDGE_CODES = [
  'nan-at-edge',
  'infinity-at-edge',
  'nan-gradient-at-edge',
  'infinite-gradient-at-edge',
  'double-where',
  'threw-at-edge',
] as const satisfies readonly FindingCode[];

/** NaN or infinity of one operation at one line is one cause, and so is a gradient that breaks there. */
function causeOf({ code, op, location }: Finding): string {
  const what = code === 'nan-at-edge' || code === 'infinity-at-edge' ? 'value' : code === 'threw-at-edge' ? 'throw' : 'gradient';
  return [what, op, location?.file, location?.line, location?.column].join('|');
}

/** One finding for each cause, with the number of edges that show it. */
function groupByCause(context: CheckContext, found: readonly AtEdge[], of: number): readonly Finding[] {
  const groups = new Map<string, { readonly first: AtEdge; count: number }>();
  for (const one of found) {
    const key = causeOf(one.finding);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: one, count: 1 });
    else group.count++;
  }
  return [...groups.values()]
    .map(({ first, count }) => {
      const small = shrunk(context, first);
      return { ...small, data: { ...small.data, points: count, of } } as Finding;
    })
    .toSorted((a, b) => EDGE_CODES.indexOf(a.code as never) - EDGE_CODES.indexOf(b.code as never));
}
