import type { Command } from 'commander';
import { interruptible } from '../interruptible.ts';
import { toExitCode } from '../exit-code.ts';
import type { CommandContext } from '../command-context.ts';
import { writeFile } from '../output.ts';
import { startProgress } from '../progress.ts';
import { clean, count } from '../../reporters/text.ts';
import type { BackendChoice } from '../../contracts/backend.ts';
import { EXIT } from '../../contracts/errors.ts';
import { quote } from '../../contracts/shown.ts';
import { addVerifyingFlags, type SharedFlags } from './shared-flags.ts';
import type { BaselineChange } from '../../run/index.ts';

interface BaselineFlags extends SharedFlags<BackendChoice> {
  readonly all?: boolean;
  readonly baseline?: string;
}

const EXAMPLES = `
Examples:
  losscheck baseline update               accept what the targets of the config have now
  losscheck baseline update src/losses    the same for these targets; other entries stay
  losscheck baseline prune                drop entries of findings that are gone

Each finding has a fingerprint of its loss, check, code and source line: one that is
mended and a new one do not make up for each other. Then: losscheck verify --baseline <file>.`;

/** A file of known findings: a gate for a project that has some already. */
export function registerBaseline(program: Command, context: CommandContext): void {
  const command = program.command('baseline').summary('accept the findings of today, so that the gate stops new ones').description('Writes the file of known findings that `verify --baseline` reads.');
  const subcommand = (name: 'update' | 'prune', description: string): void => {
    const made = command
      .command(name)
      .description(description)
      .argument('[targets...]', 'as for verify; without any, the targets of the config')
      .option('--all', 'every built-in loss')
      .option('--baseline <file>', 'the file (default: that of the config, else losscheck-baseline.json)');
    addVerifyingFlags(made)
      .addHelpText('after', EXAMPLES)
      .action((targets: string[], flags: BaselineFlags) => runBaseline(name, targets, flags, context));
  };
  subcommand('update', 'Write every finding that counts now into the baseline.');
  subcommand('prune', 'Take entries out of the baseline whose findings are gone.');
}

async function runBaseline(name: 'update' | 'prune', targets: readonly string[], flags: BaselineFlags, { terminal, services, finish }: CommandContext): Promise<void> {
  const progress = startProgress(terminal);
  const change = await interruptible(terminal, { inProcess: flags.isolate === false, onInterrupt: progress.end }, async () => {
    try {
      const { updateBaseline, pruneBaseline } = await services.run();
      const work = name === 'update' ? updateBaseline : pruneBaseline;
      return await work({ targets, cwd: terminal.cwd, ...flags }, progress.update);
    } finally {
      progress.end();
    }
  });
  if (change.text !== null) writeFile(change.file, change.text, `baseline: cannot write ${quote(change.shown)}`);
  const unchecked = change.report.losses.filter(({ verdict }) => verdict === 'error');
  // A loss that could not be checked has no findings that a baseline could hold.
  const exitCode = unchecked.length === 0 ? EXIT.passed : toExitCode(change.report.exitCode);
  finish({ stdout: describe(change, unchecked.map(({ id }) => id)), exitCode });
}

function describe({ shown, added, removed, kept, text }: BaselineChange, unchecked: readonly string[]): string {
  const lines = [
    ...added.map(({ loss, check, code }) => `+ ${loss}  ${check}: ${code}`),
    ...removed.map(({ loss, check, code }) => `- ${loss}  ${check}: ${code}`),
    `${shown}: ${text === null ? 'nothing to change' : 'written'}, ${count(added.length, 'finding')} added, ${removed.length} removed, ${kept} kept`,
    ...unchecked.map((id) => `${id} could not be checked: losscheck verify says why`),
  ];
  return `${lines.map(clean).join('\n')}\n`;
}
