import { fork } from 'node:child_process';
import path from 'node:path';
import { packageRoot } from '../package-root.ts';
import type { Answer, Question } from './messages.ts';

/**
 * Has a question answered by a process of its own. A test runner gives every test file its own globals, its own
 * `process` and its own way to load modules: none of it reaches the losses. When this process or thread ends, the
 * channel to the other one closes, and that one ends with everything it has started.
 */
export function ask(question: Question): Promise<Answer> {
  const { targets = [], cwd = process.cwd() } = question.options;
  const file = targets.find((target) => /\.[mc]?[jt]sx?(#|$)/.test(target))?.split('#', 1)[0];
  return new Promise((resolve, reject) => {
    const child = fork(path.join(packageRoot(), 'dist', 'program', 'testing-child.cjs'), file === undefined ? [] : [path.resolve(cwd, file)], {
      serialization: 'advanced',
      // What a loss prints is not what its test prints.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
    });
    let answer: Answer | null = null;
    child.once('message', (message: Answer) => (answer = message));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (answer !== null) resolve(answer);
      else reject(new Error(`losscheck gave no answer: its process ended with ${signal ?? `exit code ${code}`}`));
    });
    child.send(question, (error) => {
      if (error !== null) child.kill('SIGKILL');
    });
  });
}
