import { HELD, type Surroundings } from '../contracts/engine.ts';
import { createRandom } from '../numerics/random.ts';
import { lookQuickly, reportTampering } from './tampering.ts';

/** What a module sees while it is imported and its classes are constructed. */
export const WHILE_IMPORTED: Surroundings = { ...HELD, clock: HELD.clock - 1000 };

type OnDraw = (source: 'random' | 'clock') => void;

/** What the outside has, and what is put in its place for good: a module that keeps `const { now } = Date` sees what is held, too. */
const OWN = { Date, random: Math.random, now: performance.now.bind(performance), hrtime: process.hrtime };

interface Hold {
  readonly surroundings: Surroundings;
  readonly onDraw: OnDraw | undefined;
  /** Moves by a millisecond each time it is read, so that no waiting loop is endless. */
  clock: number;
  /** Seeded when the first number is drawn: few losses draw any. */
  draw: (() => number) | null;
}

let held: Hold | null = null;

function random(): number {
  if (held === null) return OWN.random();
  held.onDraw?.('random');
  held.draw ??= createRandom(`losscheck probe ${held.surroundings.random}`);
  return held.draw();
}

/** Milliseconds since 1970. */
function clock(): number {
  if (held === null) return OWN.Date.now();
  held.onDraw?.('clock');
  return held.clock++;
}

/** Milliseconds since the process began; what is held does not tell the two apart. */
function now(): number {
  return held === null ? OWN.now() : clock();
}

const HeldDate = new Proxy(OWN.Date, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [clock()] : args, newTarget) as object,
  get: (target, key, receiver) => (key === 'now' ? clock : Reflect.get(target, key, receiver) as unknown),
});

/** What `tf.util.now()` reads in Node. */
const hrtime: NodeJS.HRTime = Object.assign(
  (since?: [number, number]): [number, number] => {
    if (held === null) return OWN.hrtime(since);
    const [seconds, nanoseconds] = since ?? [0, 0];
    const elapsed = BigInt(clock()) * 1_000_000n - (BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds));
    return [Number(elapsed / 1_000_000_000n), Number(elapsed % 1_000_000_000n)];
  },
  { bigint: () => (held === null ? OWN.hrtime.bigint() : BigInt(clock()) * 1_000_000n) },
);

/** Replaces `Math.random` and the clock; the returned function puts them back. */
export function hold(surroundings: Surroundings, onDraw?: OnDraw): () => void {
  const before = { held, Date: globalThis.Date, random: Math.random, now: performance.now, hrtime: process.hrtime };
  held = { surroundings, onDraw, clock: surroundings.clock, draw: null };
  globalThis.Date = HeldDate;
  Math.random = random;
  performance.now = now;
  process.hrtime = hrtime;
  return () => {
    const replaced = whatWasReplaced();
    held = before.held;
    globalThis.Date = before.Date;
    Math.random = before.random;
    performance.now = before.now;
    process.hrtime = before.hrtime;
    if (replaced !== null) reportTampering(replaced);
    lookQuickly();
  };
}

/** What a module has put in the place of what is held: it would see its own chance and its own time. */
function whatWasReplaced(): string | null {
  if (Math.random !== random) return 'Math.random';
  if (globalThis.Date !== HeldDate) return 'Date';
  if (performance.now !== now) return 'performance.now';
  return process.hrtime === hrtime ? null : 'process.hrtime';
}
