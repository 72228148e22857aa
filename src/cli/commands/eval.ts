import { resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT, UsageError } from '../../contracts/errors.ts';
import { quote } from '../../contracts/shown.ts';
import { FileProblem, readText } from '../../load/text-file.ts';
import type { CommandContext } from '../command-context.ts';
import { flagError } from '../flags/flag-error.ts';
import { addPoint, parsePointFile, type NestedNumbers } from '../flags/points.ts';
import { chooseReporters } from '../flags/reporters.ts';
import { parseChoice, withChoices } from '../flags/scalars.ts';
import { interruptible } from '../interruptible.ts';
import { deliver, layoutFor } from '../output.ts';
import { addPlainReporterFlag, addSharedFlags, type PlainReporterFlags, type SharedFlags } from './shared-flags.ts';

interface EvaluateFlags extends SharedFlags, PlainReporterFlags {
  readonly input?: Readonly<Record<string, NestedNumbers>>;
  readonly inputs?: string;
  readonly precision?: 32 | 64;
}

const EXAMPLES = `
Examples:
  losscheck eval mse --input yPred='[1,2,3]' --input yTrue='[1.5,2.5,3.5]'
  losscheck eval ./myloss.ts#focal --inputs point.json --precision 32`;

export function registerEval(program: Command, context: CommandContext): void {
  const command = program
    .command('eval')
    .summary('value and gradients of a loss at a point')
    .description('Value, components and gradients of one loss at a point that you give.')
    .argument('<loss>', 'a file, file#export or the id of a built-in loss')
    .option('--input <name=JSON>', "values of one input, e.g. yPred='[1,2,3]' (repeatable)", addPoint)
    .option('--inputs <file.json>', 'values of all inputs: {"yPred": [1, 2], "yTrue": [1, 3]}')
    .option('--precision <bits>', '64 (default), or 32 as in production', parsePrecision);
  addPlainReporterFlag(addSharedFlags(command))
    .addHelpText('after', EXAMPLES)
    .action((target: string, flags: EvaluateFlags) => runEvaluate(target, flags, context));
}

async function runEvaluate(target: string, flags: EvaluateFlags, context: CommandContext): Promise<void> {
  const { reporter, input, inputs: path, ...options } = flags;
  const { terminal, services } = context;
  const reporters = chooseReporters(reporter, terminal.cwd);
  const inputs = { ...(path === undefined ? {} : readPointFile(path, terminal.cwd)), ...input };

  const report = await interruptible(terminal, { inProcess: options.isolate === false }, async () => {
    const { evaluate } = await services.run();
    return evaluate({ target, inputs, cwd: terminal.cwd, ...options });
  });

  const { EVALUATION_REPORTERS } = await import('../../reporters/index.ts');
  const stdout = await deliver(report, EVALUATION_REPORTERS, reporters, layoutFor(terminal, flags), terminal.cwd);
  context.finish({ stdout, exitCode: EXIT.passed });
}

const parseBits = parseChoice('--precision', ['64', '32']);
const parsePrecision = withChoices(parseBits.choices, (text: string): 32 | 64 => (parseBits(text) === '64' ? 64 : 32));

function readPointFile(path: string, cwd: string): Readonly<Record<string, NestedNumbers>> {
  if (path === '') throw flagError({ flag: '--inputs', found: path, expected: 'a JSON file', example: 'point.json' });
  return parsePointFile(textOf(path, cwd), path);
}

function textOf(path: string, cwd: string): string {
  try {
    return readText(resolve(cwd, path));
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    throw new UsageError(`--inputs: ${quote(path)} ${error.message}, expected a JSON file; for example --inputs point.json`, error.fix);
  }
}
