import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hold, WHILE_IMPORTED } from '../../src/engines/surroundings.ts';
import { lookQuickly, lookThoroughly, watchNamespace, watchTampering } from '../../src/engines/tampering.ts';

/** Each patch is taken back at once: the runner of these tests needs what is patched as well. */

let found: string[] = [];
beforeAll(() => watchTampering((what) => void found.push(what)));
afterEach(() => (found = []));

/** What is found while something is replaced. */
function replaced(owner: object, key: PropertyKey, value: PropertyDescriptor, look: () => void): readonly string[] {
  const before = Reflect.getOwnPropertyDescriptor(owner, key);
  Reflect.defineProperty(owner, key, { configurable: true, ...value });
  try {
    look();
  } finally {
    if (before === undefined) Reflect.deleteProperty(owner, key);
    else Reflect.defineProperty(owner, key, before);
  }
  const seen = found;
  found = [];
  look();
  expect(found).toEqual([]);
  return seen;
}

const typedArray = Object.getPrototypeOf(Float64Array) as { readonly prototype: object };

describe('tampering', () => {
  it.each<[string, object, PropertyKey]>([
    ['Math.abs', Math, 'abs'],
    ['Array.prototype.some', Array.prototype, 'some'],
    ['Number.isFinite', Number, 'isFinite'],
    ['Object.is', Object, 'is'],
    ['JSON.stringify', JSON, 'stringify'],
    ['TypedArray.prototype.every', typedArray.prototype, 'every'],
    ['Float32Array', globalThis, 'Float32Array'],
    ['Map.prototype.get', Map.prototype, 'get'],
    ['Array.prototype[Symbol.iterator]', Array.prototype, Symbol.iterator],
    ['Function.prototype.apply', Function.prototype, 'apply'],
  ])('of %s is seen after the call in which it is done', (name, owner, key) => {
    const original: unknown = Reflect.get(owner, key);
    const other = new Proxy(original as () => void, {});
    expect(replaced(owner, key, { value: other, writable: true }, lookQuickly)[0]).toBe(name);
  });

  it.each<[string, object, PropertyKey, PropertyDescriptor]>([
    ['Math.abs', Math, 'abs', { get: () => Math.sign }],
    ['Map.prototype.size', Map.prototype, 'size', { get: () => 0 }],
    ['Object.prototype.verdict', Object.prototype, 'verdict', { value: 'pass' }],
    ['Array Iterator.next', Object.getPrototypeOf([][Symbol.iterator]()) as object, 'next', { value: () => ({ done: true }) }],
    ['Date.prototype.getTime', Date.prototype, 'getTime', { value: () => 0 }],
    ['Error.captureStackTrace', Error, 'captureStackTrace', { value: () => {} }],
  ])('of %s, by whichever means, is seen before a verdict', (name, owner, key, descriptor) => {
    expect(replaced(owner, key, descriptor, lookThoroughly)).toContain(name);
  });

  it('of what is held while a loss runs is seen when it is let go', () => {
    const release = hold(WHILE_IMPORTED);
    Math.random = () => 0.5;
    release();
    expect(found).toEqual(['Math.random']);
    expect(Math.random()).not.toBe(0.5);
  });

  it('of a function that a module imports is seen', () => {
    const namespace = watchNamespace('tf', { square: (x: number) => x * x, version: '1' });
    expect(replaced(namespace, 'square', { value: Math.abs }, lookThoroughly)).toEqual(['tf.square']);
    expect(replaced(namespace, 'version', { value: '2' }, lookThoroughly)).toEqual([]);
  });

  it.each<[string, object, PropertyKey]>([
    ['a polyfill', Array.prototype, 'lastButOne'],
    ['a global of its own', globalThis, 'myLibrary'],
    ['the words for stacks, which libraries for source maps set', Error, 'prepareStackTrace'],
    ['the length of stacks', Error, 'stackTraceLimit'],
  ])('is not %s', (_, owner, key) => {
    expect(replaced(owner, key, { value: 10, writable: true }, lookThoroughly)).toEqual([]);
  });
});
