import { defineCheck, type CheckContext, type CheckOutcome, type Finding } from '../contracts/check.ts';
import { unravel } from '../contracts/tensor.ts';
import { digitsLeft, distance, isCoarse, ulp32 } from '../numerics/precision.ts';
import { blameLostGradient, blameLostValue, type LostBy, type Traces } from './blame/lost-digits.ts';
import { conclude, finding, skip } from './finding.ts';
import { nonFinite, showPoint } from './point.ts';
import { digitsEvidence } from './digits/evidence.ts';
import { affordable, judgeAll, type Judged, type Lost, type Tracer } from './digits/judge.ts';
import { placesOf, type Place } from './digits/points.ts';
import { readingAt, worstEntry, type Quantity } from './digits/readings.ts';

/** A domain with fewer float32 numbers than 2 to this power is known to three digits of its width. */
const COARSE_BITS = 10;

/** Nothing of a float32 number is left. */
const ALL_BITS = 24;

/** Does float32 keep enough digits of value and gradient against float64? */
export const precision = defineCheck({
  id: 'precision',
  title: 'enough digits in float32',
  severity: 'warning',
  precision: 32,
  run(context): CheckOutcome {
    const samples = context.samples.slice(0, affordable(context, context.samples.length));
    const places = placesOf(context, samples);
    const traced = tracer(context);
    const readings = places.map((place) => readingAt(context, place)).filter(({ pairs }) => pairs.has(null));
    if (!readings.some(({ place }) => place.kind === 'sample')) return unreadable(context, places, traced);
    const judged = judgeAll(context, readings, traced);
    if (judged.some(({ worst }) => worst !== null && !isRepeatable(worst, traced))) {
      return { status: 'inconclusive', summary: 'the loss changes from call to call: see determinism', metrics: {}, findings: [] };
    }
    const [value, ...gradients] = judged.map(({ bits }) => bits);
    const valueBits = value ?? 0;
    const gradientBits = Math.max(0, ...gradients);
    const ofGradient = gradients.length > 0 ? `, ${digits(gradientBits)} of the gradient` : '';
    const points = readings.length === 1 ? '1 point' : `${readings.length} points`;
    const summary = `float32 keeps ${digits(valueBits)} digits of the value${ofGradient} (${points})`;
    const metrics = gradients.length > 0 ? { valueBits, gradientBits } : { valueBits };
    const evidence = context.details && context.source.stateWrites().length === 0 ? digitsEvidence(context, readings, judged) : [];
    return { ...conclude([...lostDigits(judged, traced), ...coarseInputs(context)], summary, metrics), ...(evidence.length > 0 ? { evidence } : {}) };
  },
});

function digits(bits: number): string {
  return digitsLeft(bits).toFixed(1);
}

/** Why no sample has a finite value in both precisions. */
function unreadable({ reference, production }: CheckContext, places: readonly Place[], traced: Tracer): CheckOutcome {
  const samples = places.filter(({ kind }) => kind === 'sample');
  const exact = samples.flatMap((place) => {
    const evaluation = reference.value(place.point);
    return evaluation.kind === 'tensor' ? [{ place, tensor: evaluation.tensor }] : [];
  });
  if (exact.length === 0) return skip('there is no tensor to look at: see scalar-output');
  if (exact.every(({ tensor }) => tensor.dtype !== 'float32')) return skip('the loss is not a floating-point number: see scalar-output');
  const first = exact.find(({ tensor }) => nonFinite(tensor.data) === null);
  if (first === undefined) return skip('the value is not finite at any sample: see scalar-output');
  const single = production.value(first.place.point);
  if (single.kind === 'tensor') {
    const pair = { single: single.tensor, exact: first.tensor };
    const by = blameLostValue(traced(first.place));
    // The root of a variance that comes out below zero: not a number, for want of digits.
    if (by.op !== null) return conclude([lostFinding(null, { at: { place: first.place, pairs: new Map() }, pair, bits: ALL_BITS }, by)], '', { valueBits: ALL_BITS });
  }
  const reason = single.kind === 'threw' ? `throws: ${single.error.message}` : 'gives no finite value at any sample: see edge-stability';
  return { status: 'inconclusive', summary: `float32 on ${production.engine.backend} ${reason}`, metrics: {}, findings: [] };
}

/**
 * Traces with the slopes of every number, targets included: digits may be lost on the way of a target too.
 * An operation without a derivative on such a way makes them fail; then those of predictions must do.
 */
function tracer({ reference, production, differentiable }: CheckContext): Tracer {
  const known = new Map<Place, Traces>();
  return (place) => {
    const before = known.get(place);
    if (before !== undefined) return before;
    const floats = Object.entries(place.point).flatMap(([name, { dtype }]) => (dtype === 'float32' ? [name] : []));
    const whole = reference.trace(place.point, floats);
    const names = whole.gradients === null ? differentiable : floats;
    const exact = whole.gradients === null ? reference.trace(place.point, names) : whole;
    const traces = { exact, single: production.trace(place.point, names) };
    known.set(place, traces);
    return traces;
  };
}

/** A loss that gives another value for the same point counts its calls, and each engine was called its own number of times. */
function isRepeatable({ at }: Lost, traced: Tracer): boolean {
  const before = at.pairs.get(null);
  const { exact, single } = traced(at.place);
  if (before === undefined || exact.evaluation.kind !== 'tensor' || single.evaluation.kind !== 'tensor') return false;
  return distance(before.exact.data, exact.evaluation.tensor.data) === 0 && distance(before.single.data, single.evaluation.tensor.data) === 0;
}

/** One finding for each cause: the value before the gradient, and one input before another. */
function lostDigits(judged: readonly Judged[], traced: Tracer): readonly Finding[] {
  const causes = new Set<string | null>();
  return judged.flatMap(({ quantity, worst }) => {
    if (worst === null) return [];
    const traces = traced(worst.at.place);
    const by = quantity === null ? blameLostValue(traces) : blameLostGradient(traces, quantity);
    // What no line can be found for is what the first line has done.
    const cause = by.location === null ? null : `${by.location.file}:${by.location.line}`;
    if (causes.size > 0 && (cause === null || causes.has(cause))) return [];
    causes.add(cause);
    return [lostFinding(quantity, worst, by)];
  });
}

function lostFinding(quantity: Quantity, { at, pair, bits }: Lost, { op, location, diverged }: LostBy): Finding {
  const position = worstEntry(pair);
  const data = {
    bits,
    digits: digitsLeft(bits),
    op,
    diverged,
    float32: pair.single.data[position] ?? NaN,
    float64: pair.exact.data[position] ?? NaN,
    at: at.place.label,
    point: showPoint(at.place.point),
  };
  const where = { severity: 'warning', location, op } as const;
  if (quantity === null) return finding('lost-value-digits', data, where);
  return finding('lost-gradient-digits', { ...data, input: quantity, index: unravel(position, pair.exact.shape) }, where);
}

/** Inputs whose declared values float32 can hardly tell apart. */
function coarseInputs({ inputs }: CheckContext): readonly Finding[] {
  return inputs.flatMap(({ name, domain }) => {
    if (typeof domain !== 'object' || !isCoarse(domain.min, domain.max, COARSE_BITS)) return [];
    const spacing = ulp32(Math.max(Math.abs(domain.min), Math.abs(domain.max)));
    return [finding('coarse-input', { input: name, min: domain.min, max: domain.max, spacing }, { severity: 'info' })];
  });
}
