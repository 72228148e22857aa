import { UsageError } from '../contracts/errors.ts';
import type { EvaluateOptions } from '../contracts/options.ts';
import type { EvaluationReport } from '../contracts/report.ts';
import { loadConfig } from './config/load.ts';
import type { EvaluateRequest } from './messages.ts';
import { onOneEngine, toRunOptions } from './options.ts';
import { answer, findModule } from './single.ts';

/**
 * Value, components and gradients of one loss at a point.
 *
 * @throws UsageError for a wrong point; LoadError for a target that cannot be loaded; EvaluationError when
 * the loss gives no tensor or no gradient
 */
export async function evaluate(options: EvaluateOptions): Promise<EvaluationReport> {
  const { target, inputs, precision = 64, isolate = true, ...others } = options;
  if (precision !== 32 && precision !== 64) throw new UsageError(`precision: found ${String(precision)}; expected 32 or 64`);
  const config = await loadConfig({ ...others, isolate });
  const runOptions = onOneEngine('eval', toRunOptions({ targets: [target], ...others }, config), others.backend);
  const module = await findModule('eval', target, runOptions);
  const request: EvaluateRequest = { kind: 'evaluate', module, options: runOptions, inputs: { ...inputs }, precision };
  const answered: { report: EvaluationReport | null } = { report: null };
  await answer(request, isolate, (event) => {
    if (event.kind === 'evaluated') answered.report = event.report;
  });
  if (answered.report === null) throw new Error(`${target} ended without a value`);
  return answered.report;
}
