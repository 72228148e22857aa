import { defineCheck, type CheckContext, type CheckOutcome, type Finding } from '../contracts/check.ts';
import { HELD, type LossProbe, type Surroundings, type Trace, type TraceDraw } from '../contracts/engine.ts';
import type { Point } from '../contracts/tensor.ts';
import type { Blamed } from './blame/non-finite.ts';
import { blameDraw, blameState, type BlamedState } from './blame/outside.ts';
import { conclude, finding, skip } from './finding.ts';
import { callsWithin, freshPoint, lopsidedPoint } from './fresh-point.ts';
import { showPoint } from './point.ts';
import { differenceBetween, type Answer, type Difference } from './same-bits.ts';

/** Elements times calls: what keeps a loss of half a million elements to a few calls. */
const MAX_WORK = 2 ** 16;

/** Calls at the same inputs: state that comes in at every n-th call shows up to an n of this. */
const REPEATS = 20;

/** Other random numbers, and other times, for a loss that asks for them. A branch that is taken once in ten is missed once in a thousand. */
const VARIATIONS = 64;

/** In so many of them the gradient is compared as well; what only the gradient draws is seldom behind a branch. */
const GRADIENT_VARIATIONS = 6;

/** Passes through seconds, minutes, hours, days of the week and months alike. */
const CLOCK_STEP = 13 * 86_400_000 + 5 * 3_600_000 + 7 * 60_000 + 11_337;

/** Before and after any time that the module can have noted when it was imported. */
const FAR_CLOCKS = [Date.UTC(2200, 0, 1), 0] as const;

/** All of it changed at once: where this changes nothing, nothing is followed. */
const CHANGED: Surroundings = { random: 1, clock: FAR_CLOCKS[0] };

/** Pairs of calls in which state that was seen is looked for once more, with every operation recorded. */
const SEARCHES = 32;

/** After so many the line that uses the state has to do. */
const SEARCHES_FOR_WRITE = 6;

/** Same input, same bits: value and gradient, from call to call and in a module that nobody has used. */
export const determinism = defineCheck({
  id: 'determinism',
  title: 'same inputs, same bits',
  severity: 'error',
  precision: 64,
  run(context): CheckOutcome {
    const place = placeOf(context);
    const { kind } = place.start.evaluation;
    if (kind === 'not-a-tensor') return skip('there is no tensor to compare: see scalar-output');
    if (kind === 'threw') {
      // A cache that was not kept, say: only the very first call succeeds.
      const spent = keptSinceFresh(context, [{ point: place.point, answer: place.start }]);
      return spent === null ? skip('the loss throws: see scalar-output') : conclude([spent], '');
    }
    const calls = place.repeats + 2;
    const summary = `the same in ${calls} calls, with other random numbers, at other times and in a fresh module`;
    return conclude(judge(context, place), summary, { calls });
  },
});

interface Place {
  readonly point: Point;
  /** The first call there. */
  readonly start: Trace;
  /** Other points, which are called in between. */
  readonly others: readonly Point[];
  /** Further calls one after the other; a large loss is spared them and only called again later. */
  readonly repeats: number;
}

function placeOf(context: CheckContext): Place {
  const point = context.samples[0]?.point ?? {};
  const repeats = callsWithin(MAX_WORK, point, REPEATS) - 1;
  const samples = context.samples.slice(1, 2 + repeats).map((sample) => sample.point);
  const others = samples.length > 0 ? samples : [freshPoint(context, 'another batch', 'moved')];
  return { point, start: traceAt(context.reference, context, point), others, repeats };
}

function judge(context: CheckContext, place: Place): readonly Finding[] {
  const moved = movedByRepeats(context, place);
  if (moved !== null) return [stateBetweenCalls(context, place, moved)];
  const answers = place.others.map((point) => ({ point, answer: answerAt(context, point) }));
  const movedByOthers = differenceBetween(place.start, answerAt(context, place.point));
  if (movedByOthers !== null) return [stateBetweenCalls(context, place, movedByOthers)];
  // At other points the loss may ask for what it did not ask for at the first.
  const following = answers.filter(({ point, answer }) => differenceBetween(answer, answerAt(context, point, CHANGED)) !== null);
  const sources = ['random', 'clock'] as const;
  const drawn = sources.flatMap((source) => drawsAt(context, place, following, source));
  const state = drawn.find(({ code }) => code === 'hidden-state');
  if (state !== undefined) return [state];
  const first = lopsidedPoint(context, place.others[0] ?? place.point);
  const kept = keptSinceFresh(context, [{ point: first, answer: answerAt(context, first) }, { point: place.point, answer: place.start }]);
  return kept === null ? drawn : [...drawn, kept];
}

function answerAt({ reference, differentiable }: CheckContext, point: Point, surroundings: Surroundings = HELD): Answer {
  return reference.gradient(point, differentiable, { surroundings });
}

/** A fraction of the work, for where many calls are needed. */
function valueAt({ reference }: CheckContext, point: Point, surroundings: Surroundings = HELD): Answer {
  return valueOnly(reference.gradient(point, [], { surroundings }));
}

function valueOnly({ evaluation }: Answer): Answer {
  return { evaluation, gradients: null };
}

function traceAt(probe: LossProbe, { differentiable }: CheckContext, point: Point, surroundings: Surroundings = HELD): Trace {
  return probe.trace(point, differentiable, { surroundings });
}

