import { describe, expect, it } from 'vitest';
import { LoadError } from '../../src/contracts/errors.ts';
import { lossAt } from '../../src/run/loss-at.ts';
import type { LoadedLoss } from '../../src/load/discover.ts';
import { discoverLosses } from '../../src/load/discover.ts';

const FILE = 'losses.ts';

function square(yPred: number, yTrue: number): number {
  return (yPred - yTrue) ** 2;
}
const twinOf = (by: number) => (yPred: number, yTrue: number) => by * (yPred - yTrue);
const [first, second] = [twinOf(1), twinOf(2)];
class Held {
  call(yPred: number, yTrue: number): number {
    return yPred - yTrue;
  }
}

/** As they would be found in a file, and the line that each text begins on. */
function exportsOf(exports: Readonly<Record<string, unknown>>, lines: Readonly<Record<string, number>>) {
  const { losses } = discoverLosses(exports, FILE);
  const pairs = losses.map((reference: LoadedLoss) => ({ reference }));
  const locator = {
    locateText(text: string) {
      const found = losses.find(({ functionText }) => functionText === text);
      const line = found === undefined ? undefined : lines[found.exportName];
      return line === undefined ? null : { file: FILE, line, column: 1 };
    },
  };
  return (place: Partial<Parameters<typeof lossAt>[0]>): string => lossAt({ lines: [], name: '', form: 'function', ...place }, pairs, FILE, locator).reference.exportName;
}

describe('the export that a function is', () => {
  it('is the one on its line, whatever it is called', () => {
    const at = exportsOf({ default: square, other: twinOf(3) }, { default: 4, other: 9 });
    expect([at({ lines: [4], name: 'square' }), at({ lines: [9] })]).toEqual(['default', 'other']);
  });

  it('is the one of its name where no line is known', () => {
    const at = exportsOf({ square, other: twinOf(3) }, { square: 4, other: 9 });
    expect(at({ name: 'other' })).toBe('other');
    expect(() => at({ name: 'stranger' })).toThrow(LoadError);
  });

  it('is not one of the same name on another line', () => {
    const at = exportsOf({ square, other: twinOf(3) }, { square: 4, other: 9 });
    expect(() => at({ lines: [20], name: 'square' })).toThrow('square, which begins at losses.ts:20, is no loss that the file exports');
  });

  it('cannot be told from one that the same code has made', () => {
    const at = exportsOf({ first, second }, { first: 6, second: 6 });
    expect(() => at({ lines: [6] })).toThrow('may be first or second');
  });

  it('is told from a twin in another place by its name', () => {
    // Only the first of two equal texts is found: both seem to be on its line.
    const at = exportsOf({ first, second }, { first: 6, second: 6 });
    expect(at({ lines: [7], name: 'second' })).toBe('second');
  });

  it('is a class or an instance of it, as it was given', () => {
    const at = exportsOf({ Held, held: new Held() }, { Held: 8, held: 8 });
    expect([at({ lines: [7, 8], form: 'class' }), at({ lines: [7, 8], form: 'instance' })]).toEqual(['Held', 'held']);
  });
});
