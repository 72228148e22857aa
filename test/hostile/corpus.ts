import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EARLY_END_CODES } from '../../src/contracts/findings.ts';
import { LOAD_ERROR_CODES } from '../../src/contracts/errors.ts';
import type { LossReport, Report } from '../../src/contracts/report.ts';

/** The modules of fixtures/hostile, with what is written at their heads. */

export const FOLDER = path.resolve(import.meta.dirname, '../../fixtures/hostile');

interface Expectation {
  readonly id: string;
  /** One of these, as verdict or as code of a finding. */
  readonly codes: readonly string[];
  readonly words: readonly string[];
}

export interface Hostile {
  readonly file: string;
  readonly tries: string;
  readonly expects: readonly Expectation[];
  readonly flags: readonly string[];
  readonly isSafeInProcess: boolean;
}

export const CORPUS: readonly Hostile[] = readdirSync(FOLDER)
  .filter((file) => /\.[mc]?[jt]s$/.test(file))
  .map((file) => {
    const text = readFileSync(path.join(FOLDER, file), 'utf8');
    const named = (name: string): readonly string[] => [...text.matchAll(new RegExp(`^// ${name}: (.*)$`, 'gm'))].map(([, value = '']) => value);
    return {
      file,
      tries: /^\/\/ (.*)$/m.exec(text)?.[1] ?? '',
      expects: named('expects').map((line) => {
        const [name = '', codes = '', ...words] = line.split(' ');
        return { id: name === ':' ? file : `${file}#${name}`, codes: codes.split('|'), words };
      }),
      flags: named('flags').flatMap((line) => line.split(' ')),
      isSafeInProcess: named('isolate-off').length === 0,
    };
  });

/** Sentences about what is not as expected; none where all is. */
export function mismatches({ file, expects }: Hostile, { losses }: Pick<Report, 'losses'>): readonly string[] {
  const own = losses.filter((loss) => loss.file === file || loss.id === file);
  const unexpected = own.filter(({ id }) => !expects.some((each) => each.id === id)).map(({ id, verdict }) => `${id} is in the report: ${verdict}`);
  return [...unexpected, ...expects.flatMap((each) => mismatch(each, own.find(({ id }) => id === each.id)))];
}

function mismatch({ id, codes, words }: Expectation, loss: LossReport | undefined): readonly string[] {
  if (loss === undefined) return [`${id} is not in the report`];
  const findings = [...loss.findings, ...loss.checks.flatMap((check) => check.findings)];
  const found = [loss.verdict, ...findings.map(({ code }) => code)];
  const said = findings.map(({ message }) => message).join('\n');
  const isExpected = codes.some((code) => code === 'any' || (code === 'findings' ? loss.verdict !== 'pass' : found.includes(code)));
  return [
    ...(isExpected ? [] : [`${id}: expected ${codes.join(' or ')}, found ${found.join(', ')}: ${said}`]),
    ...words.filter((word) => !said.includes(word)).map((word) => `${id}: nothing says ${word}: ${said}`),
  ];
}

/** By the codes that were found, as the contract has it: 3 before 4 before 1. */
export function exitCodeFor(losses: readonly LossReport[]): number {
  const codes = losses.flatMap(({ findings }) => findings.map(({ code }) => code));
  if (codes.some((code) => LOAD_ERROR_CODES.some((known) => known === code))) return 3;
  if (codes.some((code) => EARLY_END_CODES.some((known) => known === code))) return 4;
  return losses.every(({ verdict }) => verdict === 'pass') ? 0 : 1;
}
