import type { InputSpec } from '../contracts/domain.ts';
import type { Evaluation } from '../contracts/engine.ts';
import type { NumericArray, Point, TensorData } from '../contracts/tensor.ts';
import { DomainError } from '../numerics/domains.ts';

/** Runs the loss once with these inputs. The engine binds their names in order. */
export type Run = (specs: readonly InputSpec[], point: Point) => Evaluation;

/** Draws the values of one input. */
export type Sample = (spec: InputSpec, random: () => number) => TensorData;

/** How a loss took a guess at its inputs. */
export interface Trial {
  readonly specs: readonly InputSpec[];
  /** Points of those tried at which the result was finite, or no tensor at all. */
  readonly good: number;
  readonly tried: number;
  /** What the loss threw at the first point that it threw at. */
  readonly threw: string | null;
}

/** Random points a guess must survive. With 32 elements each, a loss that is NaN for 1 % of values is seen. */
const POINTS = 4;
/** Real numbers have no bound: the last points are this much larger, to see log(x + 3) for what it is. */
const STRETCH = 8;
const STRETCHED_POINTS = 2;

export function works(trial: Trial): boolean {
  return trial.good === trial.tried;
}

/** Runs the loss at a few random points. It stops at the first throw: a wrong shape throws everywhere. */
export function tryInputs(specs: readonly InputSpec[], run: Run, sample: Sample, random: () => number): Trial {
  const stretches = specs.some(({ domain }) => domain === 'real') ? STRETCHED_POINTS : 0;
  const tried = POINTS + stretches;
  let good = 0;
  for (let index = 0; index < tried; index++) {
    const point = drawPoint(specs, sample, random, index < POINTS ? 1 : STRETCH);
    if (point instanceof DomainError) return { specs, good: 0, tried, threw: point.message };
    const evaluation = run(specs, point);
    if (evaluation.kind === 'threw') return { specs, good: 0, tried, threw: evaluation.error.message };
    if (isGood(evaluation)) good++;
  }
  return { specs, good, tried, threw: null };
}

/** A sampler of the user's may refuse a shape that was only a guess: the guess is wrong then. */
function drawPoint(
  specs: readonly InputSpec[],
  sample: Sample,
  random: () => number,
  stretch: number,
): Point | DomainError {
  try {
    return pointOf(specs, sample, random, stretch);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

export function pointOf(specs: readonly InputSpec[], sample: Sample, random: () => number, stretch = 1): Point {
  return Object.fromEntries(
    specs.map((spec) => {
      const tensor = sample(spec, random);
      const data = spec.domain === 'real' && stretch !== 1 ? tensor.data.map((value) => value * stretch) : tensor.data;
      return [spec.name, { ...tensor, data }];
    }),
  );
}

/** The loss as one number: the sum of its result, NaN when it has none. */
export function valueOf(evaluation: Evaluation): number {
  if (evaluation.kind === 'tensor') return sum(evaluation.tensor.data);
  return evaluation.kind === 'not-a-tensor' ? (evaluation.value ?? NaN) : NaN;
}

function sum(values: NumericArray): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** A promise or undefined says nothing about domains: the check of the result reports it. */
function isGood(evaluation: Evaluation): boolean {
  if (evaluation.kind === 'tensor') return evaluation.tensor.data.every((value) => Number.isFinite(value));
  return evaluation.kind === 'not-a-tensor' && (evaluation.value === null || Number.isFinite(evaluation.value));
}
