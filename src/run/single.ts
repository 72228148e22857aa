import { EvaluationError, EXIT, UsageError } from '../contracts/errors.ts';
import { resolveTargets } from '../load/targets.ts';
import { cameAlong } from '../load/tensorflow/copy.ts';
import { builtIns } from './builtins.ts';
import { builtInRequest, fileRequest, homeOf } from './bundle.ts';
import { describeStop, fixFor } from './early-end.ts';
import { ask } from './isolation/ask.ts';
import { blameFor } from './isolation/blame.ts';
import { startChild } from './isolation/child-process.ts';
import { confinementOf } from './isolation/confinement.ts';
import type { Stop } from './isolation/ending.ts';
import type { Event, ModuleRequest, Request } from './messages.ts';
import type { RunOptions } from './options.ts';
import { serve, toError } from './serve.ts';
import { watchInProcess } from './unhandled.ts';

/** Commands about a single target: a wrong one is an error of the command, not an entry of a report. */

/** The module that a target stands for; `command` is named in what is said about a wrong one. */
export async function findModule(command: string, target: string, options: RunOptions): Promise<ModuleRequest> {
  const { files, builtins, errors } = await resolveTargets([target], options.cwd, builtIns().ids);
  const failed = errors[0];
  if (failed !== undefined) throw failed.error;
  const [id] = builtins;
  if (id !== undefined) return builtInRequest([id], options);
  const [file] = files;
  if (file === undefined || files.length > 1) {
    throw new UsageError(`${command}: ${target} stands for ${files.length} files, expected one`, 'Name one file, or file#export.');
  }
  return fileRequest(file.file, file.displayPath, file.exportName, file.explicit, options);
}

/**
 * Has a request answered: our own losses here, a user's module in a child process unless that is turned off.
 *
 * @throws what the request was refused with; EvaluationError when its process ended early
 */
export async function answer(request: Request, isolate: boolean, onEvent: (event: Event) => void): Promise<void> {
  const emit = (event: Event): void => {
    if (event.kind === 'refused' || event.kind === 'failed') throw toError(event);
    onEvent(event);
  };
  const { builtIn, tensorflow } = request.module;
  if (builtIn && (!isolate || cameAlong(tensorflow))) await serve(request, emit);
  else if (isolate) await inChild(request, emit);
  else await inThisProcess(request, emit);
}

async function inThisProcess(request: Request, emit: (event: Event) => void): Promise<void> {
  const crash = await watchInProcess(request, () =>
    serve(request, (event) => {
      if (event.kind === 'failed') throw endedEarly(blameFor(event.message, event.stack, request), request);
      emit(event);
    }),
  );
  if (crash !== null) throw endedEarly(crash, request);
}

async function inChild(request: Request, emit: (event: Event) => void): Promise<void> {
  const kind = request.kind === 'evaluate' ? 'evaluate' : 'verify';
  const ending = await ask(startChild(confinementOf(homeOf(request.module), request.options), kind), request, emit);
  if (ending.kind === 'stopped') throw endedEarly(ending, request);
}

function endedEarly(stop: Stop, { options }: Request): EvaluationError {
  return new EvaluationError(`the loss gave no value: ${describeStop(stop, options)}`, { fix: fixFor(stop), location: stop.location, exitCode: EXIT.crashed });
}
