import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { askForChoices } from '../../../src/cli/init/ask.ts';
import type { Choices } from '../../../src/cli/init/choices.ts';
import type { Project } from '../../../src/cli/init/project.ts';

const PROJECT: Project = {
  folder: '/nowhere/project',
  manifest: '{}',
  manager: { install: 'npm ci', exec: 'npx', add: 'npm install --save-dev', setup: null, cache: 'npm' },
  lockFile: null,
  isTypeScript: true,
  tfjs: '@tensorflow/tfjs',
  hasTfjs: true,
  hasLosscheck: true,
  repository: '/nowhere/project',
  isInGit: true,
  losses: null,
  hosting: 'github',
  usesHusky: false,
};
const SUGGESTED: Choices = { losses: 'src/losses', ci: 'github', starter: true, preCommit: false };

const ENTER = '\r';
const CTRL_C = '\u0003';
const ESCAPE = '\u001b';
const DOWN = '\u001b[B';

/** Answers each question once it stands on the screen. */
async function answer(keys: readonly (readonly [question: string, ...presses: string[]])[], chosen: Partial<Choices> = {}): Promise<{ choices: Choices | null; screen: string }> {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 40 });
  let written = '';
  output.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const screen = () => stripVTControlCharacters(written);
  const asked = askForChoices(PROJECT, chosen, {
    suggest: (partial) => ({ ...SUGGESTED, ...partial }),
    plan: ({ losses, ci }) => `+ ${losses}/robust.ts, ${ci}`,
    streams: { input, output },
  });
  for (const [question, ...presses] of keys) {
    await vi.waitFor(() => expect(screen()).toContain(question), { timeout: 20_000 });
    for (const press of presses) input.write(press);
  }
  return { choices: await asked, screen: screen() };
}

const FOLDER = 'Which folder';
const STARTER = 'start from?';
const CI = 'run its tests?';
const HOOK = 'before each commit';
const WRITE = 'Write these files?';

describe('questions of init', () => {
  it('take what is suggested by Enter, and show the plan before the last one', async () => {
    const { choices, screen } = await answer([[FOLDER, ENTER], [STARTER, ENTER], [CI, ENTER], [HOOK, ENTER], [WRITE, ENTER]]);
    expect(choices).toEqual(SUGGESTED);
    expect(screen.indexOf('+ src/losses/robust.ts, github')).toBeLessThan(screen.indexOf(WRITE));
    expect(screen).toContain('+ src/losses/robust.ts, github');
  });

  it('take other answers', async () => {
    const { choices } = await answer([[FOLDER, '/own', ENTER], [STARTER, 'n'], [CI, DOWN, ENTER], [HOOK, 'y'], [WRITE, 'y']]);
    expect(choices).toEqual({ losses: 'src/losses/own', ci: 'gitlab', starter: false, preCommit: true });
  });

  it('refuse a folder outside of the project, and go on asking', async () => {
    const { choices, screen } = await answer([[FOLDER, ...'\b'.repeat(10), '../x', ENTER], ['inside of the project', ...'\b'.repeat(4), 'lib', ENTER], [WRITE, ENTER]], { starter: true, ci: 'none', preCommit: false });
    expect(choices?.losses).toBe('lib');
    for (const question of [STARTER, CI, HOOK]) expect(screen).not.toContain(question);
  });

  it.each([
    ['Ctrl-C at the first', [[FOLDER, CTRL_C]]],
    ['Ctrl-C in the middle', [[FOLDER, ENTER], [STARTER, ENTER], [CI, CTRL_C]]],
    ['Escape', [[FOLDER, ENTER], [STARTER, ESCAPE]]],
    ['no to the plan', [[FOLDER, ENTER], [STARTER, ENTER], [CI, ENTER], [HOOK, ENTER], [WRITE, 'n']]],
  ] as const)('are ended by %s', async (_, keys) => {
    expect((await answer(keys)).choices).toBeNull();
  });
});
