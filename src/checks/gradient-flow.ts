import { defineCheck, type CheckContext, type CheckOutcome, type Finding } from '../contracts/check.ts';
import type { GradientEvaluation, Trace } from '../contracts/engine.ts';
import type { Point, TensorData } from '../contracts/tensor.ts';
import { differentiate } from '../numerics/difference.ts';
import { normal } from '../numerics/random.ts';
import { findCapture, findCut, findIntegerCast, findMissingDerivative } from './blame/cut.ts';
import { blameNonFiniteGradient } from './blame/non-finite.ts';
import { operationsBetween, producerOf } from './blame/reach.ts';
import { readFindings } from './blame/reads.ts';
import { conclude, finding, skip } from './finding.ts';
import { isAllZero, moved, nonFinite, showPoint, tensorOf } from './point.ts';
import { smallest } from './shrink.ts';

interface Probed extends GradientEvaluation {
  readonly point: Point;
}

/** Does every prediction and parameter get a gradient: present, finite, not identically zero? */
export const gradientFlow = defineCheck({
  id: 'gradient-flow',
  title: 'a gradient for every input',
  severity: 'error',
  precision: 64,
  run(context): CheckOutcome {
    const { differentiable, samples, reference } = context;
    if (differentiable.length === 0) return skip('no input has the role prediction or parameter');
    const probed = samples.map(({ point }) => ({ point, ...reference.gradient(point, differentiable) }));
    const usable = probed.filter(({ evaluation }) => evaluation.kind !== 'threw');
    const first = usable[0];
    if (first === undefined) return skip('the loss throws at every sample: see scalar-output');
    const reads = readFindings(context, first.point);
    if (first.evaluation.kind === 'not-a-tensor') {
      return reads.length > 0 ? conclude(reads, '') : skip('there is no tensor to differentiate: see scalar-output');
    }
    const failed = usable.find(({ error }) => error !== null);
    const findings = failed === undefined ? assess(context, usable, reads) : [...reads, explainThrow(context, failed)];
    return conclude(findings, `${listNames(differentiable)}: present, finite, not zero at ${usable.length} points`);
  },
});

function listNames(names: readonly string[]): string {
  return names.join(', ');
}

/** What tfjs-core says when a gradient reaches for a tensor that is no longer there. */
const DISPOSED = /Tensor is disposed|of undefined \(reading 'backend'\)/;

function explainThrow(context: CheckContext, { point, error }: Probed): Finding {
  const trace = context.reference.trace(point, context.differentiable);
  const message = error?.message ?? 'unknown error';
  const missing = /gradient function not found/i.test(message) ? findMissingDerivative(trace, context.differentiable) : null;
  if (/must have 'float32' dtype/.test(message)) {
    for (const input of context.differentiable) {
      const cast = findIntegerCast(trace, input);
      if (cast !== null) return cast;
    }
  }
  if (missing === null && DISPOSED.test(message)) {
    const op = trace.operations.find(({ vjp, outputs }) => vjp !== null && outputs.length > 0 && Object.keys(vjp.outgoing).length === 0)?.kernel ?? null;
    return finding('disposed-tensor', { op }, { location: trace.gradientError?.location ?? null, op });
  }
  return missing ?? finding('gradient-threw', { error: message }, { location: trace.gradientError?.location ?? error?.location ?? null });
}

/** Each input by itself; what reads explain is not reported twice. */
function assess(context: CheckContext, probed: readonly Probed[], reads: readonly Finding[]): readonly Finding[] {
  const explained = new Set(reads.filter(({ code }) => code === 'data-read').map((read) => (read.data as { readonly input: string }).input));
  const others = context.differentiable.flatMap((input) => {
    const found = assessInput(context, probed, input);
    const isMissing = found !== null && found.code !== 'nan-gradient' && found.code !== 'infinite-gradient';
    return found === null || (isMissing && explained.has(input)) ? [] : [found];
  });
  return [...reads, ...others];
}

