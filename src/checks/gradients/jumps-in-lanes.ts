import type { CheckContext, Finding } from '../../contracts/check.ts';
import type { Domain } from '../../contracts/domain.ts';
import { unravel } from '../../contracts/tensor.ts';
import { edgesOf } from '../../numerics/domains.ts';
import { answerMany, reindexed } from '../../numerics/differences.ts';
import { classifySteps } from '../../numerics/kinks.ts';
import { blameJump } from '../blame/jump.ts';
import { finding } from '../finding.ts';
import { moved, showPoint, tensorOf } from '../point.ts';
import { matchedPoint } from '../special-points.ts';
import { NEAR, ORDINARY, ROUNDING, SUSPICIOUS, switchFindings } from './jumps.ts';
import type { Measured } from './measure.ts';

/**
 * Jumps in value at round numbers and at a match, for inputs so large that no call of the loss can be spared: single
 * coordinates are set there, many at once, while all others stay as they are.
 */

/** Coordinates that are moved, spread over the input so that they meet different targets. */
const COORDINATES = 32;
/** Elements of a round tensor that stand for all that edges of the domain hold. */
const EDGE_SHAPE = [4, 4];

export function jumpsInLanes(context: CheckContext, measured: readonly Measured[]): readonly Finding[] {
  const found = measured.flatMap((one) => jumpsAlong(context, one)).slice(0, 1);
  return found.length > 0 ? found : switchFindings(context);
}

function jumpsAlong(context: CheckContext, { place, point, input, around, lower, upper, magnitude }: Measured): readonly Finding[] {
  if (around.changes === null) return [];
  const { evaluate } = around.changes;
  const { data, shape } = tensorOf(point, input);
  const count = Math.min(COORDINATES, data.length);
  const numbers = roundNumbers(context.inputs.find(({ name }) => name === input)?.domain ?? 'real');
  const match = matchedPoint(point, context.inputs)?.[input]?.data;
  const lanes = Array.from({ length: count }, (_, index) => Math.floor(((index + 0.5) * data.length) / count)).flatMap((position) =>
    [...numbers, match?.[position] ?? NaN]
      .filter((value) => value - stepAt(value) >= lower && value + stepAt(value) <= upper)
      .map((value) => ({ position, value })),
  );
  const positions = Int32Array.from(lanes, ({ position }) => position);
  const sides = [-1, 1].map((side) => evaluate(positions, Float64Array.from(lanes, ({ value }) => value + side * stepAt(value))));
  const suspects = lanes.filter((_, lane) => {
    const [before = NaN, after = NaN] = sides.map((changes) => changes[lane] ?? NaN);
    return Math.abs(after - before) > SUSPICIOUS * Math.max(Math.abs(before), Math.abs(after));
  });
  const at = Int32Array.from(suspects, ({ position }) => position);
  const natures = answerMany(suspects.map(({ value }) => classifySteps(value, { lower, upper })), reindexed(evaluate, at));
  const jump = suspects.findIndex((_, suspect) => natures[suspect]?.kind === 'jump' && Math.abs(natures[suspect]?.jump ?? 0) > ROUNDING * magnitude());
  const found = suspects[jump];
  if (found === undefined) return [];
  const { position, value } = found;
  const direction = new Float64Array(data.length);
  direction[position] = 1;
  const there = moved(point, input, direction, value - (data[position] ?? 0));
  const height = natures[jump]?.jump ?? NaN;
  return [finding('discontinuous', { input, index: unravel(position, shape), jump: height, at: `${place.label}, one coordinate at ${value}`, point: showPoint(there) }, blameJump(context, there, input, position))];
}

function stepAt(value: number): number {
  return NEAR * Math.max(1, Math.abs(value));
}

/** The ordinary ones among the numbers at the edges of a domain. */
function roundNumbers(domain: Domain): readonly number[] {
  const values = edgesOf(domain, EDGE_SHAPE, null).flatMap((edge) => [...edge.values]);
  return [...new Set(values)].filter((value) => Math.abs(value) <= ORDINARY);
}