/** The first difference among calls at the same inputs. */
function movedByRepeats(context: CheckContext, { point, start, repeats }: Place): Difference | null {
  for (let call = 0; call < repeats; call++) {
    const difference = call === 0 ? differenceBetween(start, answerAt(context, point)) : differenceBetween(valueOnly(start), valueAt(context, point));
    if (difference !== null) return difference;
  }
  return null;
}

function stateBetweenCalls(context: CheckContext, place: Place, difference: Difference): Finding {
  const data = { ...difference, between: 'calls' as const, point: showPoint(place.point) };
  return finding('hidden-state', data, written(context, searchState(context, place, difference.what)));
}

/**
 * A run shows where plain numbers come in, not where they were put away: the source does. Of several writes the
 * last before the line that uses the state.
 */
function written({ source }: CheckContext, where: BlamedState): Pick<Blamed, 'op' | 'location'> {
  const { location } = where;
  if (where.isWrite || location === null) return where;
  const writes = source.stateWrites().filter(({ file }) => file === location.file);
  const write = writes.findLast(({ line }) => line <= location.line) ?? writes[0];
  return write === undefined ? where : { op: null, location: write };
}

/**
 * The state moves on as it is looked for: what shows it is whichever recorded call differs from one before.
 * The line that puts it away says more than the line that uses it, and may need a few calls to show.
 */
function searchState(context: CheckContext, { point, start, others }: Place, what: Difference['what']): BlamedState {
  const recorded: Trace[] = [start];
  let used: BlamedState | null = null;
  let previous = start;
  for (let search = 0; search < SEARCHES; search++) {
    const other = others[search % 2];
    if (other !== undefined) recorded.push(traceAt(context.reference, context, other));
    const later = traceAt(context.reference, context, point);
    recorded.push(later);
    for (const before of [start, previous]) {
      if (differenceBetween(before, later) === null) continue;
      const state = blameState(before, later, recorded, what);
      if (state.isWrite) return state;
      used ??= state;
    }
    if (used !== null && search >= SEARCHES_FOR_WRITE) return used;
    previous = later;
  }
  return used ?? blameState(start, traceAt(context.fresh, context, point), recorded, what);
}

/** What a loss answered at a point while everything was held. */
interface Held {
  readonly point: Point;
  readonly answer: Answer;
}

/** Surroundings in which the answer is another. */
interface Followed extends Held {
  readonly surroundings: Surroundings;
  readonly difference: Difference;
}

type Source = TraceDraw['source'];

const CODES = { random: 'unseeded-randomness', clock: 'clock-dependence' } as const;

/** Does the loss follow random numbers, or the clock? */
function drawsAt(context: CheckContext, place: Place, others: readonly Held[], source: Source): readonly Finding[] {
  const followed = followedHere(context, place, source) ?? followedElsewhere(context, others, source);
  if (followed === null) return [];
  const { point, answer, surroundings, difference } = followed;
  // State that comes in at every n-th call comes in under changed surroundings too.
  const moved = differenceBetween(answer, answerAt(context, point));
  if (moved !== null) return [stateBetweenCalls(context, place, moved)];
  const held = traceAt(context.reference, context, point);
  const changed = traceAt(context.reference, context, point, surroundings);
  return [finding(CODES[source], { ...difference, point: showPoint(point) }, blameDraw(held, changed, source, difference.what))];
}

/** A loss that was seen to ask for neither cannot follow them. */
function followedHere(context: CheckContext, { point, start }: Place, source: Source): Followed | null {
  if (start.draws.length === 0) return null;
  for (const [index, surroundings] of variationsOf(source, callsWithin(MAX_WORK, point, VARIATIONS)).entries()) {
    const difference =
      index < GRADIENT_VARIATIONS
        ? differenceBetween(start, answerAt(context, point, surroundings))
        : differenceBetween(valueOnly(start), valueAt(context, point, surroundings));
    if (difference !== null) return { point, answer: start, surroundings, difference };
  }
  return null;
}

function followedElsewhere(context: CheckContext, others: readonly Held[], source: Source): Followed | null {
  for (const { point, answer } of others) {
    const [surroundings = HELD] = variationsOf(source, 1);
    const difference = differenceBetween(answer, answerAt(context, point, surroundings));
    if (difference !== null) return { point, answer, surroundings, difference };
  }
  return null;
}

function variationsOf(source: Source, count: number): readonly Surroundings[] {
  return Array.from({ length: count }, (_, index) =>
    source === 'random' ? { ...HELD, random: index + 1 } : { ...HELD, clock: FAR_CLOCKS[index] ?? HELD.clock + (index + 1) * CLOCK_STEP },
  );
}

/** A module that nobody has called, against the one that every check has used; at one point after the other. */
function keptSinceFresh(context: CheckContext, calls: readonly Held[]): Finding | null {
  const earlier: Trace[] = [];
  for (const { point, answer } of calls) {
    const fresh = traceAt(context.fresh, context, point);
    const difference = differenceBetween(answer, fresh);
    if (difference !== null) {
      const where = blameState(traceAt(context.reference, context, point), fresh, [...earlier, fresh], difference.what);
      return finding('hidden-state', { ...difference, between: 'fresh and used', point: showPoint(point) }, written(context, where));
    }
    earlier.push(fresh);
  }
  return null;
}
