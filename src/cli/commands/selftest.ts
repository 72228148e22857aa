import type { Command } from 'commander';
import type { InputMetadata } from '../../contracts/metadata.ts';
import type { CommandContext } from '../command-context.ts';
import { toExitCode } from '../exit-code.ts';
import { addInput } from '../flags/inputs.ts';
import { chooseReporters } from '../flags/reporters.ts';
import { parseRtol, parseSamples, parseSeed } from '../flags/scalars.ts';
import { interruptible } from '../interruptible.ts';
import { deliver, layoutFor } from '../output.ts';
import { addPlainReporterFlag, addSharedFlags, type PlainReporterFlags, type SharedFlags } from './shared-flags.ts';

interface SelftestFlags extends SharedFlags, PlainReporterFlags {
  readonly input?: Readonly<Record<string, InputMetadata>>;
  readonly seed?: number;
  readonly samples?: number;
  readonly rtol?: number;
}

const EXAMPLES = `
Examples:
  losscheck selftest huber
  losscheck selftest ./myloss.ts#focal --seed 7

Exit codes: 0 when every planted fault was caught that must be (a single coordinate
off by 1e-4 or more, and all others), 1 when one was missed; else as for verify.`;

export function registerSelftest(program: Command, context: CommandContext): void {
  const command = program
    .command('selftest')
    .summary('how small a mistake would be caught in this loss')
    .description('Plants known faults in the gradient of a loss and counts how many gradient-match catches.')
    .argument('<target>', 'a file, file#export or the id of a built-in loss')
    .option(
      '--input <name=domain[shape]>',
      'declare an input, e.g. yPred=probability[8,4] or x=0:1[8] (repeatable)',
      addInput,
    )
    .option('--seed <n>', 'seed of all random points (default: 0)', parseSeed)
    .option('--samples <n>', 'random points at which faults are planted (default: 3)', parseSamples)
    .option('--rtol <x>', 'relative tolerance of gradient-match (default: 1e-5)', parseRtol);
  addPlainReporterFlag(addSharedFlags(command))
    .addHelpText('after', EXAMPLES)
    .action((target: string, flags: SelftestFlags) => runSelftest(target, flags, context));
}

async function runSelftest(target: string, flags: SelftestFlags, context: CommandContext): Promise<void> {
  const { reporter, ...options } = flags;
  const { terminal, services } = context;
  const reporters = chooseReporters(reporter, terminal.cwd);
  const report = await interruptible(terminal, { inProcess: options.isolate === false }, async () => {
    const { selftest } = await services.run();
    return selftest({ target, cwd: terminal.cwd, ...options });
  });

  const { SELFTEST_REPORTERS } = await import('../../reporters/index.ts');
  const stdout = await deliver(report, SELFTEST_REPORTERS, reporters, layoutFor(terminal, flags), terminal.cwd);
  context.finish({ stdout, exitCode: toExitCode(report.exitCode) });
}
