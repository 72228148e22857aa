import type { Command } from 'commander';
import { EXIT } from '../../contracts/errors.ts';
import { wantsColor } from '../color.ts';
import type { CommandContext } from '../command-context.ts';
import { addColorFlags } from './shared-flags.ts';

interface ListFlags {
  readonly json?: boolean;
  readonly color?: boolean;
}

export function registerList(program: Command, context: CommandContext): void {
  const command = program
    .command('list')
    .summary('the built-in losses')
    .description('Show the built-in losses: formula, inputs, parameters, source.')
    .option('--json', 'as JSON, for scripts');
  addColorFlags(command).action((flags: ListFlags) => runList(flags, context));
}

async function runList(flags: ListFlags, context: CommandContext): Promise<void> {
  const { terminal, services } = context;
  const { describeBuiltIns } = await services.run();
  const losses = await describeBuiltIns();
  if (flags.json === true) {
    const { toJson } = await import('../../reporters/json.ts');
    context.finish({ stdout: toJson(losses), exitCode: EXIT.passed });
    return;
  }
  const { renderLossList } = await import('../loss-list.ts');
  const color = wantsColor({ flag: flags.color, env: terminal.env, isTty: terminal.stdoutIsTty });
  context.finish({ stdout: renderLossList(losses, color), exitCode: EXIT.passed });
}
