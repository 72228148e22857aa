import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { FAILURES } from '../../src/contracts/catalogue.ts';
import { squaredError, IMPORT } from '../e2e/sources.ts';
import { reportOf, Workspace } from '../e2e/program.ts';

/** The examples of docs/failures.md are run as a person would run them. */

const workspace = new Workspace();
afterAll(() => workspace.remove());

const page = readFileSync('docs/failures.md', 'utf8');
const sections = page.split(/^## /m).slice(1).map((section) => ({ code: /^`(.*)`/.exec(section)?.[1] ?? '', section }));

/** What a section needs beside its example. */
const FLAGS: Readonly<Record<string, readonly string[]>> = { timeout: ['--timeout', '2'], 'out-of-memory': ['--max-memory', '512'] };

workspace.write({ 'losses/focal.ts': IMPORT + squaredError('focal'), 'losses/notes.md': '# Notes' });

it('has one section for each reason, in the order of the catalogue, and one for what could not be decided', () => {
  expect(sections.map(({ code }) => code)).toEqual([...Object.keys(FAILURES), 'inconclusive']);
});

describe.each(sections)('$code', ({ code, section }) => {
  const examples = [...section.matchAll(/^```(ts|console) (wrong|mended)\n([\s\S]*?)^```$/gm)].map(([, language, kind, text = '']) => ({ language, kind, text }));

  it('is shown, and what to do about it', () => {
    expect(examples.map(({ kind }) => kind)).toEqual(['wrong', 'mended']);
  });

  it.each(examples)('the $kind example behaves as it is marked', async ({ language, kind, text }) => {
    const ran = await workspace.losscheck([...argvOf(language, code, kind, text), '--reporter', 'json', ...(FLAGS[code] ?? [])]);
    const report = reportOf(ran);
    const codes = report.losses.flatMap(({ findings, checks }) => [...findings.map((finding) => finding.code), ...checks.filter(({ status }) => status === 'inconclusive').map(({ status }) => status)]);
    if (kind === 'mended') expect([ran.code, codes]).toEqual([0, []]);
    else expect([ran.code !== 0, [...new Set(codes)]]).toEqual([true, [code]]);
  });
});

function argvOf(language: string | undefined, code: string, kind: string | undefined, text: string): readonly string[] {
  if (language === 'console') return text.trim().replace(/^\$ losscheck /, '').split(' ').map((word) => word.replace(/^'(.*)'$/, '$1'));
  const file = `${code}-${kind}.ts`;
  workspace.write({ [file]: text });
  return ['verify', file];
}
