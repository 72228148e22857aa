import { EXIT, LoadError, UsageError } from '../contracts/errors.ts';
import type { Progress, VerifyOptions } from '../contracts/options.ts';
import type { LossReport, Report } from '../contracts/report.ts';
import { didYouMean } from '../load/nearest.ts';
import { resolveTargets, type FileTarget } from '../load/targets.ts';
import { packageVersion } from '../package-root.ts';
import { builtIns } from './builtins.ts';
import { builtInRequest, fileRequest } from './bundle.ts';
import { enginesFor, reportEngine } from './engines.ts';
import { failureReport, loadFailure } from './failure-report.ts';
import { ask, type Ending } from './isolated.ts';
import type { EnginesReport, Event, ModuleRequest } from './messages.ts';
import { toRunOptions, type RunOptions } from './options.ts';
import { serve, toError } from './serve.ts';
import { startChild } from './spawn.ts';
import { requireTransferable } from './transferable.ts';
import { watchInProcess } from './unhandled.ts';
import { exportOf, targetIds } from './verify-module.ts';

interface Run {
  readonly options: RunOptions;
  readonly isolate: boolean;
  readonly losses: LossReport[];
  readonly onProgress: (progress: Progress) => void;
  engines: EnginesReport | null;
  readonly found: Set<string>;
  /** What `--param` and `--input` may name, over all modules. */
  readonly parameters: Set<string>;
  readonly inputs: Set<string>;
}

/**
 * Checks losses: the one way from targets to a report, for the command line and the API.
 *
 * @throws UsageError for options that cannot be; everything wrong with a target is in the report instead
 */
export async function verify(options: VerifyOptions, onProgress: (progress: Progress) => void = () => {}): Promise<Report> {
  const run: Run = {
    options: toRunOptions(options),
    isolate: options.isolate ?? true,
    losses: [],
    onProgress,
    engines: null,
    found: new Set(),
    parameters: new Set(),
    inputs: new Set(),
  };
  requireTransferable(run.options, run.isolate);
  const { ids } = builtIns();
  const targets = await resolveTargets(options.targets, run.options.cwd, ids);
  const chosen = options.all === true ? ids : targets.builtins;
  run.losses.push(...targets.errors.map(({ target, error }) => loadFailure(error, { id: target, file: error.code === 'unknown-loss' ? null : (target.split('#', 1)[0] ?? null), exportName: null }, run.options)));
  await verifyBuiltIns(run, chosen, ids);
  for (const file of targets.files) await verifyFile(run, file);
  if (run.found.size > 0) requireKnownNames(run);
  if (run.losses.length === 0) run.losses.push(nothingFound(options.targets, run.options));
  return toReport(run, run.engines ?? (await describeEngines(run.options)));
}

/** A flag that no loss of the run understands is a typing error, never ignored. */
function requireKnownNames({ options, parameters, inputs }: Run): void {
  requireAmong('--param', 'parameter', Object.keys(options.param), parameters);
  requireAmong('--input', 'input', Object.keys(options.input), inputs);
}

function requireAmong(flag: string, what: string, given: readonly string[], known: ReadonlySet<string>): void {
  const stray = given.find((name) => !known.has(name));
  if (stray === undefined) return;
  throw new UsageError(
    `${flag} ${stray}: no loss that is checked has this ${what}${didYouMean(stray, known)}`,
    known.size === 0 ? 'It has none.' : `Accepted: ${[...known].join(', ')}.`,
  );
}

/** Our own losses need no isolation; one request serves all of them. */
async function verifyBuiltIns(run: Run, chosen: readonly string[], all: readonly string[]): Promise<void> {
  if (chosen.length === 0) return;
  const request = builtInRequest(chosen.length === all.length ? null : chosen, run.options.cwd);
  await serve({ kind: 'verify', module: request, options: run.options, done: [] }, (event) => note(run, event));
}

async function verifyFile(run: Run, target: FileTarget): Promise<void> {
  const { file, displayPath, exportName, explicit } = target;
  const before = run.losses.length;
  const child = run.isolate ? startChild() : null;
  try {
    const request = await fileRequest(file, displayPath, exportName, explicit, run.options.cwd);
    if (child === null) await inThisProcess(run, request);
    else await inChild(run, request, child);
  } catch (error) {
    child?.kill('SIGKILL');
    if (!(error instanceof LoadError)) throw error;
    run.losses.push(loadFailure(error, { id: displayPath, file: displayPath, exportName }, run.options));
  }
  // A folder may hold files without a loss; only a file that somebody named has to have one.
  if (!explicit) dropFilesWithoutLoss(run, before);
}

function dropFilesWithoutLoss(run: Run, from: number): void {
  const kept = run.losses.slice(from).filter(({ findings }) => !findings.some(({ code }) => code === 'no-loss'));
  run.losses.splice(from, Infinity, ...kept);
}

