import path from 'node:path';
import { EXIT, type ExitCode } from '../../contracts/errors.ts';
import type { Report, ReporterOptions } from '../../contracts/report.ts';
import { CONFIG_NAMES } from '../../load/config/find.ts';
import type { ReporterName } from '../../reporters/names.ts';
import { clean, count } from '../../reporters/text.ts';
import type { WatchPlan, WatchResult, WatchSession } from '../../run/watch/session.ts';
import type { CommandContext } from '../command-context.ts';
import { toExitCode } from '../exit-code.ts';
import type { ReporterTarget } from '../flags/reporters.ts';
import { interruptible } from '../interruptible.ts';
import { deliver } from '../output.ts';
import { startProgress } from '../progress.ts';
import { readKeys } from './keys.ts';

export interface WatchCommand {
  /** The options and the config as they are now: asked again when the config changes. */
  readonly prepare: () => Promise<Omit<WatchPlan, 'settings'>>;
  readonly reporters: readonly ReporterTarget<ReporterName>[];
  readonly layout: () => ReporterOptions;
}

const CLEAR_SCREEN = '\u001b[2J\u001b[H';
const KEYS = 'a run all, f run failed, Enter rerun, q quit';
/** More names would push the table out of sight. */
const MOST_NAMES = 3;

/**
 * Checks, and checks again what has changed, until somebody quits.
 *
 * Standard output gets the report on what was checked, files the report on everything.
 *
 * @returns the exit code of the last state
 */
export async function runWatch({ prepare, reporters, layout }: WatchCommand, { terminal, services }: CommandContext): Promise<ExitCode> {
  const { watch } = await services.watch();
  const { REPORTERS } = await import('../../reporters/index.ts');
  const { cwd } = terminal;
  const read = async (): Promise<WatchPlan> => {
    const plan = await prepare();
    return { ...plan, settings: settingsFiles(plan, cwd) };
  };
  const isScreen = terminal.stdoutIsTty && terminal.stderrIsTty;
  const [toFiles, toStdout] = [reporters.filter(({ path }) => path !== null), reporters.filter(({ path }) => path === null)];
  let progress = startProgress(terminal);
  let exitCode: ExitCode = EXIT.passed;
  let session: WatchSession | null = null;
  let release: (() => void) | null = null;

  const onResult = async ({ whole, checked, files }: WatchResult): Promise<void> => {
    progress.end();
    exitCode = toExitCode(whole.exitCode);
    await deliver(whole, REPORTERS, toFiles, layout(), cwd);
    const table = checked.losses.length === 0 ? '' : await deliver(checked, REPORTERS, toStdout, layout(), cwd);
    await terminal.writeOut(table);
    await terminal.writeError(`${table === '' ? '' : '\n'}${describeState(whole, files, release !== null)}\n`);
  };
  const press = (key: string): void => {
    if (key === 'q') session?.close();
    if (key === 'a') session?.rerun('all');
    if (key === 'f') session?.rerun('failed');
    if (key === '\r' || key === '\n') session?.rerun('same');
  };
  const work = async (): Promise<void> => {
    try {
      release = readKeys(press);
      session = await watch(read, {
        onProgress: (state) => progress.update(state),
        onBegin(changed) {
          progress.end();
          progress = startProgress(terminal);
          void terminal.writeError(`${isScreen ? CLEAR_SCREEN : ''}${describeReason(changed)}\n`);
        },
        onResult,
        async onRefused(error) {
          progress.end();
          exitCode = EXIT.usage;
          await terminal.writeError(`error: ${clean(error.message)}\n${error.hint === null ? '' : `  ${clean(error.hint)}\n`}`);
        },
      });
      await session.ended;
    } finally {
      release?.();
      progress.end();
    }
  };
  await interruptible(terminal, { inProcess: false, onInterrupt: () => progress.end() }, work);
  return exitCode;
}

/** The baseline and the files of the config; where there is none, those that it could become. */
function settingsFiles({ config, options }: Omit<WatchPlan, 'settings'>, cwd: string): readonly string[] {
  const { baseline = config?.facts.baseline } = options;
  const known = typeof baseline === 'string' ? [path.resolve(options.baseline === undefined ? (config?.transfer.directory ?? cwd) : cwd, baseline)] : [];
  if (config !== null) return [...config.sources, ...known];
  return options.config === false ? known : [...CONFIG_NAMES.map((name) => path.resolve(cwd, name)), ...known];
}

function describeReason(changed: readonly string[]): string {
  if (changed.length === 0) return 'checking again';
  const more = changed.length > MOST_NAMES ? ` and ${changed.length - MOST_NAMES} more` : '';
  return `changed: ${changed.slice(0, MOST_NAMES).map(clean).join(', ')}${more}`;
}

/** `3 of 4 losses pass; watching 6 files: a run all, …`. */
function describeState({ summary }: Report, files: number, hasKeys: boolean): string {
  const passing = `${summary.passed} of ${count(summary.losses, 'loss', 'losses')} ${summary.passed === 1 && summary.losses === 1 ? 'passes' : 'pass'}`;
  return `${passing}; watching ${count(files, 'file')}: ${hasKeys ? KEYS : 'Ctrl-C ends it'}`;
}
