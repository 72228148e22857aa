import { describeThrown, stackOf } from '../engines/index.ts';
import { EvaluationError, LoadError, UsageError } from '../contracts/errors.ts';
import type { CodeFrame, SourceLocation } from '../contracts/source.ts';
import { configModule } from './config/module.ts';
import { evaluateModule } from './evaluate-module.ts';
import { isLoadErrorCode } from './failure-report.ts';
import type { Emit, Event, Request } from './messages.ts';
import { selftestModule } from './selftest-module.ts';
import { settle } from './unhandled.ts';
import { verifyModule } from './verify-module.ts';

/**
 * Answers one request by events, in this process or for the parent of this one.
 *
 * @param isOver asked before each loss: whether the time for all of them has passed
 */
export async function serve(request: Request, emit: Emit, isOver: () => boolean = () => false): Promise<void> {
  try {
    if (request.kind === 'verify') await verifyModule(request, emit, isOver);
    else if (request.kind === 'selftest') await selftestModule(request, emit);
    else if (request.kind === 'config') emit({ kind: 'configured', facts: await configModule(request) });
    else emit({ kind: 'evaluated', report: await evaluateModule(request) });
    await settle();
    emit({ kind: 'done' });
  } catch (error) {
    emit(refusal(error));
  }
}

/** Errors that people can mend keep their class across processes; anything else is a bug of ours. */
function refusal(error: unknown): Event {
  if (error instanceof UsageError) return refused('UsageError', error.message, { fix: error.hint });
  if (error instanceof LoadError) return refused('LoadError', error.message, error);
  if (error instanceof EvaluationError) return refused('EvaluationError', error.message, error);
  const message = describeThrown(error);
  return { kind: 'failed', message, stack: stackOf(error) || message };
}

interface Details {
  readonly fix: string | null;
  readonly code?: string;
  readonly location?: SourceLocation | null;
  readonly frame?: CodeFrame | null;
}

function refused(name: 'UsageError' | 'LoadError' | 'EvaluationError', message: string, details: Details): Event {
  const { fix, code = null, location = null, frame = null } = details;
  return {
    kind: 'refused',
    error: { name, message, fix, code, location, frame },
  };
}

/** The error that ended a request, as it was thrown in the other process. */
export function toError(event: Extract<Event, { kind: 'refused' | 'failed' }>): Error {
  if (event.kind === 'failed') return Object.assign(new Error(event.message), { stack: event.stack });
  const { error } = event;
  const { name, message, code, location, frame } = error;
  if (name === 'UsageError') return new UsageError(message, error.fix);
  const fix = error.fix ?? '';
  if (name === 'EvaluationError') return new EvaluationError(message, { fix, location });
  if (!isLoadErrorCode(code)) throw new Error(`a load error came with the unknown code ${code}`);
  return new LoadError(code, message, { fix, location, frame });
}
