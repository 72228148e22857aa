import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { toExitCode } from '../exit-code.ts';
import { chooseReporters } from '../flags/reporters.ts';
import { tellGitHub } from '../github-actions.ts';
import { deliver, layoutFor } from '../output.ts';
import { addColorFlags, addReportFlags, requireOneLoudness, type ReportFlags } from './shared-flags.ts';

interface MergeFlags extends ReportFlags {
  readonly color?: boolean;
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
    .argument('<reports...>', 'JSON reports: files, folders or globs');
  addColorFlags(addReportFlags(command))
    .addHelpText('after', EXAMPLES)
    .action((reports: string[], flags: MergeFlags) => runMerge(reports, flags, context));
}

async function runMerge(reports: readonly string[], flags: MergeFlags, context: CommandContext): Promise<void> {
  const { terminal, services } = context;
  requireOneLoudness(flags);
  const reporters = chooseReporters(flags.reporter, terminal.cwd);
  const { merge } = await services.run();
  const report = await merge({ reports, cwd: terminal.cwd });

  const { REPORTERS } = await import('../../reporters/index.ts');
  const layout = layoutFor(terminal, flags);
  const stdout = await deliver(report, REPORTERS, reporters, layout, terminal.cwd);
  const stderr = await tellGitHub(report, reporters, terminal, layout);
  context.finish({ stdout, stderr, exitCode: toExitCode(report.exitCode) });
}
