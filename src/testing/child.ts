import type { ChildProcess } from 'node:child_process';
import { spawnChild } from '../run/spawn.ts';
import { keepCode, keepCodeFor, loadScript } from '../scripts.ts';
import type { Answer, Question } from './messages.ts';

/**
 * The process that checks a loss for a test: one question, one answer. It ends with the test that asked, and the
 * process in which the loss runs ends with it.
 */

interface Program {
  answer(question: Question, child: ChildProcess | null): Promise<Answer>;
}

// Kept before anything else can come to depend on it.
const send = process.send?.bind(process);

const isFile = process.argv[2] === 'file';
keepCodeFor(isFile ? 'test of a file' : 'test');
const child = isFile ? spawnChild('verify') : null;
child?.on('error', () => {});

process.once('disconnect', () => process.exit(0));
process.once('exit', () => child?.kill('SIGKILL'));
process.once('message', (question: Question) => {
  void reply(question);
});

async function reply(question: Question): Promise<void> {
  const program = loadScript('program/main.cjs') as Program;
  const words = await program.answer(question, child).catch((error: unknown): Answer => ({ verdict: null, message: `this is a bug in losscheck: ${String(error)}` }));
  send?.(words, undefined, undefined, () => {
    if (question.options.check === undefined && question.options.skip === undefined) keepCode();
    process.exit(0);
  });
}
