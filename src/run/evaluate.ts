import { EvaluationError, EXIT, UsageError } from '../contracts/errors.ts';
import type { EvaluateOptions } from '../contracts/options.ts';
import type { EvaluationReport } from '../contracts/report.ts';
import { resolveTargets } from '../load/targets.ts';
import { builtIns } from './builtins.ts';
import { builtInRequest, fileRequest } from './bundle.ts';
import { ask, startChild } from './isolated.ts';
import type { EvaluateRequest, Event, ModuleRequest } from './messages.ts';
import { toRunOptions } from './options.ts';
import { serve, toError } from './serve.ts';
import { watchInProcess } from './unhandled.ts';

/**
 * Value, components and gradients of one loss at a point.
 *
 * @throws UsageError for a wrong point; LoadError for a target that cannot be loaded; EvaluationError when
 * the loss gives no tensor or no gradient
 */
export async function evaluate(options: EvaluateOptions): Promise<EvaluationReport> {
  const { target, param = {}, precision = 64, backend = 'auto', isolate = true, timeout } = options;
  if (precision !== 32 && precision !== 64) throw new UsageError(`precision: found ${String(precision)}; expected 32 or 64`);
  const runOptions = toRunOptions({ targets: [target], param, backend, ...(timeout === undefined ? {} : { timeout }), ...(options.cwd === undefined ? {} : { cwd: options.cwd }) });
  const module = await findModule(target, runOptions.cwd);
  const request: EvaluateRequest = { kind: 'evaluate', module, options: runOptions, inputs: { ...options.inputs }, precision };
  const answer: { report: EvaluationReport | null } = { report: null };
  const emit = (event: Event): void => {
    if (event.kind === 'refused' || event.kind === 'failed') throw toError(event);
    if (event.kind === 'evaluated') answer.report = event.report;
  };
  if (module.builtIn) await serve(request, emit);
  else if (!isolate) await inThisProcess(request, emit);
  else await inChild(request, runOptions.timeout, emit);
  if (answer.report === null) throw new Error(`${target} ended without a value`);
  return answer.report;
}

async function findModule(target: string, cwd: string): Promise<ModuleRequest> {
  const { files, builtins, errors } = await resolveTargets([target], cwd, builtIns().ids);
  const failed = errors[0];
  if (failed !== undefined) throw failed.error;
  const [id] = builtins;
  if (id !== undefined) return builtInRequest([id], cwd);
  const [file] = files;
  if (file === undefined || files.length > 1) {
    throw new UsageError(`eval: ${target} stands for ${files.length} files, expected one`, 'Name one file, or file#export.');
  }
  return fileRequest(file.file, file.displayPath, file.exportName, file.explicit, cwd);
}

async function inThisProcess(request: EvaluateRequest, emit: (event: Event) => void): Promise<void> {
  const crash = await watchInProcess(request, () => serve(request, emit));
  if (crash !== null) throw endedEarly(crash.detail);
}

async function inChild(request: EvaluateRequest, timeout: number, emit: (event: Event) => void): Promise<void> {
  const ending = await ask(startChild(), request, timeout, emit);
  if (ending.kind === 'done') return;
  const detail = ending.kind === 'crashed' ? ending.detail : ending.kind === 'timeout' ? `no answer after ${timeout} s` : 'out of memory';
  throw endedEarly(detail);
}

function endedEarly(detail: string): EvaluationError {
  return new EvaluationError(`the loss gave no value: ${detail}`, {
    fix: 'Look for a loop that does not end, a promise that nobody handles, or a call of process.exit.',
    exitCode: EXIT.crashed,
  });
}
