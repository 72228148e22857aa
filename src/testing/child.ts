import { endChild, spawnChild, type Child } from '../run/isolation/child-process.ts';
import { confinementOf, USUAL } from '../run/isolation/confinement.ts';
import { keepCode, keepCodeFor, loadScript } from '../scripts.ts';
import type { Answer, Question } from './messages.ts';

/**
 * The process that checks a loss for a test: one question, one answer. It ends with the test that asked, and the
 * process in which the loss runs ends with it.
 */

interface Program {
  answer(question: Question, child: Child | null): Promise<Answer>;
  warmedUp(): Promise<void>;
}

// Kept before anything else can come to depend on it.
const send = process.send?.bind(process);

const file = process.argv[2] ?? '';
keepCodeFor(file === '' ? 'test' : 'test of a file');
const child = file === '' ? null : spawnChild(confinementOf(file, USUAL), 'verify');
child?.process.on('error', () => {});

process.once('disconnect', () => process.exit(0));
process.once('exit', () => {
  if (child !== null) endChild(child);
});
process.once('message', (question: Question) => {
  void reply(question);
});

async function reply(question: Question): Promise<void> {
  const program = loadScript('program/main.cjs') as Program;
  const words = await program.answer(question, child).catch((error: unknown): Answer => ({ verdict: null, message: `this is a bug in losscheck: ${String(error)}` }));
  send?.(words, undefined, undefined, () => {
    if (question.options.check === undefined && question.options.skip === undefined) keepCode();
    void program.warmedUp().then(() => process.exit(0));
  });
}
