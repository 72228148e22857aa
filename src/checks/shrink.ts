import type { CheckContext, Finding } from '../contracts/check.ts';
import { isDifferentiable, type InputSpec } from '../contracts/domain.ts';
import { sizeOf, type Point, type TensorData } from '../contracts/tensor.ts';
import { isElementwise, simplerNumbers, simplerTensors } from '../numerics/simplify.ts';
import { tensorOf } from './point.ts';

/**
 * A smaller example of a failure: fewest rows, then fewest columns, then the simplest numbers that still fail
 * in the same way. A person reads four numbers where sixty-four would be scrolled past.
 */

export interface Reproduction {
  /** Cheap: whether the point still fails. */
  readonly fails: (point: Point) => boolean;
  /** The finding at a point that fails; null where it is another one. */
  readonly show: (point: Point) => Finding | null;
  /** False where the numbers are what the finding is about: only rows and columns go then. */
  readonly values?: boolean;
}

/** Tries, each a few evaluations of the loss: a failure must not take much longer to show than to find. */
const MOST_TRIES = 240;
/** Evaluations of large inputs are slow, and rows are what makes them large. */
const MOST_TRIES_LARGE = 24;
const LARGE = 4096;
/** Entries that are simplified one by one. */
const MOST_SINGLE = 24;

/** The finding at the smallest point found that fails for the same reason, else the finding as it is. */
export function smallest(context: CheckContext, original: Finding, point: Point, { fails, show, values = true }: Reproduction): Finding {
  const size = Object.values(point).reduce((total, { data }) => total + data.length, 0);
  let tries = size > LARGE ? MOST_TRIES_LARGE : MOST_TRIES;
  const stillFails = (candidate: Point): boolean => tries-- > 0 && fails(candidate);
  const stages = [fewerRows, fewerColumns, ...(values ? [simplerValues] : [])];
  let best = { point, finding: original };
  for (const stage of stages) {
    const smaller = stage(context, best.point, stillFails);
    if (smaller === best.point) continue;
    const shown = show(smaller);
    if (shown !== null && isSameCause(shown, original)) best = { point: smaller, finding: shown };
  }
  return best.finding;
}

function isSameCause(a: Finding, b: Finding): boolean {
  const place = ({ code, op, location }: Finding): string => [code, op, location?.file, location?.line, location?.column].join('|');
  return place(a) === place(b);
}

type Fails = (point: Point) => boolean;

/** Inputs that have a row for each row of the predictions. */
function inputsWithRows({ inputs }: CheckContext, point: Point): readonly string[] {
  const prediction = inputs.find(({ role, name }) => role === 'prediction' && tensorOf(point, name).shape.length > 0);
  if (prediction === undefined) return [];
  const rows = tensorOf(point, prediction.name).shape[0];
  return inputs.filter(({ role, name }) => role !== 'parameter' && tensorOf(point, name).shape[0] === rows).map(({ name }) => name);
}

function fewerRows(context: CheckContext, point: Point, fails: Fails): Point {
  return fewerAlong(point, inputsWithRows(context, point), 0, fails);
}

/** Along the other axes too, where every entry stands for itself. */
function fewerColumns(context: CheckContext, point: Point, fails: Fails): Point {
  const rank = Math.max(0, ...context.inputs.map(({ name }) => tensorOf(point, name).shape.length));
  let current = point;
  for (let axis = 1; axis < rank; axis++) {
    const having = context.inputs.filter(({ name, role }) => role !== 'parameter' && tensorOf(current, name).shape.length > axis);
    if (having.some(({ domain }) => !isElementwise(domain) && domain !== 'binary' && domain !== 'sign')) continue;
    const sizes = new Set(having.map(({ name }) => tensorOf(current, name).shape[axis]));
    if (sizes.size === 1) current = fewerAlong(current, having.map(({ name }) => name), axis, fails);
  }
  return current;
}

/** Slices of a few sizes from the smallest on, at a few places each. */
function fewerAlong(point: Point, names: readonly string[], axis: number, fails: Fails): Point {
  const first = names[0];
  const length = first === undefined ? 1 : (tensorOf(point, first).shape[axis] ?? 1);
  for (const size of [1, 2, 3, 4, Math.floor(length / 2)]) {
    if (size < 1 || size >= length) continue;
    const starts = Math.min(length - size + 1, size === 1 ? 16 : 4);
    for (let start = 0; start < starts; start++) {
      const sliced = Object.fromEntries(names.map((name) => [name, slice(tensorOf(point, name), axis, start, size)]));
      const candidate = { ...point, ...sliced };
      if (fails(candidate)) return candidate;
    }
  }
  return point;
}

function slice({ shape, dtype, data }: TensorData, axis: number, start: number, size: number): TensorData {
  const inner = sizeOf(shape.slice(axis + 1));
  const block = inner * (shape[axis] ?? 1);
  const kept = data.filter((_, index) => {
    const at = Math.floor((index % block) / inner);
    return at >= start && at < start + size;
  });
  return { shape: shape.map((length, index) => (index === axis ? size : length)), dtype, data: kept };
}

function simplerValues(context: CheckContext, point: Point, fails: Fails): Point {
  let current = point;
  // Targets first: a plain target makes the prediction easy to read.
  const order = context.inputs.toSorted((a, b) => Number(isDifferentiable(a.role)) - Number(isDifferentiable(b.role)));
  for (const input of order) current = simplerTensor(current, input, fails);
  for (const input of order) current = simplerEntries(current, input, fails);
  return current;
}

function withData(point: Point, name: string, data: Float64Array): Point {
  return { ...point, [name]: { ...tensorOf(point, name), data } };
}

function simplerTensor(point: Point, { name, domain }: InputSpec, fails: Fails): Point {
  const { data, shape } = tensorOf(point, name);
  for (const simpler of simplerTensors(data, domain, shape.at(-1) ?? 1)) {
    const candidate = withData(point, name, simpler);
    if (fails(candidate)) return candidate;
  }
  return point;
}

function simplerEntries(point: Point, { name, domain }: InputSpec, fails: Fails): Point {
  const { data } = tensorOf(point, name);
  if (!isElementwise(domain) || data.length > MOST_SINGLE) return point;
  let current = point;
  for (let index = 0; index < data.length; index++) {
    const value = tensorOf(current, name).data[index] ?? 0;
    for (const number of simplerNumbers(value, domain)) {
      const simpler = Float64Array.from(tensorOf(current, name).data);
      simpler[index] = number;
      const candidate = withData(current, name, simpler);
      if (!fails(candidate)) continue;
      current = candidate;
      break;
    }
  }
  return current;
}
