import type { CheckContext, Finding } from '../../contracts/check.ts';
import type { GradientEvaluation } from '../../contracts/engine.ts';
import type { EdgePoint } from '../edge-points.ts';
import { finding } from '../finding.ts';
import { kernelMissingIn } from '../missing-kernel.ts';
import { showPoint } from '../point.ts';
import type { OnBackend } from './judge.ts';

/**
 * The kernels that a backend lacks, one finding for each however many edges ask for it: an error on the backend that
 * decides, a warning on one that it is compared with.
 */
export function missingKernels({ production }: CheckContext, on: OnBackend, edges: readonly EdgePoint[], reads: readonly GradientEvaluation[]): readonly Finding[] {
  const seen = new Map<string, { readonly edge: EdgePoint; readonly part: 'loss' | 'gradient'; points: number }>();
  for (const [index, edge] of edges.entries()) {
    const read = reads[index];
    const missing = read === undefined ? null : kernelMissingIn(read);
    if (missing === null) continue;
    const known = seen.get(missing.kernel);
    if (known === undefined) seen.set(missing.kernel, { edge, part: missing.part, points: 1 });
    else known.points++;
  }
  const { backend } = on.probe.engine;
  const severity = on.probe === production ? 'error' : 'warning';
  return [...seen].map(([kernel, { edge, part, points }]) => {
    // Only a trace knows whose derivative was computed when it threw.
    const { evaluation, gradientError } = on.probe.trace(edge.point, on.differentiable);
    const location = (evaluation.kind === 'threw' ? evaluation.error : gradientError)?.location ?? null;
    return finding('missing-kernel', { kernel, backend, part, points, of: edges.length, point: showPoint(edge.point) }, { severity, location, op: kernel });
  });
}
