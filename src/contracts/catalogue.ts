import type { CheckId, FailureCode, FindingCode, FindingData } from './findings.ts';
import { againstWords } from './findings/against.ts';
import { batchInvarianceWords } from './findings/batch-invariance.ts';
import { descentWords } from './findings/descent.ts';
import { determinismWords } from './findings/determinism.ts';
import { edgeStabilityWords } from './findings/edge-stability.ts';
import { gradientFlowWords } from './findings/gradient-flow.ts';
import { gradientMatchWords } from './findings/gradient-match.ts';
import { memoryWords } from './findings/memory.ts';
import { precisionWords } from './findings/precision.ts';
import { scalarOutputWords } from './findings/scalar-output.ts';
import { shapeSafetyWords } from './findings/shape-safety.ts';
import { termBalanceWords } from './findings/term-balance.ts';
import type { Words, WordsOf } from './findings/words.ts';

/** The words of every finding: one entry for each code, exhaustive by type. */

interface Entry<D> extends Words<D> {
  /** Id of the check that finds it. */
  readonly check: CheckId;
}

type Entries<F> = { readonly [C in keyof F]: Entry<F[C]> };

function foundBy<F>(check: CheckId, words: WordsOf<F>): Entries<F> {
  const entries = Object.entries<object>(words).map(([code, entry]) => [code, { ...entry, check }]);
  return Object.fromEntries(entries) as Entries<F>;
}

export const CATALOGUE: Entries<FindingData> = {
  ...foundBy('scalar-output', scalarOutputWords),
  ...foundBy('gradient-flow', gradientFlowWords),
  ...foundBy('edge-stability', edgeStabilityWords),
  ...foundBy('gradient-match', gradientMatchWords),
  ...foundBy('determinism', determinismWords),
  ...foundBy('memory', memoryWords),
  ...foundBy('shape-safety', shapeSafetyWords),
  ...foundBy('precision', precisionWords),
  ...foundBy('batch-invariance', batchInvarianceWords),
  ...foundBy('term-balance', termBalanceWords),
  ...foundBy('descent', descentWords),
  ...foundBy('against', againstWords),
};

/** Every finding code, in the order of the checks. */
export const FINDING_CODES = Object.keys(CATALOGUE) as [FindingCode, ...FindingCode[]];

/** Titles of what keeps a loss from being checked; message and fix come with the error. */
export const FAILURES: { readonly [C in FailureCode]: { readonly title: string; readonly why: string } } = {
  'file-not-found': { title: 'no such file', why: 'Nothing was checked.' },
  'no-files': { title: 'no files', why: 'A gate that checks nothing must not pass.' },
  'unsupported-file': { title: 'not a TypeScript or JavaScript file', why: 'Nothing was checked.' },
  'syntax-error': { title: 'syntax error', why: 'The module cannot be read, so no loss in it was checked.' },
  'missing-import': { title: 'an import cannot be found', why: 'The module cannot be loaded, so no loss in it was checked.' },
  'import-threw': { title: 'the module throws while it is imported', why: 'The module cannot be loaded, so no loss in it was checked.' },
  'no-loss': { title: 'no loss in this module', why: 'A gate that checks nothing must not pass.' },
  'export-not-found': { title: 'no such export', why: 'Nothing was checked.' },
  'invalid-metadata': { title: 'the metadata is wrong', why: 'A loss checked in another domain than it is meant for proves nothing.' },
  'unknown-loss': { title: 'no such built-in loss', why: 'Nothing was checked.' },
  'inputs-not-inferred': { title: 'the inputs of the loss are not known', why: 'Without inputs that it accepts, a loss cannot be checked.' },
  timeout: { title: 'the loss took too long', why: 'A loss or a gradient that does not return stops training.' },
  crashed: { title: 'the process of the loss ended early', why: 'The rest of its checks could not be run.' },
  'out-of-memory': { title: 'the loss ran out of memory', why: 'The rest of its checks could not be run.' },
  'forbidden-access': { title: 'the loss reached for what is not its own', why: 'It was stopped there, so what it computes with the answer was not checked.' },
  tampered: { title: 'the loss replaces what it is judged with', why: 'Numbers computed with a replaced function say nothing about the loss.' },
  'forged-message': { title: 'the loss speaks in the name of its judge', why: 'A verdict that the loss gives itself is worthless.' },
  'too-much-output': { title: 'the loss prints without end', why: 'It was stopped before its log filled a disk; the rest of its checks could not be run.' },
};

/** The prose of one finding. */
export function describe<C extends FindingCode>(
  code: C,
  data: FindingData[C],
): { readonly title: string; readonly message: string; readonly why: string; readonly fix: string } {
  const words: Entry<FindingData[C]> = CATALOGUE[code];
  const text = (part: string | ((data: FindingData[C]) => string)): string => (typeof part === 'string' ? part : part(data));
  return { title: words.title, message: words.message(data), why: text(words.why), fix: text(words.fix) };
}
