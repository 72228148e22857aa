import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { toExitCode } from '../exit-code.ts';
import { chooseReporters } from '../flags/reporters.ts';
import { deliver, layoutFor } from '../output.ts';
import { addColorFlags, addPlainReporterFlag, type PlainReporterFlags } from './shared-flags.ts';

interface DoctorFlags extends PlainReporterFlags {
  readonly color?: boolean;
}

const NOTES = `
Run it in the folder of the project that a loss belongs to.

Exit codes: 0 when verify can work here, 3 when it cannot.`;

export function registerDoctor(program: Command, context: CommandContext): void {
  const command = program
    .command('doctor')
    .summary('can losscheck work here, and with what?')
    .description('What losscheck finds on this machine: Node.js, engines, backends, copies of TensorFlow.js, cache, config.');
  addPlainReporterFlag(addColorFlags(command))
    .addHelpText('after', NOTES)
    .action((flags: DoctorFlags) => runDoctor(flags, context));
}

async function runDoctor(flags: DoctorFlags, { terminal, services, finish }: CommandContext): Promise<void> {
  const reporters = chooseReporters(flags.reporter, terminal.cwd);
  const { doctor } = await services.run();
  const report = await doctor({ cwd: terminal.cwd });
  const { DOCTOR_REPORTERS } = await import('../../reporters/index.ts');
  const stdout = await deliver(report, DOCTOR_REPORTERS, reporters, layoutFor(terminal, flags), terminal.cwd);
  finish({ stdout, exitCode: toExitCode(report.exitCode) });
}
