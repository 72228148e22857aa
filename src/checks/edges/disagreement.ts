import type { Finding } from '../../contracts/check.ts';
import type { GradientEvaluation, LossProbe } from '../../contracts/engine.ts';
import type { BackendNumbers } from '../../contracts/findings.ts';
import type { Point, TensorData } from '../../contracts/tensor.ts';
import { blameNonFiniteGradient, blameNonFiniteValue, type Blamed } from '../blame/non-finite.ts';
import { otherResult } from '../blame/other-result.ts';
import type { EdgePoint } from '../edge-points.ts';
import { finding } from '../finding.ts';
import { missingKernelOf } from '../missing-kernel.ts';
import { nonFinite } from '../point.ts';
import { gradientProblemsOf, placeOf, type OnBackend } from './judge.ts';

/** An edge at which the loss can be trained on one backend and not on another. */

/** What one backend made of an edge. */
export interface Outcome {
  readonly on: OnBackend;
  readonly read: GradientEvaluation;
}

type State = 'finite' | 'nan' | 'infinite' | 'threw';

export interface Disagreement {
  readonly part: 'value' | 'gradient';
  readonly outcomes: readonly Outcome[];
  readonly fine: readonly LossProbe[];
  /** The first of them is the one to show. */
  readonly broken: readonly [Outcome, ...Outcome[]];
}

/** Values before gradients, and gradients only where the value is finite; null where all agree that it is finite, or that it is not. */
export function disagreementOf(outcomes: readonly Outcome[]): Disagreement | null {
  return parted('value', outcomes, valueState) ?? parted('gradient', outcomes, gradientState);
}

function parted(part: Disagreement['part'], all: readonly Outcome[], stateOf: (read: GradientEvaluation) => State | null): Disagreement | null {
  const outcomes = all.filter(({ read }) => stateOf(read) !== null);
  const fine = outcomes.filter(({ read }) => stateOf(read) === 'finite').map(({ on }) => on.probe);
  const [first, ...others] = outcomes.filter(({ read }) => stateOf(read) !== 'finite');
  return first === undefined || fine.length === 0 ? null : { part, outcomes, fine, broken: [first, ...others] };
}

/** Null where there is nothing to compare: no tensor, or a kernel is missing. */
function valueState({ evaluation }: GradientEvaluation): State | null {
  if (evaluation.kind === 'threw') return missingKernelOf(evaluation.error.message) === null ? 'threw' : null;
  return evaluation.kind === 'tensor' ? (nonFinite(evaluation.tensor.data) ?? 'finite') : null;
}

function gradientState(read: GradientEvaluation): State | null {
  if (valueState(read) !== 'finite') return null;
  if (read.error !== null) return missingKernelOf(read.error.message) === null ? 'threw' : null;
  return gradientProblemsOf(read.gradients)[0]?.problem ?? 'finite';
}

/** The same for points that show the same: how each backend fares, and with what. */
export function signatureOf(backends: readonly OnBackend[], point: Point): string {
  const states = readAll(backends, point).map(({ read }) => [valueState(read), gradientState(read)].join());
  return states.join('|');
}

export function readAll(backends: readonly OnBackend[], point: Point): readonly Outcome[] {
  return backends.map((on) => ({ on, read: on.probe.gradient(point, on.differentiable) }));
}

export function describeDisagreement({ part, outcomes, fine, broken }: Disagreement, edge: EdgePoint): Finding {
  const [{ on, read }] = broken;
  const place = part === 'value' ? valuePlace(read) : gradientPlace(read);
  const where = blame(part, on, read, { point: edge.point, fine: fine[0] });
  const numbers: BackendNumbers = Object.fromEntries(outcomes.map((outcome) => [outcome.on.probe.engine.backend, numberAt(part, outcome.read, place)]));
  return finding(
    'backends-disagree',
    {
      ...placeOf(edge),
      part,
      input: place.input,
      backend: on.probe.engine.backend,
      fine: fine.map(({ engine }) => engine.backend),
      broken: broken.map((outcome) => outcome.on.probe.engine.backend),
      numbers,
      op: where.op,
      isOtherResult: where.isOtherResult,
    },
    where,
  );
}

interface Entry {
  readonly input: string | null;
  readonly position: number;
}

function valuePlace({ evaluation }: GradientEvaluation): Entry {
  return { input: null, position: evaluation.kind === 'tensor' ? firstNonFinite(evaluation.tensor) : 0 };
}

function gradientPlace({ gradients }: GradientEvaluation): Entry {
  const input = gradientProblemsOf(gradients)[0]?.input ?? null;
  const gradient = input === null ? null : gradients?.[input];
  return { input, position: gradient == null ? 0 : firstNonFinite(gradient) };
}

function firstNonFinite({ data }: TensorData): number {
  return Math.max(0, Array.from(data).findIndex((value) => !Number.isFinite(value)));
}

/** A number, or what was thrown instead. */
function numberAt(part: Disagreement['part'], { evaluation, gradients, error }: GradientEvaluation, { input, position }: Entry): number | string {
  if (evaluation.kind === 'threw') return `throws: ${evaluation.error.message}`;
  if (part === 'value') return (evaluation.kind === 'tensor' ? evaluation.tensor.data[position] : undefined) ?? NaN;
  if (error !== null) return `throws: ${error.message}`;
  const gradient = input === null ? null : gradients?.[input];
  return gradient?.data[position] ?? 'finite';
}

interface BlamedBackend extends Blamed {
  /** The operation makes other numbers of the same inputs than a backend that is fine; else it made the first NaN or infinity. */
  readonly isOtherResult: boolean;
}

function blame(
  part: Disagreement['part'],
  { probe, differentiable }: OnBackend,
  { evaluation, error }: GradientEvaluation,
  { point, fine }: { readonly point: Point; readonly fine: LossProbe | undefined },
): BlamedBackend {
  if (evaluation.kind === 'threw') return { op: null, location: evaluation.error.location, isOtherResult: false };
  const trace = probe.trace(point, differentiable);
  if (error !== null) return { op: null, location: trace.gradientError?.location ?? error.location, isOtherResult: false };
  const maker = part === 'value' ? blameNonFiniteValue(trace) : blameNonFiniteGradient(trace);
  const beside = fine?.trace(point, differentiable);
  const other = beside === undefined ? null : otherResult(trace, beside, 'forward');
  // A kernel that itself makes the first NaN, or whose derivative does, is told by that: it says more.
  const isMaker = other?.kernel === maker.op && JSON.stringify(other.location) === JSON.stringify(maker.location);
  const isEarlier = other !== null && !isMaker && other.outputs.every(({ value }) => nonFinite(value.data) === null);
  return isEarlier ? { op: other.kernel, location: other.location, isOtherResult: true } : { op: maker.op, location: maker.location, isOtherResult: false };
}
