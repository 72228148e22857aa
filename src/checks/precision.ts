import { defineCheck, type CheckContext, type CheckOutcome, type Finding } from '../contracts/check.ts';
import type { BackendNumbers } from '../contracts/findings.ts';
import { unravel } from '../contracts/tensor.ts';
import { digitsLeft, isCoarse, ulp32 } from '../numerics/precision.ts';
import { blameLostGradient, blameLostValue, type LostBy } from './blame/lost-digits.ts';
import { otherResult } from './blame/other-result.ts';
import { conclude, finding, skip } from './finding.ts';
import { kernelMissingIn } from './missing-kernel.ts';
import { nonFinite, showPoint } from './point.ts';
import { differencesOf, digitsOn, type Difference, type OnBackend } from './digits/backends.ts';
import { digitsEvidence } from './digits/evidence.ts';
import { affordable, type Judged, type Lost, type Tracer } from './digits/judge.ts';
import { placesOf, type Place } from './digits/points.ts';
import { worstEntry, type Quantity } from './digits/readings.ts';
import { isRepeatable } from './digits/tracer.ts';

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
    const production = digitsOn(context, context.production, places);
    const { readings, traced, judged } = production;
    if (judged === null) return unreadable(context, places, traced);
    const all = [production, ...context.others.map((probe) => digitsOn(context, probe, places))];
    const isChanging = (on: OnBackend): boolean => on.judged?.some(({ worst }) => worst !== null && !isRepeatable(worst, on.traced)) === true;
    if (all.some(isChanging)) {
      return { status: 'inconclusive', summary: 'the loss changes from call to call: see determinism', metrics: {}, findings: [] };
    }
    const { valueBits, gradientBits } = bitsOn(production);
    const metrics = gradientBits === null ? { valueBits } : { valueBits, gradientBits };
    const evidence = context.details && context.source.stateWrites().length === 0 ? digitsEvidence(context, readings, judged) : [];
    const outcome = conclude([...lostDigits(judged, traced, differencesOf(all)), ...coarseInputs(context)], describeDigits(all), metrics);
    return { ...undecidedOn(all, places, outcome), ...(evidence.length > 0 ? { evidence } : {}) };
  },
});

/** Bits lost on one backend; null where no gradient was read. */
function bitsOn({ judged }: OnBackend): { readonly valueBits: number; readonly gradientBits: number | null } {
  const [value, ...gradients] = (judged ?? []).map(({ bits }) => bits);
  return { valueBits: value ?? 0, gradientBits: gradients.length > 0 ? Math.max(0, ...gradients) : null };
}

/** The fewest digits that any of the backends keeps, and which those are where there are several. */
function describeDigits(all: readonly OnBackend[]): string {
  const read = all.filter(({ judged }) => judged !== null);
  const bits = read.map(bitsOn);
  const gradients = bits.flatMap(({ gradientBits }) => gradientBits ?? []);
  const ofGradient = gradients.length > 0 ? `, ${digits(Math.max(...gradients))} of the gradient` : '';
  const count = all[0]?.readings.length ?? 0;
  const on = all.length === 1 ? '' : ` on ${read.map(({ probe }) => probe.engine.backend).join(', ')}`;
  return `float32${on} keeps ${digits(Math.max(...bits.map(({ valueBits }) => valueBits)))} digits of the value${ofGradient} (${count === 1 ? '1 point' : `${count} points`})`;
}

/** Where nothing was found, one of the backends that are compared may not have been looked at; a missing kernel is told elsewhere. */
function undecidedOn(all: readonly OnBackend[], places: readonly Place[], outcome: CheckOutcome): CheckOutcome {
  const first = places.find(({ kind }) => kind === 'sample');
  const blind = all.find(({ probe, judged }) => judged === null && first !== undefined && kernelMissingIn(probe.gradient(first.point, [])) === null);
  if (blind === undefined || outcome.status !== 'pass') return outcome;
  const summary = `float32 on ${blind.probe.engine.backend} gives no finite value at any sample: see edge-stability`;
  return { ...outcome, status: 'inconclusive', summary };
}

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

interface BlamedKernel extends LostBy {
  readonly isOtherResult?: boolean;
}

/** One finding for each cause: the value before the gradient, and one input before another. */
function lostDigits(judged: readonly Judged[], traced: Tracer, differences: readonly Difference[]): readonly Finding[] {
  const causes = new Set<string | null>();
  const quantities = [...new Set([...judged, ...differences].map(({ quantity }) => quantity))];
  return quantities.flatMap((quantity) => {
    // What only some backends lose is their doing, and not a second finding about the loss.
    const difference = differences.find((one) => one.quantity === quantity);
    const worst = difference?.lost[0].worst ?? judged.find((one) => one.quantity === quantity)?.worst ?? null;
    if (worst === null) return [];
    const traces = (difference?.lost[0].on.traced ?? traced)(worst.at.place);
    const by = (difference === undefined ? null : blameKernel(difference)) ?? (quantity === null ? blameLostValue(traces) : blameLostGradient(traces, quantity));
    // What no line can be found for is what the first line has done.
    const cause = by.location === null ? null : `${by.location.file}:${by.location.line}`;
    if (causes.size > 0 && (cause === null || causes.has(cause))) return [];
    causes.add(cause);
    return [difference === undefined ? lostFinding(quantity, worst, by) : differenceFinding(difference, by)];
  });
}

/** The operation that one backend makes something else of; null where it only rounds otherwise. */
function blameKernel({ quantity, lost: [{ on, worst }], fine: [beside] }: Difference): BlamedKernel | null {
  if (beside === undefined) return null;
  const { place } = worst.at;
  const traces = [on.traced(place).single, beside.traced(place).single] as const;
  const operation = otherResult(...traces, 'forward') ?? (quantity === null ? null : otherResult(...traces, 'backward'));
  return operation === null ? null : { op: operation.kernel, location: operation.location, diverged: false, isOtherResult: true };
}

function differenceFinding({ quantity, lost, fine }: Difference, { op, location, diverged, isOtherResult = false }: BlamedKernel): Finding {
  const [{ on, worst }] = lost;
  const { place } = worst.at;
  const position = worstEntry(worst.pair);
  const there = [...lost.map((one) => one.on), ...fine];
  const numbers: BackendNumbers = Object.fromEntries(
    there.map(({ probe, readings }) => [probe.engine.backend, readings.find((reading) => reading.place === place)?.pairs.get(quantity)?.single.data[position] ?? NaN]),
  );
  const data = {
    bits: worst.bits,
    digits: digitsLeft(worst.bits),
    op,
    diverged,
    isOtherResult,
    backend: on.probe.engine.backend,
    lost: lost.map((one) => one.on.probe.engine.backend),
    fine: fine.map(({ probe }) => probe.engine.backend),
    numbers,
    float64: worst.pair.exact.data[position] ?? NaN,
    input: quantity,
    index: quantity === null ? [] : unravel(position, worst.pair.exact.shape),
    at: place.label,
    point: showPoint(place.point),
  };
  return finding('backend-loses-digits', data, { severity: 'warning', location, op });
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
