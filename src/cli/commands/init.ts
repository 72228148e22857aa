import { resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT, UsageError } from '../../contracts/errors.ts';
import { createStyle } from '../../reporters/style.ts';
import { wantsColor } from '../color.ts';
import type { CommandContext } from '../command-context.ts';
import { flagError } from '../flags/flag-error.ts';
import { parseChoice } from '../flags/scalars.ts';
import { CI_CHOICES, type Choices, type CiChoice } from '../init/choices.ts';
import { addColorFlags } from './shared-flags.ts';

interface InitFlags {
  readonly yes?: boolean;
  readonly losses?: string;
  readonly ci?: CiChoice;
  readonly starter?: boolean;
  readonly preCommit?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly color?: boolean;
}

const EXAMPLES = `
Examples:
  losscheck init                                   asks, shows the plan, writes
  losscheck init --yes --ci gitlab                 asks nothing
  losscheck init packages/model --dry-run --yes    shows what it would write

A file that exists stays as it is; package.json only gets a script "losscheck".`;

export function registerInit(program: Command, context: CommandContext): void {
  const command = program
    .command('init')
    .summary('a starter loss, a config and a CI job for a project')
    .description('Sets a project up: a config, a loss to start from, a CI job, a script in package.json.')
    .argument('[folder]', 'folder of the project, with its package.json (default: this one)')
    .option('--yes', 'ask nothing, and take the defaults for what no flag says')
    .option('--losses <folder>', 'folder of the losses (default: one that is there, else src/losses)')
    .option('--ci <name>', 'github, gitlab, shell or none (default: by the repository)', parseChoice('--ci', CI_CHOICES))
    .option('--starter', 'write a loss to start from (default: where there is none yet)')
    .option('--no-starter', 'write none')
    .option('--pre-commit', 'verify before each commit what it changes (default: no)')
    .option('--no-pre-commit', 'add no such hook')
    .option('--force', 'overwrite what init has written before')
    .option('--dry-run', 'show the plan and write nothing');
  addColorFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((folder: string | undefined, flags: InitFlags) => runInit(folder ?? '.', flags, context));
}

async function runInit(given: string, flags: InitFlags, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const [{ readProject }, { planFor, defaultChoices }, { renderOutcome, renderPlan }] = await Promise.all([
    import('../init/project.ts'),
    import('../init/plan.ts'),
    import('../init/summary.ts'),
  ]);
  const project = readProject(resolve(terminal.cwd, given), given);
  const chosen = await chosenBy(flags, project.folder);
  const isTty = terminal.stdinIsTty && terminal.stderrIsTty;
  if (!isTty && flags.yes !== true) {
    throw new UsageError(
      'init: there is no terminal to ask on; add --yes, which takes the defaults for what no flag says',
      `for example: losscheck init --yes --ci github (or gitlab, shell, none), --losses src/losses, --no-starter, --pre-commit; --dry-run shows the plan`,
    );
  }

  const force = flags.force ?? false;
  const styleFor = (onTty: boolean) => createStyle(wantsColor({ flag: flags.color, env: terminal.env, isTty: onTty }));
  const choices = flags.yes === true ? defaultChoices(project, chosen) : await ask();
  if (choices === null) {
    await terminal.writeError('init: ended, nothing was written\n');
    context.finish({ stdout: '', exitCode: EXIT.interrupted });
    return;
  }
  const steps = planFor(project, choices, force);
  const isDryRun = flags.dryRun ?? false;
  if (!isDryRun) {
    const { writeAll } = await import('../init/write.ts');
    writeAll(steps.filter(({ action }) => action !== 'keep'));
  }
  const told = { project, choices, cwd: terminal.cwd, isDryRun };
  context.finish({ stdout: renderOutcome(steps, told, styleFor(terminal.stdoutIsTty)), exitCode: EXIT.passed });

  async function ask(): Promise<Choices | null> {
    const { askForChoices } = await import('../init/ask.ts');
    return askForChoices(project, chosen, {
      suggest: (partial) => defaultChoices(project, partial),
      plan: (each) => renderPlan(planFor(project, each, force), terminal.cwd, styleFor(true)),
      streams: { input: process.stdin, output: process.stderr },
    });
  }
}

async function chosenBy({ losses, ci, starter, preCommit }: InitFlags, folder: string): Promise<Partial<Choices>> {
  const { lossFolderProblem, tidyLossFolder } = await import('../init/loss-folder.ts');
  if (losses !== undefined && lossFolderProblem(losses, folder) !== null) {
    throw flagError({ flag: '--losses', found: losses, expected: 'a folder inside of the project', example: 'src/losses' });
  }
  return {
    ...(losses === undefined ? {} : { losses: tidyLossFolder(losses) }),
    ...(ci === undefined ? {} : { ci }),
    ...(starter === undefined ? {} : { starter }),
    ...(preCommit === undefined ? {} : { preCommit }),
  };
}