function assessInput(context: CheckContext, probed: readonly Probed[], input: string): Finding | null {
  for (const { point, gradients, evaluation } of probed) {
    // Where the value is not finite its gradient need not be: scalar-output says why.
    if (evaluation.kind === 'tensor' && nonFinite(evaluation.tensor.data) !== null) continue;
    const problem = nonFinite(gradients?.[input]?.data ?? []);
    if (problem !== null) return nonFiniteGradient(context, point, input, problem);
  }
  if (probed.some(({ gradients }) => isAlive(gradients?.[input]))) return throughCast(context, probed, input);
  return explainZero(context, probed, input);
}

/** A gradient that arrives through a cast to integers, though the loss does not change with the input. */
function throughCast(context: CheckContext, probed: readonly Probed[], input: string): Finding | null {
  const point = probed[0]?.point ?? {};
  const cast = findIntegerCast(context.reference.trace(point, context.differentiable), input);
  if (cast === null) return null;
  return probed.every((probe) => directionalSlope(context, probe.point, input) === 0) ? cast : null;
}

function isAlive(gradient: TensorData | null | undefined): boolean {
  return gradient != null && !isAllZero(gradient.data);
}

function nonFiniteGradient(context: CheckContext, point: Point, input: string, problem: 'nan' | 'infinite'): Finding {
  const fails = (at: Point): boolean => {
    const { evaluation, gradients } = context.reference.gradient(at, context.differentiable);
    const isFinite = evaluation.kind === 'tensor' && nonFinite(evaluation.tensor.data) === null;
    return isFinite && nonFinite(gradients?.[input]?.data ?? []) === problem;
  };
  const show = (at: Point): Finding => {
    const where = blameNonFiniteGradient(context.reference.trace(at, context.differentiable));
    return finding(problem === 'nan' ? 'nan-gradient' : 'infinite-gradient', { input, op: where.op, point: showPoint(at) }, where);
  };
  return smallest(context, show(point), point, { fails, show });
}

/** No gradient at any sample: is the input unused, the gradient cut, or the loss flat? */
function explainZero(context: CheckContext, probed: readonly Probed[], input: string): Finding {
  const point = probed[0]?.point ?? {};
  const trace = context.reference.trace(point, context.differentiable);
  const cut = findCut(trace, input);
  const slope = probed.map((probe) => directionalSlope(context, probe.point, input)).find((value) => value !== 0) ?? 0;
  if (slope !== 0) return cut ?? lostGradient(trace, input, slope);
  if (cut !== null) return cut;
  const start = trace.inputIds[input];
  const connected = start !== undefined && trace.resultId !== null && (start === trace.resultId || operationsBetween(trace, start, trace.resultId).length > 0);
  if (!connected && !dependsOn(context, input)) return finding('unused-input', { input }, { location: resultLocation(trace) });
  return finding('dead-gradient', { input, op: null }, { location: resultLocation(trace) });
}

/** Autograd sees no way from the input to the result: a derivative inside the loss, or a captured tensor. */
function lostGradient(trace: Trace, input: string, numeric: number): Finding {
  const nested = trace.nestedGradients[0];
  if (nested !== undefined) return finding('lost-gradient', { input, numeric, by: 'nested-gradient' }, { location: nested.location });
  const capture = findCapture(trace, input);
  if (capture !== null) return finding('lost-gradient', { input, numeric, by: 'closure' }, { location: capture.location, op: 'customGrad' });
  return finding('lost-gradient', { input, numeric, by: null }, { location: resultLocation(trace) });
}

function resultLocation(trace: Trace): Finding['location'] {
  return producerOf(trace)?.location ?? null;
}

/** Slope along a random direction: zero only if the loss is flat there, or the input unused. */
function directionalSlope(context: CheckContext, point: Point, input: string): number {
  const random = context.random(`slope ${input}`);
  const direction = Float64Array.from(tensorOf(point, input).data, () => normal(random));
  const slope = differentiate((step) => context.reference.scalar(moved(point, input, direction, step)), 0);
  return slope.kind === 'estimate' && Math.abs(slope.value) > slope.errorBound ? slope.value : 0;
}

/** Whether the value of the loss changes at all when only this input does. */
function dependsOn(context: CheckContext, input: string): boolean {
  const base = context.samples[0]?.point;
  if (base === undefined) return false;
  const value = context.reference.scalar(base);
  return context.samples.some(({ point }) => context.reference.scalar({ ...base, [input]: tensorOf(point, input) }) !== value);
}
