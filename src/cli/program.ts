import { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { registerBaseline } from './commands/baseline.ts';
import { registerCompletion } from './commands/completion.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerEval } from './commands/eval.ts';
import { registerExplain } from './commands/explain.ts';
import { registerInit } from './commands/init.ts';
import { registerList } from './commands/list.ts';
import { registerMerge } from './commands/merge.ts';
import { registerSelftest } from './commands/selftest.ts';
import { registerVerify } from './commands/verify.ts';
import { packageVersion } from '../package-root.ts';

export interface ProgramOutput {
  /** Help and version. */
  out(text: string): void;
  /** Help that is shown because no command was given. */
  error(text: string): void;
}

/** The command line as commander knows it. Errors are thrown and not printed; nothing exits. */
export function createProgram(context: CommandContext, output: ProgramOutput): Command {
  const program = new Command('losscheck')
    .description('Checks that a TensorFlow.js loss can be trained on.')
    .version(packageVersion(), '--version', 'show the version')
    .helpOption('--help', 'show this help')
    .exitOverride()
    .configureOutput({ writeOut: output.out, writeErr: output.error, outputError() {} });
  registerVerify(program, context);
  registerMerge(program, context);
  registerBaseline(program, context);
  registerEval(program, context);
  registerList(program, context);
  registerExplain(program, context);
  registerSelftest(program, context);
  registerInit(program, context);
  registerDoctor(program, context);
  registerCompletion(program, context);
  return program;
}
