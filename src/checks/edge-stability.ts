import { defineCheck, type CheckContext, type Finding } from '../contracts/check.ts';
import type { FindingCode } from '../contracts/findings.ts';
import { conclude, skip } from './finding.ts';
import { edgePoints, type EdgePoint } from './edge-points.ts';
import { describeDisagreement, disagreementOf, readAll, signatureOf, type Disagreement } from './edges/disagreement.ts';
import { judge, symptom, type AtEdge, type Judged, type OnBackend } from './edges/judge.ts';
import { missingKernels } from './edges/lacking.ts';
import { kernelMissingIn } from './missing-kernel.ts';
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
    const [production, ...others] = backendsOf(context);
    const judged = points.map((edge) => judge(production, edge));
    if (judged.every(({ hasValue }) => !hasValue)) return skip('there is no tensor to look at: see scalar-output');
    const own = { on: production, reads: judged.map(({ read }) => read) };
    const beside = others.map((on) => ({ on, reads: points.map(({ point }) => on.probe.gradient(point, on.differentiable)) }));
    const disagreements = points.map((_, index) =>
      disagreementOf([own, ...beside].flatMap(({ on, reads }) => (reads[index] === undefined ? [] : [{ on, read: reads[index] }]))),
    );
    // A gradient that throws everywhere is for gradient-flow; one that throws only here is an edge.
    const anyGradient = judged.some(({ hasGradient }) => hasGradient);
    const found = judged.flatMap(({ found: seen, gradientThrew }, index): readonly AtEdge[] => {
      const isOfBackend = disagreements[index]?.broken.some(({ on }) => on === production) === true;
      // What the backend is to blame for is one finding, and not a second one as if the loss were.
      return isOfBackend ? [] : [...seen, ...(anyGradient ? gradientThrew : [])];
    });
    const findings = [
      ...groupByCause(context, [...found, ...disagreements.flatMap((one, index) => atEdge(one, points[index]))], points.length),
      ...[own, ...beside].flatMap(({ on, reads }) => missingKernels(context, on, points, reads)),
    ].toSorted((a, b) => EDGE_CODES.indexOf(a.code as never) - EDGE_CODES.indexOf(b.code as never));
    const what = anyGradient ? 'value and gradient finite' : 'value finite, there is no gradient,';
    const computing = [own, ...beside].filter(({ reads }) => reads.some((read) => kernelMissingIn(read) === null));
    const where = `${points.length} edge points, float32 on ${computing.map(({ on }) => on.probe.engine.backend).join(', ')}`;
    return conclude(findings, `${what} at ${where}`, { points: points.length });
  },
});

/** The one that decides, then those that it is compared with. */
function backendsOf({ production, others, differentiable }: CheckContext): readonly [OnBackend, ...OnBackend[]] {
  return [{ probe: production, differentiable }, ...others.map((probe) => ({ probe, differentiable }))];
}

function atEdge(disagreement: Disagreement | null, edge: EdgePoint | undefined): readonly AtEdge[] {
  return disagreement === null || edge === undefined ? [] : [{ edge, finding: describeDisagreement(disagreement, edge) }];
}

/** Edge values are simple already; what is left is to find the fewest rows and columns that show the same. */
function shrunk(context: CheckContext, { edge, finding: original }: AtEdge): Finding {
  const backends = backendsOf(context);
  if (original.code === 'backends-disagree') {
    const wanted = signatureOf(backends, edge.point);
    return smallest(context, original, edge.point, {
      fails: (point) => signatureOf(backends, point) === wanted,
      values: false,
      show: (point) => {
        const disagreement = disagreementOf(readAll(backends, point));
        return disagreement === null ? null : describeDisagreement(disagreement, { ...edge, point });
      },
    });
  }
  const [production] = backends;
  const wanted = symptom(production, edge.point);
  return smallest(context, original, edge.point, {
    fails: (point) => symptom(production, point) === wanted,
    values: false,
    show: (point) => {
      const { found, gradientThrew }: Judged = judge(production, { ...edge, point });
      return [...found, ...gradientThrew].map((one) => one.finding).find((one) => causeOf(one) === causeOf(original)) ?? null;
    },
  });
}

const EDGE_CODES = [
  'nan-at-edge',
  'infinity-at-edge',
  'nan-gradient-at-edge',
  'infinite-gradient-at-edge',
  'double-where',
  'threw-at-edge',
  'backends-disagree',
  'missing-kernel',
] as const satisfies readonly FindingCode[];

/** NaN or infinity of one operation at one line is one cause, and so is a gradient that breaks there. */
function causeOf({ code, data, op, location }: Finding): string {
  return [partOf(code, data), op, location?.file, location?.line, location?.column].join('|');
}

function partOf(code: FindingCode, data: Finding['data']): string {
  if ('fine' in data && 'broken' in data) return `${code} ${'part' in data ? data.part : ''} ${data.fine.join()} ${data.broken.join()}`;
  return code === 'nan-at-edge' || code === 'infinity-at-edge' ? 'value' : code === 'threw-at-edge' ? 'throw' : 'gradient';
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
  return [...groups.values()].map(({ first, count }) => {
    const small = shrunk(context, first);
    return { ...small, data: { ...small.data, points: count, of } } as Finding;
  });
}
