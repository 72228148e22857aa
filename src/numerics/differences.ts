/** Derivatives along many coordinates at once, each with a bound: what `differentiate` does, side by side. */

import { answer, differenceSteps, defaultStep, type Difference } from './difference.ts';
import { smoothLadders, type BothSides, type Differences, type EvaluateMany, type ManyOptions } from './ladders.ts';
import { shortLadders } from './short-ladders.ts';
export type { Differences } from './ladders.ts';
import type { Sampling } from './ladder.ts';

/**
 * `differentiate` at every x, with the same results: coordinates with room on both sides and an ordinary ladder run
 * in step with each other, all others by themselves, in step as far as they ask for values at the same time.
 */
export function differentiateMany(evaluate: EvaluateMany, xs: Float64Array, options: ManyOptions): Differences {
  const differences: Differences = {
    value: new Float64Array(xs.length).fill(NaN),
    errorBound: new Float64Array(xs.length).fill(Infinity),
    scale: new Float64Array(xs.length),
    step: new Float64Array(xs.length),
    flat: new Uint8Array(xs.length),
    oneSided: new Uint8Array(xs.length),
  };
  const { lower, upper, magnitudes, isChange } = options;
  const roomy = new Int32Array(xs.length);
  let room = 0;
  const others: number[] = [];
  for (let index = 0; index < xs.length; index++) {
    const x = xs[index] ?? NaN;
    const step = defaultStep(x);
    if (Number.isFinite(x) && x - lower >= step && upper - x >= step) roomy[room++] = index;
    else others.push(index);
  }
  const known = firstRungs(evaluate, xs, roomy.slice(0, room), options.first);
  const rest = shortLadders(known, xs, roomy.subarray(0, room), options, differences);
  for (const index of smoothLadders(evaluate, xs, rest, { ...options, known }, differences)) others.push(index);
  others.sort((a, b) => a - b);
  const steps = others.map((index) => differenceSteps(xs[index] ?? NaN, { lower, upper, magnitude: magnitudes[index] ?? 0, isChange }));
  answerMany(steps, reindexed(evaluate, others)).forEach((difference, at) => note(differences, others[at] ?? 0, difference));
  return differences;
}

/** Values on both sides at the first step and at half of it, in the order of all coordinates. */
function firstRungs(evaluate: EvaluateMany, xs: Float64Array, indices: Int32Array, first: BothSides | null): readonly [BothSides, BothSides] {
  const at = (share: number): Float64Array => {
    const given = new Float64Array(indices.length);
    for (let place = 0; place < given.length; place++) {
      const x = xs[indices[place] ?? 0] ?? NaN;
      given[place] = x + share * defaultStep(x);
    }
    const values = indices.length === 0 ? given : evaluate(indices, given);
    if (indices.length === xs.length) return values;
    const placed = new Float64Array(xs.length);
    for (let place = 0; place < values.length; place++) placed[indices[place] ?? 0] = values[place] ?? NaN;
    return placed;
  };
  return [first ?? { above: at(1), below: at(-1) }, { above: at(0.5), below: at(-0.5) }];
}

/** `evaluate` for a choice of its coordinates, which get numbers of their own. The same numbers give the same array. */
export function reindexed(evaluate: EvaluateMany, chosen: ArrayLike<number>): EvaluateMany {
  const known = new WeakMap<Int32Array, Int32Array>();
  return (indices, given) => {
    const outer = known.get(indices) ?? indices.map((index) => chosen[index] ?? 0);
    known.set(indices, outer);
    return evaluate(outer, given);
  };
}

function note(differences: Differences, index: number, difference: Difference): void {
  if (difference.kind === 'undefined') return;
  differences.value[index] = difference.value;
  differences.errorBound[index] = difference.errorBound;
  differences.scale[index] = difference.scale;
  differences.step[index] = difference.step;
  differences.flat[index] = difference.flat ? 1 : 0;
  differences.oneSided[index] = difference.oneSided === null ? 0 : 1;
}

/**
 * Runs generators that ask for function values side by side: each round answers one question of every generator
 * that is not done.
 */
export function answerMany<T>(steps: readonly Sampling<T>[], evaluate: EvaluateMany): readonly T[] {
  const [only] = steps;
  if (steps.length === 1 && only !== undefined) {
    const self = Int32Array.of(0);
    return [answer((x) => evaluate(self, Float64Array.of(x))[0] ?? NaN, only)];
  }
  const results: T[] = [];
  const states = steps.map((generator) => generator.next());
  let pending = Int32Array.from(steps.keys());
  for (;;) {
    const open = pending.filter((index) => states[index]?.done === false);
    // The same array while nobody is done: whoever evaluates may have planned for it.
    if (open.length < pending.length) pending = open;
    if (pending.length === 0) break;
    const values = evaluate(
      pending,
      Float64Array.from(pending, (index) => Number(states[index]?.value)),
    );
    pending.forEach((index, at) => {
      const next = steps[index]?.next(values[at] ?? NaN);
      if (next !== undefined) states[index] = next;
    });
  }
  for (const state of states) if (state.done === true) results.push(state.value);
  return results;
}
