import { describe, expect, it } from 'vitest';
import { didYouMean, editDistance, nearestNames } from '../../src/cli/nearest.ts';

const CHECKS = ['scalar-output', 'gradient-flow', 'gradient-match', 'memory'];

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['memroy', 'memory', 1],
  ])('%s to %s takes %i', (a, b, edits) => {
    expect([editDistance(a, b), editDistance(b, a)]).toEqual([edits, edits]);
  });
});

describe('nearestNames', () => {
  it('finds a misspelt name', () => {
    expect(nearestNames('gradient-macth', CHECKS)[0]).toBe('gradient-match');
  });

  it('finds names by a part', () => {
    expect(nearestNames('gradient', CHECKS)).toEqual(['gradient-flow', 'gradient-match']);
  });

  it('finds nothing for a word that is far from all', () => {
    expect(nearestNames('xyz', CHECKS)).toEqual([]);
    expect(didYouMean('xyz', CHECKS)).toBeNull();
  });
});
