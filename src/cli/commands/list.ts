import type { Command } from 'commander';
import { EXIT, UsageError } from '../../contracts/errors.ts';
import { quote } from '../../contracts/shown.ts';
import type { CommandContext } from '../command-context.ts';
import { layoutFor } from '../output.ts';
import { suggest } from '../suggestion.ts';
import type { BuiltInDescription } from '../../run/index.ts';
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
    .argument('[words]', 'only those with this in their id, name, description or family: focal, boxes')
    .option('--json', 'as JSON, for scripts');
  addColorFlags(command).action((words: string | undefined, flags: ListFlags) =>
    runList(words, flags, context),
  );
}

async function runList(words: string | undefined, flags: ListFlags, context: CommandContext): Promise<void> {
  const { terminal, services } = context;
  const { describeBuiltIns } = await services.run();
  const losses = select(await describeBuiltIns(), words);
  if (flags.json === true) {
    const { toJson } = await import('../../reporters/json.ts');
    context.finish({ stdout: toJson(losses), exitCode: EXIT.passed });
    return;
  }
  const [{ renderLossList }, { createLayout }] = await Promise.all([import('../loss-list.ts'), import('../../reporters/style.ts')]);
  context.finish({ stdout: renderLossList(losses, createLayout(layoutFor(terminal, flags))), exitCode: EXIT.passed });
}

function select(losses: readonly BuiltInDescription[], words: string | undefined): readonly BuiltInDescription[] {
  if (words === undefined) return losses;
  const wanted = words.toLowerCase();
  const found = losses.filter(({ id, name, description, family }) =>
    [id, name, description, family].some((text) => text.toLowerCase().includes(wanted)),
  );
  if (found.length > 0) return found;
  const mend = suggest(words, losses.map(({ id }) => id)) ?? '`losscheck list` shows them all';
  throw new UsageError(`list: found no built-in loss for ${quote(words)}; ${mend}`);
}
