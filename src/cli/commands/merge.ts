import type { Command } from 'commander';
import { UsageError } from '../../contracts/errors.ts';
import { wantsColor } from '../color.ts';
import type { CommandContext } from '../command-context.ts';
import { toExitCode } from '../exit-code.ts';
import { addReporter, chooseReporters, type ReporterTarget } from '../flags/reporters.ts';
import { deliver } from '../output.ts';
import { addColorFlags } from './shared-flags.ts';

interface MergeFlags {
  readonly reporter?: readonly ReporterTarget[];
  readonly color?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

const EXAMPLES = `
Examples:
  losscheck merge reports/                          every .json file of a folder
  losscheck merge 'shard-*.json' --reporter json:all.json --reporter table

The reports must come from one version of losscheck, with one seed and one backend;
of a run with --shard all shards must be there. Exit codes as for verify.`;

export function registerMerge(program: Command, context: CommandContext): void {
  const command = program
    .command('merge')
    .summary('one report from the JSON reports of several runs')
    .description('Puts JSON reports together: the shards of one run, or several runs.')
    .argument('<reports...>', 'JSON reports: files, folders or globs')
    .option('--reporter <name[:path]>', 'table or json, to stdout or to a file (repeatable; default: table)', addReporter)
    .option('--quiet', 'print only failures and the last lines')
    .option('--verbose', 'print notes and what each check measured too');
  addColorFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((reports: string[], flags: MergeFlags) => runMerge(reports, flags, context));
}

async function runMerge(reports: readonly string[], flags: MergeFlags, context: CommandContext): Promise<void> {
  const { reporter, color, quiet = false, verbose = false } = flags;
  const { terminal, services } = context;
  if (quiet && verbose) throw new UsageError('--quiet and --verbose exclude each other; leave one out');
  const reporters = chooseReporters(reporter, terminal.cwd);
  const { merge } = await services.run();
  const report = await merge({ reports, cwd: terminal.cwd });

  const { REPORTERS } = await import('../../reporters/index.ts');
  const useColor = wantsColor({ flag: color, env: terminal.env, isTty: terminal.stdoutIsTty });
  const stdout = deliver(report, REPORTERS, reporters, { color: useColor, quiet, verbose, cwd: terminal.cwd });
  context.finish({ stdout, exitCode: toExitCode(report.exitCode) });
}
