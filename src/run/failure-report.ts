import { FAILURES } from '../contracts/catalogue.ts';
import { LOAD_ERROR_CODES, LoadError, type LoadErrorCode } from '../contracts/errors.ts';
import type { FailureCode } from '../contracts/findings.ts';
import type { FindingReport, LossReport } from '../contracts/report.ts';
import type { CodeFrame, SourceLocation } from '../contracts/source.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { RunOptions } from './options.ts';
import { verifyCommand } from './replay.ts';

interface Failure {
  readonly id: string;
  readonly file: string | null;
  readonly exportName: string | null;
  readonly code: FailureCode;
  readonly message: string;
  readonly fix: string;
  readonly location?: SourceLocation | null;
  readonly frame?: CodeFrame | null;
}

/** The entry of a loss, or of a whole file, that could not be checked: verdict `error`, one finding. */
export function failureReport(failure: Failure, options: RunOptions): LossReport {
  return failureEntry(failure, verifyCommand(failure.id, options));
}

/** The entry of a run whose files export no loss. @param replay the command of that run */
export function nothingFound(targets: readonly string[], replay: string): LossReport {
  const shown = targets.join(' ');
  const fix = 'Export a function (yPred, yTrue) => scalar tensor, or name the file.';
  return failureEntry({ id: shown, file: null, exportName: null, code: 'no-loss', message: `no file of ${shown} exports a loss`, fix }, replay);
}

function failureEntry(failure: Failure, replay: string): LossReport {
  const { id, file, exportName, code, message, fix, location = null, frame = null } = failure;
  const place = location === null ? null : { ...location, op: null, frame };
  const finding: FindingReport = {
    code,
    severity: 'error',
    message,
    why: FAILURES[code].why,
    fix,
    location: place,
    data: {},
    replay,
    eval: null,
    allowed: null,
    fingerprint: fingerprintOf({ loss: id, check: '', code, location: place }),
  };
  return {
    id,
    name: exportName ?? id,
    file,
    export: exportName,
    inputs: [],
    notes: [],
    verdict: 'error',
    durationMs: 0,
    checks: [],
    findings: [finding],
  };
}

export function loadFailure(error: LoadError, of: Pick<Failure, 'id' | 'file' | 'exportName'>, options: RunOptions): LossReport {
  const { code, message, fix, location, frame } = error;
  return failureReport({ ...of, code, message, fix, location, frame }, options);
}

export function isLoadErrorCode(code: string | null): code is LoadErrorCode {
  return code !== null && LOAD_ERROR_CODES.some((known) => known === code);
}
