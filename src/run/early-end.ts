import type { LossReport } from '../contracts/report.ts';
import { failureReport } from './failure-report.ts';
import type { Ending } from './isolated.ts';
import type { ModuleRequest } from './messages.ts';
import type { RunOptions } from './options.ts';
import { exportOf } from './verify-module.ts';

/** The entry of a loss that ended its process, or had to be ended. */
export function earlyEnd(ending: Exclude<Ending, { kind: 'done' }>, id: string, module: ModuleRequest, options: RunOptions): LossReport {
  const common = { id, file: module.builtIn ? null : module.fileId, exportName: exportOf(id) };
  if (ending.kind === 'timeout') {
    return failureReport({
      ...common,
      code: 'timeout',
      message: `it was stopped after ${options.timeout} s without an answer`,
      fix: 'Look for a loop that does not end, or a tensor that grows. If the loss is only slow, raise --timeout or declare a smaller shape.',
    }, options);
  }
  if (ending.kind === 'out-of-memory') {
    return failureReport({ ...common, code: 'out-of-memory', message: 'its process ran out of memory', fix: 'Look for a tensor or an array that grows, or declare a smaller shape.' }, options);
  }
  return failureReport({
    ...common,
    code: 'crashed',
    message: ending.detail,
    location: ending.location,
    frame: ending.frame,
    fix: 'Remove process.exit, process.abort and process.kill from the module, and handle its rejected promises and errors in timers.',
  }, options);
}
