import type { DomainName, InputSpec } from '../contracts/domain.ts';
import type { NumericArray, Point } from '../contracts/tensor.ts';
import { pointOf, valueOf, type Run, type Sample } from './trial.ts';

/**
 * What a loss is for, from how it behaves. Finite on real numbers is not enough: cross-entropy on clipped
 * probabilities and binary cross-entropy on logits take real numbers too, but mean something else.
 */
export interface Laboratory {
  readonly specs: readonly InputSpec[];
  readonly run: Run;
  readonly sample: Sample;
  readonly random: () => number;
}

/** Second differences below this, relative to the values, are rounding. */
const ROUNDING = 1e-7;
/** Small enough that a sampled probability stays below 1. */
const OFF_SCALE = 0.04;
/** Random repetitions of each experiment. */
const REPEATS = 3;

/** True when the loss does not move while a prediction moves above 1 or below 0, but does within [0, 1]. */
export function clipsToUnit(lab: Laboratory, prediction: string, targetDomain: DomainName): boolean {
  const specs = withDomain(lab.specs, 'target', targetDomain);
  const spread = (low: number, high: number): boolean => {
    const point = pointOf(specs, lab.sample, lab.random);
    const values = [1, 2].map(() =>
      valueAt(
        lab,
        specs,
        fill(point, prediction, () => low + (high - low) * lab.random()),
      ),
    );
    const [first = NaN, second = NaN] = values;
    return Math.abs(first - second) > ROUNDING * (Math.abs(first) + Math.abs(second));
  };
  return repeated(() => spread(0.2, 0.8) && !spread(1.1, 3) && !spread(-2, -0.1));
}

/**
 * True when the loss is a straight line in the target but not in the prediction. Labels that weigh the
 * terms of a sum behave so (cross-entropy, contrastive loss); distances do not.
 */
export function weighsByTarget(lab: Laboratory, prediction: string, target: string): boolean {
  return repeated(() => isAffine(lab, target) && !isAffine(lab, prediction));
}

/** True when adding a constant to a row of the prediction changes nothing, as with softmax. */
export function ignoresRowShift(lab: Laboratory, prediction: string): boolean {
  const specs = withDomain(lab.specs, 'target', 'one-hot');
  const width = specs.find(({ name }) => name === prediction)?.shape.at(-1) ?? 1;
  if (width < 2) return false;
  return repeated(() => {
    const point = pointOf(specs, lab.sample, lab.random);
    const before = valueAt(lab, specs, point);
    const shift = 0.5 + lab.random();
    const after = valueAt(
      lab,
      specs,
      fill(point, prediction, (value, index) => value + shift * (Math.floor(index / width) % 3)),
    );
    const moved = valueAt(
      lab,
      specs,
      fill(point, prediction, (value) => value * (1 + shift)),
    );
    return isNear(before, after) && !isNear(before, moved);
  });
}

/** True when the loss is least where the prediction equals the target, among predictions a little off in scale. */
export function leastAtMatch(lab: Laboratory, prediction: string, target: string): boolean {
  return repeated(() => {
    const point = pointOf(lab.specs, lab.sample, lab.random);
    const goal = point[target];
    if (goal === undefined || goal.data.length !== point[prediction]?.data.length) return false;
    const at = (factor: number): number =>
      valueAt(
        lab,
        lab.specs,
        fill(point, prediction, (_, index) => (goal.data[index] ?? NaN) * factor),
      );
    const match = at(1);
    return match < at(1 - OFF_SCALE) && match < at(1 + OFF_SCALE);
  });
}

function withDomain(
  specs: readonly InputSpec[],
  role: InputSpec['role'],
  domain: DomainName,
): readonly InputSpec[] {
  return specs.map((spec) => (spec.role === role ? { ...spec, domain, classes: null } : spec));
}

function repeated(experiment: () => boolean): boolean {
  return Array.from({ length: REPEATS }, experiment).every(Boolean);
}

function valueAt(lab: Laboratory, specs: readonly InputSpec[], point: Point): number {
  return valueOf(lab.run(specs, point));
}

/** The point with one input replaced, element by element. */
function fill(point: Point, name: string, next: (value: number, index: number) => number): Point {
  const tensor = point[name];
  return tensor === undefined ? point : { ...point, [name]: { ...tensor, data: mapped(tensor.data, next) } };
}

function mapped(data: NumericArray, next: (value: number, index: number) => number): NumericArray {
  return Float64Array.from(data, next);
}

function isAffine(lab: Laboratory, name: string): boolean {
  const start = pointOf(lab.specs, lab.sample, lab.random);
  const end = pointOf(lab.specs, lab.sample, lab.random)[name];
  if (end === undefined) return false;
  const at = (t: number): number =>
    valueAt(
      lab,
      lab.specs,
      fill(start, name, (value, index) => value + t * ((end.data[index] ?? value) - value)),
    );
  const [left, middle, right] = [at(0), at(0.5), at(1)];
  return !isNear(left, right) && isNear(middle, (left + right) / 2);
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b), 1e-6);
}
