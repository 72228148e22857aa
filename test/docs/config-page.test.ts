import { afterAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../src/contracts/config.ts';
import { blocksOf, stepsOf, walkFolder } from './walk.ts';

/** docs/config.md: its configs are read, its commands run. */

const PAGE = 'docs/config.md';
const { folder, remove } = walkFolder();
afterAll(remove);

describe('docs/config.md', () => {
  it.each(stepsOf(PAGE).map((step) => [step.name, step] as const))('%s', (_, step) => step.run(folder));

  it('names every field of a config', () => {
    const page = blocksOf(PAGE).map(({ text }) => text).join('\n');
    expect(Object.keys(configSchema.shape).filter((field) => !page.includes(field) && !['check', 'skip', 'seed', 'backend', 'timeout', 'runTimeout', 'maxMemory', 'jobs'].includes(field))).toEqual([]);
  });
});
