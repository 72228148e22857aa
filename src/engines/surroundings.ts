import { HELD, type Surroundings } from '../contracts/engine.ts';
import { createRandom } from '../numerics/random.ts';

/** What a module sees while it is imported and its classes are constructed. */
export const WHILE_IMPORTED: Surroundings = { ...HELD, clock: HELD.clock - 1000 };

type OnDraw = (source: 'random' | 'clock') => void;

const ownRandom = Math.random;
let draw: () => number = ownRandom;

/** One function for good: a module that keeps `const random = Math.random` draws what is held, too. */
function heldRandom(): number {
  return draw();
}

/** Replaces `Math.random` and the clock; the returned function puts them back. */
export function hold({ random, clock }: Surroundings, onDraw: OnDraw = () => {}): () => void {
  const before = { draw, random: Math.random };
  const seeded = createRandom(`losscheck probe ${random}`);
  draw = () => {
    onDraw('random');
    return seeded();
  };
  Math.random = heldRandom;
  const startClock = holdClock(clock, onDraw);
  return () => {
    draw = before.draw;
    Math.random = before.random;
    startClock();
  };
}

/** A clock that is set; it moves by a millisecond each time it is read, so that no waiting loop is endless. */
function holdClock(start: number, onDraw: OnDraw): () => void {
  const own = { Date, now: performance.now, hrtime: process.hrtime };
  let time = start;
  const read = (): number => {
    onDraw('clock');
    return time++;
  };
  globalThis.Date = new Proxy(own.Date, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [read()] : args, newTarget) as object,
    get: (target, key, receiver) => (key === 'now' ? read : Reflect.get(target, key, receiver) as unknown),
  });
  performance.now = read;
  process.hrtime = hrtimeFrom(read);
  return () => {
    globalThis.Date = own.Date;
    performance.now = own.now;
    process.hrtime = own.hrtime;
  };
}

/** What `tf.util.now()` reads in Node. */
function hrtimeFrom(milliseconds: () => number): NodeJS.HRTime {
  const hrtime = ([seconds, nanoseconds]: [number, number] = [0, 0]): [number, number] => {
    const elapsed = BigInt(milliseconds()) * 1_000_000n - (BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds));
    return [Number(elapsed / 1_000_000_000n), Number(elapsed % 1_000_000_000n)];
  };
  return Object.assign(hrtime, { bigint: () => BigInt(milliseconds()) * 1_000_000n });
}
