import { describe, expect, it } from 'vitest';
import { didYouMean, nearestNames } from '../../src/load/nearest.ts';

describe('nearestNames', () => {
  it.each([
    ['an inserted letter', 'hubber', 'huber'],
    ['a removed letter', 'hber', 'huber'],
    ['a replaced letter', 'hufer', 'huber'],
    ['two neighbours swapped', 'hubre', 'huber'],
    ['another case', 'HUBER', 'huber'],
  ])('forgives %s', (_, typed, meant) => {
    expect(nearestNames(typed, ['focal', meant, 'dice'])).toEqual([meant]);
  });

  it('counts edits: three of seven letters are too many, two are not', () => {
    expect(nearestNames('sitting', ['kitten'])).toEqual([]);
    expect(nearestNames('sitten', ['sittin'])).toEqual(['sittin']);
    expect(nearestNames('sitting', ['kitting', 'kittin'])).toEqual(['kitting', 'kittin']);
  });

  it('puts the nearest first, each name once, and no more than asked for', () => {
    const names = ['mess', 'mse', 'mae', 'mse', 'msee'];
    expect(nearestNames('mse', names)).toEqual(['mse', 'mae', 'msee']);
    expect(nearestNames('mse', names, 1)).toEqual(['mse']);
  });

  it('offers nothing that shares no letter', () => {
    expect(nearestNames('ab', ['xy', 'x'])).toEqual([]);
  });
});

describe('didYouMean', () => {
  it('ends a sentence with the nearest name, or with nothing', () => {
    expect(didYouMean('probabilty', ['probability', 'positive'])).toBe(' (did you mean "probability"?)');
    expect(didYouMean('zzzzzzzz', ['probability'])).toBe('');
  });
});
