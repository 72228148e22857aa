import { compileFunction } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { framesOf, NEAR_DEPTH } from '../../src/engines/stack.ts';

const SCRIPT = 'stack-test-script.js';

/** What is seen of a script that calls a library, so many calls deep. */
function seenFrom(depth: number, limit?: number): ReturnType<typeof framesOf> {
  const library = (calls: number): ReturnType<typeof framesOf> => (calls === 0 ? framesOf(SCRIPT, limit) : library(calls - 1));
  const script = compileFunction('return library(depth);', ['library', 'depth'], { filename: SCRIPT }) as (f: typeof library, depth: number) => ReturnType<typeof framesOf>;
  return script(library, depth);
}

describe('framesOf', () => {
  it('finds the script with what it called', () => {
    expect(seenFrom(0).frames).toEqual([{ line: 1, column: 8, callee: 'library' }]);
    expect(seenFrom(3, NEAR_DEPTH).frames).toHaveLength(1);
  });

  it('says that the stack goes on where it looked no further', () => {
    const near = seenFrom(NEAR_DEPTH + 5, NEAR_DEPTH);
    expect(near).toEqual({ frames: [], isCut: true });
    expect(seenFrom(NEAR_DEPTH + 5).frames).toHaveLength(1);
  });
});
