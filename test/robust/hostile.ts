import fc from 'fast-check';
import { EXIT } from '../../src/contracts/errors.ts';
import { describeFailure } from '../../src/cli/failure.ts';

/** Values that code, files and shells may hand to losscheck, and what must become of them. */

/** The same cases each time; another number tries others, and more runs more of them. */
export const RUNS = {
  seed: Number(process.env['LOSSCHECK_ROBUST_SEED'] ?? 20_241_123),
  numRuns: Number(process.env['LOSSCHECK_ROBUST_RUNS'] ?? 10_000),
};

const STACK = /\n\s+at .+:\d+:\d+/;
/** Several problems, a line each, and lists of what is accepted: beyond this nobody reads. */
const LONGEST_MESSAGE = 40_000;
const LONGEST_LINE = 2500;

/** What is wrong with a text that a person gets to read; null for nothing. */
export function complaintAbout(text: string, exitCode: number): string | null {
  const known: readonly number[] = Object.values(EXIT);
  if (exitCode === EXIT.internal) return 'calls itself a bug';
  if (!known.includes(exitCode)) return `ends with the unknown exit code ${exitCode}`;
  if (STACK.test(text)) return 'shows a stack';
  if (exitCode !== EXIT.passed && text.trim() === '') return 'fails without a word';
  if (exitCode !== EXIT.passed && text.length > LONGEST_MESSAGE) return `says ${text.length} letters`;
  if (exitCode !== EXIT.passed && text.split('\n').some((line) => line.length > LONGEST_LINE)) return 'says too much on one line';
  return null;
}

/** @throws for an error that a user would be shown as a bug, or could not read */
export function requireReadable(error: unknown): void {
  const { text, exitCode } = describeFailure(error, false);
  const complaint = complaintAbout(text, exitCode);
  if (complaint !== null) throw new Error(`${complaint}: ${text.slice(0, 400)}`, { cause: error });
}

/** Texts that mean something somewhere, or look like nothing. */
export const oddTexts: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('', ' ', '\n', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'a\nb', '\u001b[31mred\u0007', '\ud800', 'é', 'e\u0301', '\u202eabc', '\u2028', 'NaN', 'Infinity', '-0', '1e999', '0x10', '[', '{"a":', '**', '(((', '{a,b}', '!x', '../..', '#', 'a#', '#b', '%41', 'huber', 'x'.repeat(5000)),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

const throwing = { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail };

function fail(): never {
  throw new Error('a trap');
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function cyclic(): object {
  const array: unknown[] = [];
  array.push(array);
  return { array, get self() { return array; } };
}

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { value };
  return value;
}

class Instance {
  readonly domain = 'real';
  readonly shape = [2];
  readonly rtol = 1e-3;
}

/** Made anew for each case: a test that changes one must not change the next. */
const MAKERS: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => true,
  () => NaN,
  () => Infinity,
  () => -0,
  () => -1,
  () => 0.5,
  () => 1e308,
  () => 2 ** 53,
  () => 1n,
  () => Symbol('odd'),
  () => ({}),
  () => [],
  () => [[]],
  () => ({ get domain() { return fail(); } }),
  () => ({ get shape() { throw null; } }),
  () => new Proxy({}, { get: (_, key) => (key === 'then' ? fail() : undefined) }),
  () => new Proxy({}, throwing),
  () => new Proxy([], throwing),
  () => new Proxy(() => 1, throwing),
  () => revoked({}),
  () => revoked([]),
  () => revoked(() => 1),
  cyclic,
  () => deep(50),
  () => deep(3000),
  () => Array.from({ length: 3 }),
  () => Reflect.construct(Array, [4_000_000_000]) as unknown,
  () => Array.from({ length: 3000 }, (_, index) => index),
  () => ({ [Symbol('key')]: 1 }),
  () => Object.create(null) as unknown,
  () => JSON.parse('{"__proto__": {"domain": "real"}, "constructor": 1}') as unknown,
  () => new Map([['a', 1]]),
  () => new Set([1]),
  () => new Date(NaN),
  () => /x/g,
  () => new Float32Array(3),
  () => new Error('an error'),
  () => new Instance(),
  () => Instance,
  () => new Promise(() => {}),
  () => () => 1,
  () => fail,
  () => function* generator() { yield 1; },
  () => ({ min: NaN, max: 1 }),
  () => ({ min: 2, max: 1 }),
  () => ({ min: -1e308, max: 1.7e308 }),
  () => [1e9, 1e9],
  () => [NaN],
  () => [-1, 0],
  () => ['8', '4'],
  () => [[1, 2], [3]],
];

/** How to make a value: a generator must not touch what throws when it is touched. */
export interface Recipe {
  /** For who reads what failed. */
  readonly note: string;
  readonly make: () => unknown;
}

function recipe(value: unknown): Recipe {
  return { note: fc.stringify(value), make: () => value };
}

export const hostile: fc.Arbitrary<Recipe> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...MAKERS.map((make) => ({ note: make.toString(), make }))) },
  { weight: 2, arbitrary: oddTexts.map(recipe) },
  { weight: 1, arbitrary: fc.anything({ maxDepth: 3, withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true, withTypedArray: true }).map(recipe) },
);

/** A change to one place of a value that is right: most mistakes are one. */
interface Change {
  readonly pick: readonly number[];
  readonly how: 'replace' | 'remove' | 'rename' | 'add';
  readonly name: string;
  readonly value: Recipe;
}

const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.record({
    pick: fc.array(fc.nat(20), { minLength: 1, maxLength: 5 }),
    how: fc.constantFrom('replace' as const, 'replace' as const, 'remove' as const, 'rename' as const, 'add' as const),
    name: oddTexts,
    value: hostile,
  }),
  { minLength: 1, maxLength: 3 },
);

/** Values near `made()`, and some that are far from it. */
export function near(made: () => unknown): fc.Arbitrary<Recipe> {
  const mutated = changes.map((list): Recipe => ({ note: fc.stringify(list), make: () => list.reduce<unknown>((value, change) => changed(value, change, 0), made()) }));
  return fc.oneof({ weight: 8, arbitrary: mutated }, { weight: 2, arbitrary: hostile });
}

/** @param level how far down the way that `pick` describes */
function changed(value: unknown, change: Change, level: number): unknown {
  const step = change.pick[level];
  if (step === undefined || !isPlain(value)) return change.value.make();
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return change.value.make();
  const isLast = level === change.pick.length - 1;
  if (!isLast && isPlain(value[key])) return withField(value, key, changed(value[key], change, level + 1));
  if (change.how === 'replace') return withField(value, key, change.value.make());
  if (change.how === 'add') return withField(value, change.name, change.value.make());
  const rest = Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  return change.how === 'remove' ? like(value, rest) : like(value, { ...rest, [change.name]: value[key] });
}

function withField(value: Readonly<Record<string, unknown>>, key: string, field: unknown): unknown {
  return like(value, Object.fromEntries([...Object.entries(value).filter(([name]) => name !== key), [key, field]]));
}

function like(original: unknown, fields: Readonly<Record<string, unknown>>): unknown {
  return Array.isArray(original) ? Object.values(fields) : fields;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    if (Array.isArray(value) ? value.length > 100 : Object.getPrototypeOf(value) !== Object.prototype) return false;
    return Object.values(Object.getOwnPropertyDescriptors(value)).every((descriptor) => 'value' in descriptor);
  } catch {
    return false;
  }
}
