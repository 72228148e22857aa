import type { EarlyEndCode } from '../contracts/findings.ts';
import type { LossReport } from '../contracts/report.ts';
import { failureReport } from './failure-report.ts';
import type { Stop } from './isolation/ending.ts';
import type { Deadline } from './many/deadline.ts';
import type { ModuleRequest } from './messages.ts';
import type { RunOptions } from './options.ts';
import { exportOf } from './verify-module.ts';

/** The entry of a loss that ended its process, or had to be stopped. */
export function earlyEnd(stop: Stop, id: string, module: ModuleRequest, options: RunOptions): LossReport {
  const { code, location, frame } = stop;
  const file = module.builtIn ? null : module.fileId;
  return failureReport({ id, file, exportName: exportOf(id), code, message: describeStop(stop, options), fix: fixFor(stop), location, frame }, options);
}

/** The entry of a loss that was not checked, because the run had to end. */
export function neverReached(id: string, module: ModuleRequest, deadline: Deadline, options: RunOptions): LossReport {
  return failureReport({ id, file: module.builtIn ? null : module.fileId, exportName: exportOf(id), code: 'timeout', ...runEnded(deadline) }, options);
}

function runEnded({ seconds }: Deadline): { readonly message: string; readonly fix: string } {
  return {
    message: `the run ended after ${seconds} s, before this was checked`,
    fix: 'Give the run more time by --run-timeout, check less in one run (--shard, --changed), or look at what takes so long.',
  };
}

export function describeStop({ code, detail }: Stop, { timeout, maxMemory }: Pick<RunOptions, 'timeout' | 'maxMemory'>): string {
  if (detail !== '') return detail;
  if (code === 'timeout') return `it was stopped after ${timeout} s without an answer`;
  return code === 'out-of-memory' ? `its process needed more than ${maxMemory} MB of memory` : code;
}

/** How to mend it, and how to permit it where there is a way. */
export function fixFor({ code, allow }: Stop): string {
  if (code !== 'forbidden-access') return FIXES[code];
  return `${FIXES[code]} ${allow === null ? 'Nothing allows it but --isolate=off, for code that you trust.' : `If it must have this one, and may: ${allow}`}`;
}

const FIXES: { readonly [C in EarlyEndCode]: string } = {
  timeout: 'Look for a loop that does not end, or a tensor that grows. If the loss is only slow, raise --timeout or declare a smaller shape.',
  crashed: 'Remove process.exit, process.abort and process.kill from the module, handle its rejected promises and errors in timers, and let no promise at its top level wait for ever.',
  'out-of-memory': 'Look for a tensor or an array that grows, or declare a smaller shape. If the loss needs that much, raise --max-memory.',
  'forbidden-access': 'A loss computes with what it is given: import its tables, or hand them over as parameters.',
  tampered: 'Write a function of your own in place of the one that is replaced. A polyfill that only adds what is missing is let alone.',
  'forged-message': 'Remove what writes to the process that judges the loss: process.send, or file descriptor 3.',
  'too-much-output': 'Remove what prints at each call, or print less.',
};
