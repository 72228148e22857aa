import { Argument, type Command } from 'commander';
import { EXIT } from '../../contracts/errors.ts';
import type { CommandContext } from '../command-context.ts';
import type { ProgramWords } from '../completion/words.ts';
import { parseChoice } from '../flags/scalars.ts';

type Script = (words: ProgramWords) => string;

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const SCRIPTS: Readonly<Record<Shell, () => Promise<Script>>> = {
  bash: async () => (await import('../completion/bash.ts')).bashScript,
  zsh: async () => (await import('../completion/zsh.ts')).zshScript,
  fish: async () => (await import('../completion/fish.ts')).fishScript,
};

const NOTES = `
To have it in every shell:
  bash   eval "$(losscheck completion bash)"       in ~/.bashrc
  zsh    eval "$(losscheck completion zsh)"        in ~/.zshrc, after compinit
  fish   losscheck completion fish > ~/.config/fish/completions/losscheck.fish

Shells complete \`losscheck\`, not \`npx losscheck\`: install it globally, or put
node_modules/.bin on the PATH.`;

export function registerCompletion(program: Command, context: CommandContext): void {
  program
    .command('completion')
    .summary('a completion script for bash, zsh or fish')
    .description('Prints a script that completes commands, flags, checks, finding codes, built-in losses and files.')
    .addArgument(new Argument('<shell>', SHELLS.join(', ')).argParser(parseChoice('completion', SHELLS)))
    .addHelpText('after', NOTES)
    .action((shell: Shell) => runCompletion(shell, program, context));
}

async function runCompletion(shell: Shell, program: Command, { services, finish }: CommandContext): Promise<void> {
  const [script, { wordsOf }, checks, catalogue, run] = await Promise.all([
    SCRIPTS[shell](),
    import('../completion/words.ts'),
    services.checks(),
    services.catalogue(),
    services.run(),
  ]);
  const losses = await run.describeBuiltIns();
  const names = { checks: checks.map(({ id }) => id), codes: [...catalogue.keys()], losses: losses.map(({ id }) => id) };
  finish({ stdout: script(wordsOf(program, names)), exitCode: EXIT.passed });
}
