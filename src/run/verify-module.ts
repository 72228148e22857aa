import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { LoadError } from '../contracts/errors.ts';
import type { CheckReport, LossReport } from '../contracts/report.ts';
import type { SourceLocation } from '../contracts/source.ts';
import { reportEngines } from './engines.ts';
import { loadFailure } from './failure-report.ts';
import { lastingName } from './fingerprint.ts';
import { besideState, runCheck, verdictOf, type JudgeContext } from './judge.ts';
import type { Emit, VerifyRequest } from './messages.ts';
import { knownNames, openModule, type LossPair, type OpenModule } from './module.ts';
import { chosenChecks, requireCheck, type RunOptions } from './options.ts';
import { prepare } from './prepare.ts';
import { optimiseFor } from './tiering.ts';
import { evalCommand, verifyCommand } from './replay.ts';

/** Checks every loss of one module, in whichever process this runs. */
export async function verifyModule(request: VerifyRequest, emit: Emit, isOver: () => boolean): Promise<void> {
  const { module: target, options } = request;
  const file = target.builtIn ? null : target.fileId;
  let module: OpenModule;
  try {
    module = await openModule(target, options);
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    for (const id of targetIds(target)) emit({ kind: 'finished', report: loadFailure(error, { id, file, exportName: exportOf(id) }, options) });
    return;
  }
  emit({ kind: 'engines', engines: reportEngines(module.engines) });
  emit({ kind: 'found', ids: module.losses.map(({ id }) => id), ...knownNames(module) });
  for (const { exportName, error } of module.errors) {
    const id = target.builtIn && exportName !== null ? exportName : targetId(target.fileId, exportName);
    if (!request.done.includes(id)) emit({ kind: 'finished', report: loadFailure(error, { id, file, exportName }, options) });
  }
  for (const pair of module.losses) {
    if (request.done.includes(pair.id)) continue;
    if (isOver()) return;
    emit({ kind: 'started', id: pair.id, check: null });
    const report = verifyLoss(module, pair, request, emit);
    // A promise that this loss left rejected surfaces now, while it is the one that runs.
    await setImmediate();
    emit({ kind: 'finished', report });
  }
}

/** Ids of what was asked for, when nothing is known about the module yet. */
export function targetIds({ fileId, exportNames, builtIn }: VerifyRequest['module']): readonly string[] {
  return exportNames === null ? [fileId] : exportNames.map((name) => (builtIn ? name : targetId(fileId, name)));
}

/** The part of an id after '#'. */
export function exportOf(id: string): string | null {
  return id.includes('#') ? id.slice(id.indexOf('#') + 1) : null;
}

function targetId(fileId: string, exportName: string | null): string {
  return exportName === null ? fileId : `${fileId}#${exportName}`;
}

function verifyLoss(module: OpenModule, pair: LossPair, { module: target, options }: VerifyRequest, emit: Emit): LossReport {
  const started = performance.now();
  const { exportName, name } = pair.reference;
  const file = target.builtIn ? null : target.fileId;
  try {
    const prepared = prepare(module, pair, options);
    const settings = module.settingsOf(pair);
    const chosen = chosenChecks(options, settings);
    requireCheck(chosen);
    const weights = new Map(chosen.map(({ id, severity }) => [id, settings.severity[id] ?? severity]));
    const judging: JudgeContext = {
      loss: file === null ? pair.id : lastingName(target.bundle.entry, exportName, options),
      checks: prepared.context,
      weights,
      severity: settings.severity,
      baseline: options.baseline === null ? null : { file: options.baseline.file, fingerprints: new Set(options.baseline.fingerprints) },
      frame: (location) => module.locator.frame(location),
      replay: (id) => verifyCommand(pair.id, options, id),
      evaluate: (point, precision, backend) => evalCommand(point, { target: pair.id, options: ownParameters(options, pair), precision, backend }),
    };
    const checked = chosen.map((check) => {
      emit({ kind: 'started', id: pair.id, check: check.id });
      optimiseFor(prepared.numbers);
      return runCheck(check, judging);
    });
    const reports = besideState(checked, judging);
    return {
      id: pair.id,
      name,
      file,
      export: file === null ? null : exportName,
      inputs: prepared.inputs,
      notes: [...prepared.notes],
      verdict: verdictOf(reports, weights, options.strict),
      durationMs: Math.round((performance.now() - started) * 1000) / 1000,
      checks: [...reports],
      findings: [],
      ...(options.details ? sourceOf(module, pair, reports) : {}),
    };
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    return loadFailure(withPlace(error, module, pair), { id: pair.id, file, exportName }, options);
  }
}

/** Lines of the file before and after the loss and what is blamed. */
const LINES_AROUND = 3;

/** The loss in its file, with every line of the file that a finding blames. */
function sourceOf({ locator }: OpenModule, { reference }: LossPair, checks: readonly CheckReport[]): Pick<LossReport, 'source'> {
  const declared = locator.locateText(reference.functionText);
  if (declared === null) return {};
  const blamed = checks.flatMap(({ findings }) => findings.flatMap(({ location }) => (location?.file === declared.file ? [location.line] : [])));
  const first = Math.min(declared.line, ...blamed) - LINES_AROUND;
  const last = Math.max(declared.line + reference.functionText.split('\n').length, ...blamed) + LINES_AROUND;
  const frame = locator.frame(declared, Math.max(declared.line - first, last - declared.line));
  if (frame === null) return {};
  const skipped = Math.max(0, first - frame.startLine);
  return { source: { startLine: frame.startLine + skipped, lines: frame.lines.slice(skipped, last - frame.startLine + 1) } };
}

/** With a comparison, some parameters are those of the other loss. */
function ownParameters(options: RunOptions, { reference }: LossPair): RunOptions {
  if (options.against === null) return options;
  return { ...options, param: Object.fromEntries(Object.entries(options.param).filter(([name]) => reference.parameterNames.includes(name))) };
}

/** An error about a whole loss points at the loss when it points at nothing else. */
function withPlace(error: LoadError, module: OpenModule, pair: LossPair): LoadError {
  if (error.location !== null) return error;
  const location: SourceLocation | null = module.locator.locateText(pair.reference.functionText);
  if (location === null) return error;
  return new LoadError(error.code, error.message, { fix: error.fix, location, frame: module.locator.frame(location) });
}
