import { setImmediate } from 'node:timers/promises';
import type { Command } from 'commander';
import type { BackendChoice } from '../../contracts/backend.ts';
import { EXIT, UsageError } from '../../contracts/errors.ts';
import type { InputMetadata } from '../../contracts/metadata.ts';
import { quote } from '../../contracts/shown.ts';
import { DETAILED_REPORTERS } from '../../reporters/names.ts';
import { toExitCode } from '../exit-code.ts';
import type { CommandContext } from '../command-context.ts';
import { addInput } from '../flags/inputs.ts';
import { chooseReporters, configuredReporters } from '../flags/reporters.ts';
import { CHANGED_FLAG, parseJobs, parseShard } from '../flags/many.ts';
import { parseRtol, parseRunTimeout, parseSamples, parseSeed } from '../flags/scalars.ts';
import { interruptible } from '../interruptible.ts';
import { suggest } from '../suggestion.ts';
import { tellGitHub } from '../github-actions.ts';
import { requireWatchable } from '../watch/flags.ts';
import { deliver, layoutFor } from '../output.ts';
import { startProgress } from '../progress.ts';
import { addReportFlags, addVerifyingFlags, requireOneLoudness, type ReportFlags, type SharedFlags } from './shared-flags.ts';

interface VerifyFlags extends SharedFlags<BackendChoice>, ReportFlags {
  readonly all?: boolean;
  readonly check?: readonly string[];
  readonly skip?: readonly string[];
  readonly against?: string;
  readonly input?: Readonly<Record<string, InputMetadata>>;
  readonly seed?: number;
  readonly samples?: number;
  readonly rtol?: number;
  readonly strict?: boolean;
  readonly lanes?: boolean;
  readonly jobs?: number;
  readonly shard?: { readonly index: number; readonly count: number };
  readonly changed?: string;
  readonly cache?: boolean;
  readonly runTimeout?: number;
  readonly baseline?: string | false;
  readonly printConfig?: boolean;
  readonly watch?: boolean;
}

const EXAMPLES = `
Examples:
  losscheck verify ./myloss.ts                     every loss of a file
  losscheck verify ./myloss.ts#focal               one export
  losscheck verify ./myloss.ts --against focal     the same as the built-in?
  losscheck verify huber --param delta=0.5         a built-in loss
  losscheck verify 'src/losses/**/*.ts' --strict   a CI gate
  losscheck verify                                 the targets of losscheck.config.ts

Exit codes: 0 passed, 1 a loss failed, 2 wrong usage, 3 a target could not be
loaded, 4 a loss timed out or crashed, 70 a bug in losscheck, 130 interrupted.`;

export function registerVerify(program: Command, context: CommandContext): void {
  const command = program
    .command('verify')
    .summary('check losses: can I train on this?')
    .description('Check losses: gradients against finite differences in float64, edges, scalar output.')
    .argument('[targets...]', 'files, file#export, globs, folders or ids of built-in losses')
    .option('--all', 'check every built-in loss')
    .option('--check <id>', 'run only this check (repeatable)', addIds)
    .option('--skip <id>', 'leave this check out (repeatable)', addIds)
    .option(
      '--input <name=domain[shape]>',
      'declare an input, e.g. yPred=probability[8,4] or x=0:1[8] (repeatable)',
      addInput,
    )
    .option('--against <id>', 'compare value and gradient with a built-in loss, e.g. focal', String)
    .option('--seed <n>', 'seed of all random points (default: 0)', parseSeed)
    .option('--samples <n>', 'random points that a loss is checked at (default: 3)', parseSamples)
    .option('--rtol <x>', 'relative tolerance of gradient-match (default: 1e-5)', parseRtol)
    .option('--strict', 'warnings and inconclusive checks fail the run')
    .option('--no-lanes', 'call the loss for every coordinate by itself: slow, and the same verdict')
    .option('--run-timeout <seconds>', 'time that the whole run may take (default: 3600)', parseRunTimeout)
    .option('--jobs <n>', 'files checked side by side (default: 1 for one, else the number of cores)', parseJobs)
    .option('--shard <i/n>', 'check only the i-th of n parts; `losscheck merge` puts their reports together', parseShard)
    .option(`${CHANGED_FLAG} [=ref]`, 'only targets that differ from a git ref, in themselves or in what they import')
    .option('--baseline <file>', 'known findings, which do not count (`losscheck baseline update` writes it)')
    .option('--no-baseline', 'every finding counts')
    .option('--print-config', 'print what the run would go by, and whence, and end')
    .option('--watch', 'check again whatever changes, until you quit')
    .option('--no-cache', 'check anew what was checked before and has not changed');
  addReportFlags(addVerifyingFlags(command))
    .addHelpText('after', EXAMPLES)
    .action((targets: string[], flags: VerifyFlags) => runVerify(targets, flags, context));
}

