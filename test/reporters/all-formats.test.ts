import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/contracts/report.ts';
import { REPORTERS } from '../../src/reporters/index.ts';
import { REPORTER_NAMES } from '../../src/reporters/names.ts';
import { oddReport, typicalReport } from './every-report.ts';
import { expectSameStory } from './same-story.ts';
import { PLAIN } from './options.ts';

/** Every format tells the same codes, messages, lines, fixes and replay lines. */

describe.each([
  ['a typical run', typicalReport()],
  ['odd texts', oddReport()],
] satisfies [string, Report][])('of %s', (_name, sample) => {
  it.each(REPORTER_NAMES)('%s tells every failure in the same words', async (name) => {
    const render = await REPORTERS[name]();
    expectSameStory(name, sample, render(sample, PLAIN));
  });
});

it('notices a number that one format tells otherwise', async () => {
  for (const name of REPORTER_NAMES) {
    const render = await REPORTERS[name]();
    const text = render(typicalReport(), PLAIN).replaceAll('-0.125', '-0.126');
    expect(() => expectSameStory(name, typicalReport(), text)).toThrow(`${name} tells of`);
  }
});
