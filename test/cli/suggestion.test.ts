import { describe, expect, it } from 'vitest';
import { joinAlternatives, suggest } from '../../src/cli/suggestion.ts';

const CHECKS = ['scalar-output', 'gradient-flow', 'gradient-match', 'memory'];

describe('suggest', () => {
  it('finds a misspelt name', () => {
    expect(suggest('gradient-macth', CHECKS)).toBe('did you mean gradient-match?');
  });

  it('finds names by a part', () => {
    expect(suggest('Gradient', CHECKS)).toBe('did you mean gradient-flow or gradient-match?');
  });

  it.each(['xyz', 'a', ''])('finds nothing for %o, which is far from all', (word) => {
    expect(suggest(word, CHECKS)).toBeNull();
  });
});

describe('joinAlternatives', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a or b'],
    [['a', 'b', 'c'], 'a, b or c'],
  ])('writes %o as %o', (names, text) => {
    expect(joinAlternatives(names)).toBe(text);
  });
});