async function runVerify(targets: readonly string[], flags: VerifyFlags, context: CommandContext): Promise<void> {
  const { reporter, printConfig = false, watch: isWatching = false, color: _color, quiet: _quiet, verbose: _verbose, ...given } = flags;
  const { terminal, services } = context;
  requireOneLoudness(flags);
  const flagged = reporter === undefined ? null : chooseReporters(reporter, terminal.cwd);
  const checks = await services.checks();
  const inProcess = flags.isolate === false;

  /** What the flags and the config come to, before anything is checked. */
  const prepare = async () => {
    const config = await (await services.run()).loadConfig({ ...given, cwd: terminal.cwd });
    const known = [...checks, ...(config?.facts.checks ?? [])];
    requireKnownChecks('--check', flags.check, known);
    requireKnownChecks('--skip', flags.skip, known);
    const reporters = flagged ?? configuredReporters(config, terminal.cwd);
    const isDetailed = flags.verbose === true || reporters.some(({ name }) => DETAILED_REPORTERS.includes(name));
    return { config, reporters, options: { targets, cwd: terminal.cwd, ...given, ...(isDetailed ? { details: true } : {}) } };
  };
  if (isWatching) {
    requireWatchable(given);
    const { runWatch } = await import('../watch/watch.ts');
    const { reporters } = await prepare();
    const exitCode = await runWatch({ prepare, reporters, layout: () => layoutFor(terminal, flags) }, context);
    context.finish({ stdout: '', exitCode });
    return;
  }
  const progress = startProgress(terminal);
  const running = interruptible(terminal, { inProcess, onInterrupt: progress.end }, async () => {
    try {
      const { config, reporters, options } = await prepare();
      const { effectiveConfig, verify } = await services.run();
      if (printConfig) return { effective: await effectiveConfig(options, config) };
      return { reporters, report: await verify(options, progress.update, config) };
    } finally {
      progress.end();
    }
  });
  // While another process checks, this one has nothing else to do.
  const [done, { REPORTERS }] = await Promise.all([running, setImmediate().then(() => import('../../reporters/index.ts'))]);
  if ('effective' in done) {
    context.finish({ stdout: `${JSON.stringify(done.effective, null, 2)}\n`, exitCode: EXIT.passed });
    return;
  }
  const { report, reporters } = done;
  const layout = layoutFor(terminal, flags);
  const stdout = await deliver(report, REPORTERS, reporters, layout, terminal.cwd);
  const stderr = await tellGitHub(report, reporters, terminal, layout);
  context.finish({ stdout, stderr, exitCode: toExitCode(report.exitCode) });
}

/** Repeatable ids; a comma may stand between several. */
function addIds(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, ...text.split(',').map((id) => id.trim())];
}

function requireKnownChecks(flag: string, ids: readonly string[] = [], checks: readonly { readonly id: string }[]): void {
  const known = checks.map((check) => check.id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown === undefined) return;
  const mend = suggest(unknown, known) ?? '`losscheck explain` lists what they do';
  throw new UsageError(`${flag}: unknown check ${quote(unknown)}, expected one of ${known.join(', ')}; ${mend}`);
}