/** A user's module in this process: what would have ended it becomes a finding. */
async function inThisProcess(run: Run, module: ModuleRequest): Promise<void> {
  const request = { kind: 'verify' as const, module, options: run.options, done: [] };
  let booked = false;
  const crash = await watchInProcess(request, (crashed) =>
    serve(request, (event) => {
      const reason = crashed();
      const isBooking = event.kind === 'finished' && reason !== null && !booked;
      booked ||= isBooking;
      note(run, isBooking ? { kind: 'finished', report: earlyEnd(reason, event.report.id, module.fileId, run.options) } : event);
    }),
  );
  if (crash !== null && !booked) run.losses.push(earlyEnd(crash, module.fileId, module.fileId, run.options));
}

/** A module whose process ends early is started again without the loss that ended it. */
async function inChild(run: Run, module: ModuleRequest, first: ReturnType<typeof startChild>): Promise<void> {
  const done: string[] = [];
  let child = first;
  for (;;) {
    const before = done.length;
    const seen = { current: null as string | null, found: null as readonly string[] | null };
    const ending = await ask(child, { kind: 'verify', module, options: run.options, done }, run.options.timeout, (event) => {
      if (event.kind === 'found') seen.found = event.ids;
      if (event.kind === 'started') seen.current = event.id;
      if (event.kind === 'finished') {
        done.push(event.report.id);
        seen.current = null;
      }
      note(run, event);
    });
    if (ending.kind === 'done') return;
    const id = seen.current ?? targetIds(module)[0] ?? module.fileId;
    const report = earlyEnd(ending, id, module.fileId, run.options);
    run.losses.push(report);
    done.push(id);
    // The module's own entry is not a loss: without another loss done it would only end the same way again.
    const isProgress = seen.current !== null || done.length > before + 1;
    if (!isProgress || !(seen.found ?? []).some((known) => !done.includes(known))) return;
    child = startChild();
  }
}

function earlyEnd(ending: Exclude<Ending, { kind: 'done' }>, id: string, file: string, options: RunOptions): LossReport {
  const common = { id, file, exportName: exportOf(id) };
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

function note(run: Run, event: Event): void {
  switch (event.kind) {
    case 'engines':
      run.engines = event.engines;
      break;
    case 'found':
      for (const id of event.ids) run.found.add(id);
      for (const name of event.parameters) run.parameters.add(name);
      for (const name of event.inputs) run.inputs.add(name);
      break;
    case 'finished':
      run.losses.push(event.report);
      break;
    case 'started':
      run.onProgress({ done: run.losses.length, total: Math.max(run.found.size, run.losses.length + 1), loss: event.id, check: event.check });
      break;
    case 'refused':
    case 'failed':
      throw toError(event);
    case 'crashed':
    case 'evaluated':
    case 'measured':
    case 'done':
      break;
  }
}

function nothingFound(targets: readonly string[], options: RunOptions): LossReport {
  const shown = targets.join(' ');
  return failureReport({
    id: shown,
    file: null,
    exportName: null,
    code: 'no-loss',
    message: `no file of ${shown} exports a loss`,
    fix: 'Export a function (yPred, yTrue) => scalar tensor, or name the file.',
  }, options);
}

/** When no module was loaded the report still says which engines there are. */
async function describeEngines({ backend, cwd }: RunOptions): Promise<EnginesReport> {
  const { reference, production } = await enginesFor(backend, cwd);
  return { reference: reportEngine(reference.info), production: reportEngine(production.info) };
}

function toReport(run: Run, engines: EnginesReport): Report {
  const { losses, options } = run;
  const count = (verdict: LossReport['verdict']): number => losses.filter((loss) => loss.verdict === verdict).length;
  return {
    schemaVersion: 1,
    tool: { name: 'losscheck', version: packageVersion() },
    seed: options.seed,
    engines,
    losses,
    summary: { losses: losses.length, passed: count('pass'), failed: count('fail'), inconclusive: count('inconclusive'), errors: count('error') },
    exitCode: exitCodeOf(losses),
  };
}

/** When several apply: usage, load, crash, failure. */
function exitCodeOf(losses: readonly LossReport[]): number {
  const codes = losses.map(exitCodeOfLoss);
  return [EXIT.usage, EXIT.load, EXIT.crashed, EXIT.failed].find((code) => codes.includes(code)) ?? EXIT.passed;
}

const CRASHES: readonly string[] = ['timeout', 'crashed', 'out-of-memory'];

function exitCodeOfLoss({ verdict, findings }: LossReport): number {
  if (verdict === 'pass') return EXIT.passed;
  if (verdict !== 'error') return EXIT.failed;
  if (findings.some(({ code }) => code === 'invalid-metadata')) return EXIT.usage;
  return findings.some(({ code }) => CRASHES.includes(code)) ? EXIT.crashed : EXIT.load;
}
