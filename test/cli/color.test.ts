import { describe, expect, it } from 'vitest';
import { wantsColor } from '../../src/cli/color.ts';

describe('wantsColor', () => {
  it.each([
    ['the terminal decides', undefined, {}, true, true],
    ['a pipe gets none', undefined, {}, false, false],
    ['a dumb terminal gets none', undefined, { TERM: 'dumb' }, true, false],
    ['FORCE_COLOR beats a pipe', undefined, { FORCE_COLOR: '1' }, false, true],
    ['FORCE_COLOR=0 switches off', undefined, { FORCE_COLOR: '0' }, true, false],
    ['NO_COLOR beats FORCE_COLOR', undefined, { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    ['an empty NO_COLOR counts as absent', undefined, { NO_COLOR: '' }, true, true],
    ['--color beats NO_COLOR', true, { NO_COLOR: '1' }, false, true],
    ['--no-color beats FORCE_COLOR', false, { FORCE_COLOR: '1' }, true, false],
  ])('%s', (_, flag, env, isTty, expected) => {
    expect(wantsColor({ flag, env, isTty })).toBe(expected);
  });
});
