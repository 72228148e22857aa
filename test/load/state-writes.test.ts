import { describe, expect, it } from 'vitest';
import { stateWrites } from '../../src/load/state-writes.ts';

function lines(code: string): readonly number[] {
  return stateWrites(code).map(({ line }) => line);
}

describe('stateWrites', () => {
  it.each([
    ['a variable of the module', 'let step = 0;\nconst f = () => {\n  step++;\n};', [3]],
    ['a field of the object', 'class A {\n  call() {\n    this.step += 1;\n  }\n}', [3]],
    ['an entry of a map', 'const seen = new Map();\nfunction f(x) {\n  seen.set(x, 1);\n}', [3]],
    ['a property of a module object', 'const state = { n: 0 };\nfunction f() {\n  state.n = 2;\n}', [3]],
    ['a queue', 'const queue = [];\nfunction f(x) {\n  const old = queue.shift();\n  return old;\n}', [3]],
    ['a variable of the factory', 'const make = () => {\n  let n = 0;\n  return () => {\n    n++;\n  };\n};', [4]],
    ['a callback that writes a variable of the module', 'let last;\nfunction f(x) {\n  tidy(() => {\n    last = x;\n  });\n}', [4]],
  ])('sees %s', (_, code, expected) => {
    expect(lines(code)).toEqual(expected);
  });

  it.each([
    ['a local variable', 'function f(x) {\n  let y = 0;\n  y = x;\n  return y;\n}'],
    ['a local variable that a callback writes', 'function f(x) {\n  let y;\n  tidy(() => {\n    y = x;\n  });\n  return y;\n}'],
    ['a constructor', 'class A {\n  constructor() {\n    this.n = 1;\n  }\n}'],
    ['code that runs once, at the top', 'let a = 1;\na = 2;'],
    ['an operation that is called add', 'function f(a, b) {\n  return tf.add(a, b);\n}'],
  ])('leaves out %s', (_, code) => {
    expect(lines(code)).toEqual([]);
  });

  it('counts columns from the code, on the first line too', () => {
    expect(stateWrites('let n = 0; const f = () => { n = 1; };')).toEqual([{ line: 1, column: 30 }]);
  });
});
