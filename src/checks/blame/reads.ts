import type { CheckContext, Finding } from '../../contracts/check.ts';
import type { Trace, TraceRead } from '../../contracts/engine.ts';
import type { NumericArray, Point, TensorData } from '../../contracts/tensor.ts';
import { finding } from '../finding.ts';
import { tensorOf } from '../point.ts';
import { matchedPoint } from '../special-points.ts';
import { forward, reachableFrom } from './reach.ts';

/**
 * What the loss does with numbers that it reads (`dataSync()` and its kin).
 *
 * A read alone proves nothing: it may only be logged. So each read is answered with other numbers and the
 * loss is watched. If the value follows a small change, the gradient is cut there; if it follows only large
 * ones, the loss branches or selects, and the question is whether it jumps where it switches.
 */

/** Reads that are tried; a loss that reads in a loop shows its habit in the first few. */
const MAX_READS = 8;

export function readFindings(context: CheckContext, point: Point): readonly Finding[] {
  const trace = context.reference.trace(point, []);
  const found = new Map<string, Finding>();
  for (const input of context.differentiable) {
    const id = trace.inputIds[input];
    if (id === undefined) continue;
    const reached = reachableFrom(trace, id);
    for (const read of trace.reads.filter(({ tensorId }) => reached.has(tensorId)).slice(0, MAX_READS)) {
      const key = `${read.location?.file}:${read.location?.line}:${read.location?.column}`;
      if (found.has(key)) continue;
      const one = judgeRead(context, point, trace, read, input);
      if (one !== null) found.set(key, one);
    }
  }
  return [...found.values()];
}

function judgeRead(context: CheckContext, point: Point, trace: Trace, read: TraceRead, input: string): Finding | null {
  const where = { location: read.location };
  const { method } = read;
  // An async loss goes on after its trace has ended: what it reads, it computes with.
  if (trace.evaluation.kind === 'not-a-tensor' && trace.evaluation.found === 'promise') {
    return finding('data-read', { input, method }, where);
  }
  const baseline = outcome(trace);
  const changes = (alteration: Alteration): boolean =>
    outcome(context.reference.trace(point, [], { alterRead: (index, values) => (index === read.index ? alteration(values) : values) })) !== baseline;
  if (read.dtype === 'float32' && changes(slightly)) return finding('data-read', { input, method }, where);
  if (!LARGE_CHANGES.some(changes)) return null;
  const jump = findSwitch(context, point);
  if (jump === null) {
    // Integers that select entries (indices of a sort) are harmless unless a jump is seen.
    return read.dtype === 'int32' ? null : finding('data-dependent-branch', { input, method, before: null, after: null }, where);
  }
  if (!jump.jumps) return null;
  return finding('data-dependent-branch', { input, method, before: jump.before, after: jump.after }, where);
}

/** The result as far as it can be compared: value and kind. */
function outcome(trace: Trace): string {
  const { evaluation } = trace;
  if (evaluation.kind === 'tensor') return Array.from(evaluation.tensor.data).join();
  return evaluation.kind === 'threw' ? `threw ${evaluation.error.message}` : `${evaluation.found} ${evaluation.value}`;
}

type Alteration = (values: TensorData) => TensorData;

function mapped(values: TensorData, change: (value: number, index: number) => number): TensorData {
  const data: NumericArray = values.data.slice();
  values.data.forEach((value, index) => {
    data[index] = change(value, index);
  });
  return { ...values, data };
}

const slightly: Alteration = (values) => mapped(values, (value) => value * (1 + 2 ** -10) + 2 ** -20);

const LARGE_CHANGES: readonly Alteration[] = [
  (values) => mapped(values, (value) => (values.dtype === 'bool' ? 1 - value : -value)),
  (values) => mapped(values, () => 0),
  (values) => mapped(values, (value) => 1e3 * value + 1),
  (values) => mapped(values, (value) => 1e-3 * value),
  (values) => mapped(values, (_, index) => values.data[values.data.length - 1 - index] ?? 0),
];

