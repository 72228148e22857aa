import type { EngineInternals, Tf } from './tfjs.ts';

/**
 * A loss is judged in the process in which it runs, with the same `Math` and the same arrays. Whoever replaces one of
 * them computes the verdict himself. This remembers what there was before the module ran, and finds what is no longer
 * so. Additions (a polyfill) are nobody's verdict and are let alone, but on `Object.prototype`, where every object has
 * them.
 *
 * Only functions that were kept before the module ran are used here.
 */

const { get, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
const { is } = Object;

interface Watched {
  readonly name: string;
  readonly owner: object;
  readonly prototype: object | null;
  readonly keys: readonly PropertyKey[];
  readonly members: readonly PropertyDescriptor[];
  /** Nothing may be added. */
  readonly isClosed: boolean;
  /** What counts is what a call reaches, own or inherited: traces put methods in place and back. */
  readonly isReached: boolean;
}

/** Read by one comparison each, after every call of the loss. */
interface Held {
  readonly name: string;
  readonly owner: Record<PropertyKey, unknown>;
  readonly key: PropertyKey;
  readonly value: unknown;
}

type OnTampering = (what: string) => void;

let onTampering: OnTampering | null = null;
let watched: Watched[] = [];
let held: Held[] = [];
/** How many members every object has. */
let keysEverywhere = 0;

/** Members that programs set for their own ends, and that nothing is judged by. */
const FREE = new Set(['Error.prepareStackTrace', 'Error.stackTraceLimit', 'Math.random']);
/** Held by losscheck itself while a loss runs: see surroundings.ts. */
const HELD_BINDINGS = new Set(['Date']);

const OBJECTS = [
  'Object', 'Function', 'Array', 'Number', 'Boolean', 'String', 'Symbol', 'BigInt', 'Math', 'JSON', 'Reflect', 'Promise', 'Proxy', 'Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef',
  'RegExp', 'Date', 'Error', 'TypeError', 'RangeError', 'SyntaxError', 'EvalError', 'ReferenceError', 'URIError', 'AggregateError', 'ArrayBuffer', 'SharedArrayBuffer', 'DataView', 'Atomics', 'Iterator',
  'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float16Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array',
  'Buffer', 'FinalizationRegistry',
] as const;
const FUNCTIONS = ['parseInt', 'parseFloat', 'isNaN', 'isFinite'] as const;

/** What a verdict is computed with on nearly every line. */
const OFTEN = /^(Math|Number|Object|Reflect|JSON|Array\.prototype|Map\.prototype|Set\.prototype|WeakMap\.prototype|Promise\.prototype|Function\.prototype|String\.prototype|RegExp\.prototype|TypedArray\.prototype|globalThis)[.[]/;

/**
 * From now on tampering is looked for.
 *
 * @param found called with the name of what was replaced: 'Array.prototype.some'; it does not return
 */
export function watchTampering(found: OnTampering): void {
  onTampering = found;
  keysEverywhere = ownKeys(Object.prototype).length;
  const everywhere = globalThis as unknown as Record<string, unknown>;
  watch('globalThis', globalThis, { only: [...OBJECTS, ...FUNCTIONS].filter((name) => name in everywhere && !HELD_BINDINGS.has(name)), ownPrototype: false });
  for (const name of OBJECTS) {
    const owner = everywhere[name];
    if (owner === null || (typeof owner !== 'object' && typeof owner !== 'function')) continue;
    watch(name, owner);
    const prototype = Reflect.get(owner, 'prototype') as unknown;
    if (typeof prototype === 'object' && prototype !== null) watch(`${name}.prototype`, prototype, { isClosed: name === 'Object' });
  }
  watch('Function.prototype', Function.prototype);
  for (const [name, owner] of hiddenObjects()) watch(name, owner);
}

/** What no global names. */
function hiddenObjects(): readonly [string, object][] {
  const typed = getPrototypeOf(Int8Array) as { readonly prototype: object };
  const iterators: [string, object][] = [
    ['Array Iterator', getPrototypeOf([][Symbol.iterator]()) as object],
    ['Map Iterator', getPrototypeOf(new Map()[Symbol.iterator]()) as object],
    ['Set Iterator', getPrototypeOf(new Set()[Symbol.iterator]()) as object],
    ['String Iterator', getPrototypeOf(''[Symbol.iterator]()) as object],
    ['RegExp String Iterator', getPrototypeOf(''.matchAll(/a/g)) as object],
    ['Iterator.prototype', getPrototypeOf(getPrototypeOf([][Symbol.iterator]()) as object) as object],
    ['Generator.prototype', getPrototypeOf(getPrototypeOf((function* () {})()) as object) as object],
  ];
  return [['TypedArray', typed], ['TypedArray.prototype', typed.prototype], ...iterators];
}

/** The parts of a copy of TensorFlow.js that every number goes through, once losscheck has made its own changes. */
export function watchCopy(name: string, core: Tf, internals: EngineInternals): void {
  if (onTampering === null) return;
  for (const [part, owner] of [
    ['Tensor', core.Tensor], ['Variable', core.Variable], ['TensorBuffer', core.TensorBuffer],
  ] as const) watch(`${name}.${part}.prototype`, owner.prototype as object);
  watch(`${name}.engine()`, internals, { only: [...functionsOf(internals), 'state', 'backendInstance', 'registry'], isReached: true });
  const backend = core.backend() as unknown as object;
  watch(`${name}.backend()`, backend, { only: functionsOf(backend), isReached: true });
  for (const [part, instance] of [['engine()', internals as object], ['backend()', backend]] as const) {
    for (let owner = getPrototypeOf(instance); owner !== null && owner !== Object.prototype; owner = getPrototypeOf(owner)) watch(`${name}.${part}`, owner);
  }
}

/** What a module gets for an import: a function that it replaces there is replaced for all who import it. */
export function watchNamespace<T extends object>(name: string, namespace: T): T {
  if (onTampering !== null) watch(name, namespace, { only: ownKeys(namespace).filter((key) => typeof getOwnPropertyDescriptor(namespace, key)?.value === 'function'), ownPrototype: false });
  return namespace;
}

/** Methods, of the object itself and inherited ones, which the object could come to hide. */
function functionsOf(owner: object): readonly PropertyKey[] {
  const found: PropertyKey[] = [];
  for (let each: object | null = owner; each !== null && each !== Object.prototype; each = getPrototypeOf(each)) {
    for (const key of ownKeys(each)) if (typeof getOwnPropertyDescriptor(each, key)?.value === 'function' && !found.includes(key)) found.push(key);
  }
  return found;
}

interface How {
  readonly only?: readonly PropertyKey[];
  readonly isClosed?: boolean;
  readonly ownPrototype?: boolean;
  readonly isReached?: boolean;
}

const ABSENT: PropertyDescriptor = { value: undefined, writable: false };

function watch(name: string, owner: object, { only, isClosed = false, ownPrototype = true, isReached = false }: How = {}): void {
  const keys = (only ?? ownKeys(owner)).filter((key) => !FREE.has(`${name}.${String(key)}`));
  const members = keys.map((key) => memberOf(owner, key, isReached) ?? ABSENT);
  watched.push({ name, owner, prototype: ownPrototype ? getPrototypeOf(owner) : null, keys, members, isClosed, isReached });
  keys.forEach((key, index) => {
    const member = members[index];
    if (member === undefined || member === ABSENT || !('value' in member) || !OFTEN.test(nameOf(name, key))) return;
    held.push({ name: nameOf(name, key), owner: owner as Record<PropertyKey, unknown>, key, value: member.value });
  });
}

function nameOf(owner: string, key: PropertyKey): string {
  return typeof key === 'symbol' ? `${owner}[${key.description ?? 'a symbol'}]` : `${owner}.${String(key)}`;
}

/** After each call of a loss: what nearly every line of the judge uses. */
export function lookQuickly(): void {
  if (onTampering === null) return;
  const { length } = held;
  for (let index = 0; index < length; index++) {
    const { owner, key, value, name } = held[index] as Held;
    if (owner[key] !== value && !is(owner[key], value)) onTampering(spoken(name));
  }
  const everywhere = ownKeys(Object.prototype);
  if (everywhere.length > keysEverywhere) onTampering(nameOf('Object.prototype', everywhere[everywhere.length - 1] as PropertyKey));
}

/** Before anything is said about a loss: everything. */
export function lookThoroughly(): void {
  if (onTampering === null) return;
  const { length } = watched;
  for (let index = 0; index < length; index++) {
    const changed = changeOf(watched[index] as Watched);
    if (changed !== null) onTampering(spoken(changed));
  }
}

function changeOf({ name, owner, prototype, keys, members, isClosed, isReached }: Watched): string | null {
  const { length } = keys;
  for (let index = 0; index < length; index++) {
    const key = keys[index] as PropertyKey;
    const before = members[index] as PropertyDescriptor;
    if (!isSame(before, memberOf(owner, key, isReached))) return nameOf(name, key);
  }
  if (prototype !== null && getPrototypeOf(owner) !== prototype) return `the prototype of ${name}`;
  if (!isClosed) return null;
  const all = ownKeys(owner);
  return all.length > length ? nameOf(name, all[all.length - 1] as PropertyKey) : null;
}

function memberOf(owner: object, key: PropertyKey, isReached: boolean): PropertyDescriptor | undefined {
  return isReached ? { value: get(owner, key) as unknown } : getOwnPropertyDescriptor(owner, key);
}

function isSame(before: PropertyDescriptor, now: PropertyDescriptor | undefined): boolean {
  if (now === undefined) return before === ABSENT;
  return before !== ABSENT && is(before.value, now.value) && before.get === now.get && before.set === now.set;
}

/** Something that was replaced while a loss ran, as its own watch saw it. */
export function reportTampering(what: string): void {
  onTampering?.(what);
}

function spoken(name: string): string {
  return name.replace(/^globalThis\./, '');
}