/** Operations and constants of an evaluation: what differs between two branches. */
function signature(trace: Trace): string {
  const produced = new Set([...Object.values(trace.inputIds), ...forward(trace).flatMap(({ outputs }) => outputs.map(({ id }) => id))]);
  const steps = forward(trace).map(({ kernel, inputs }) => {
    const constants = Object.values(inputs).filter(({ id }) => !produced.has(id));
    return `${kernel}(${constants.map(({ value }) => Array.from(value.data.subarray(0, 256)).join()).join(';')})`;
  });
  return steps.join(' ');
}

interface Switch {
  readonly before: number;
  readonly after: number;
  readonly jumps: boolean;
}

/** Halvings between two points: enough to come within rounding of the place where the course changes. */
const HALVINGS = 52;
const JUMP_SHARE = 1e-8;
/** Rounding of the loss in units of its largest value: a smaller step in value is no jump. */
const NOISE_SHARE = 2 ** -44;
const VANISHING_SHARE = 1e-9;

/**
 * A place between two points of the domain at which the loss takes another course, and its value on both
 * sides. The first place where it jumps, else any place; null when all points take the same course.
 */
function findSwitch(context: CheckContext, point: Point): Switch | null {
  const candidates = variants(context, point).map((candidate) => ({ point: candidate, signature: signatureAt(context, candidate) }));
  const scale = Math.max(...candidates.map((candidate) => Math.abs(context.reference.scalar(candidate.point))).filter(Number.isFinite), 0);
  let continuous: Switch | null = null;
  for (const [index, from] of candidates.entries()) {
    const to = candidates[index + 1];
    if (to === undefined || to.signature === from.signature) continue;
    const found = bisect(context, from, to.point, NOISE_SHARE * scale);
    if (found.jumps) return found;
    // Where the loss is nothing but rounding (a perfect match), pieces meet whatever they are.
    if (Math.max(Math.abs(found.before), Math.abs(found.after)) > VANISHING_SHARE * scale) continuous = found;
  }
  return continuous;
}

function signatureAt(context: CheckContext, point: Point): string {
  return signature(context.reference.trace(point, []));
}

/** The point with other predictions, its targets as they are. */
function variants(context: CheckContext, point: Point): readonly Point[] {
  const predictions = (from: Point): Point => ({
    ...point,
    ...Object.fromEntries(context.differentiable.map((name) => [name, tensorOf(from, name)])),
  });
  const changed = (change: (value: number) => number): Point => ({
    ...point,
    ...Object.fromEntries(
      context.differentiable.map((name) => {
        const tensor = tensorOf(point, name);
        return [name, { ...tensor, data: Float64Array.from(tensor.data, change) }];
      }),
    ),
  });
  const scaled = (factor: number): Point => changed((value) => value * factor);
  const shifted = (by: number): Point => changed((value) => value + by);
  const matched = matchedPoint(point, context.inputs);
  const free = context.inputs.every(({ role, domain }) => role !== 'prediction' || domain === 'real' || domain === 'logit');
  return [
    point,
    ...context.samples.map((sample) => predictions(sample.point)),
    ...(matched === null ? [] : [matched]),
    ...(free ? [point, shifted(3), shifted(-3), scaled(100), scaled(-1), scaled(0.01)] : []),
  ];
}

function bisect(context: CheckContext, from: { readonly point: Point; readonly signature: string }, to: Point, noise: number): Switch {
  const between = (share: number): Point =>
    Object.fromEntries(
      Object.entries(from.point).map(([name, tensor]) => {
        const end = tensorOf(to, name).data;
        const data = Float64Array.from(tensor.data, (value, index) => value + share * ((end[index] ?? value) - value));
        return [name, { ...tensor, data }];
      }),
    );
  let low = 0;
  let high = 1;
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2;
    if (signatureAt(context, between(middle)) === from.signature) low = middle;
    else high = middle;
  }
  const before = context.reference.scalar(between(low));
  const after = context.reference.scalar(between(high));
  const jumps = !(Math.abs(after - before) <= JUMP_SHARE * Math.max(Math.abs(before), Math.abs(after)) + noise);
  return { before, after, jumps };
}
