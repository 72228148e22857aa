import type { CheckContext } from '../../contracts/check.ts';
import type { EvidenceReport } from '../../contracts/evidence.ts';
import type { GradientEvaluation } from '../../contracts/engine.ts';
import { drawn, lineAlong } from '../line.ts';
import { isLarge } from '../point.ts';
import type { Judged } from './judge.ts';
import { bitsOf, scaleOf, worstEntry, type Reading } from './readings.ts';

/** Points along the line, each of which costs a gradient on either engine. */
const POINTS = 25;
const LARGE_POINTS = 9;

/** Loss and gradient in both precisions along the coordinate whose digits are worst, where there is a finding at its point; none without a gradient. */
export function digitsEvidence(context: CheckContext, readings: readonly Reading[], judged: readonly Judged[]): readonly EvidenceReport[] {
  const blamed = judged.find(({ worst }) => worst !== null)?.worst ?? null;
  const [worst] = gradientsAt(context, blamed === null ? readings : [blamed.at]);
  if (worst === undefined) return [];
  const { place, input, position } = worst;
  const line = lineAlong(context, place.point, input, position, isLarge(context.inputs) ? LARGE_POINTS : POINTS);
  // Rounded as the points are that digits are counted at: both engines are given the same numbers.
  const x = Float64Array.from(line.x, Math.fround);
  const points = Array.from(x, line.at);
  const exact = points.map((point) => context.reference.gradient(point, [input]));
  const single = points.map((point) => context.production.gradient(point, [input]));
  const slopes = (all: readonly GradientEvaluation[]): number[] => drawn(all.map(({ gradients }) => gradients?.[input]?.data[position] ?? NaN));
  return [
    {
      kind: 'float32',
      input,
      index: line.index,
      at: place.label,
      x: Array.from(x),
      loss64: drawn(exact.map(valueOf)),
      loss32: drawn(single.map(valueOf)),
      gradient64: slopes(exact),
      gradient32: slopes(single),
    },
  ];
}

interface WorstCoordinate {
  readonly place: Reading['place'];
  readonly input: string;
  readonly position: number;
  readonly bits: number;
}

/** The worst coordinate of each gradient that was read, most bits lost first. */
function gradientsAt({ differentiable }: CheckContext, readings: readonly Reading[]): readonly WorstCoordinate[] {
  return differentiable
    .flatMap((input) => {
      const scale = scaleOf(readings, input);
      return readings.flatMap(({ place, pairs }) => {
        const pair = pairs.get(input);
        return pair === undefined || pair.exact.data.length === 0 ? [] : [{ place, input, position: worstEntry(pair), bits: bitsOf(pair, scale) }];
      });
    })
    .toSorted((a, b) => b.bits - a.bits);
}

function valueOf({ evaluation }: GradientEvaluation): number {
  return evaluation.kind === 'tensor' && evaluation.tensor.data.length === 1 ? (evaluation.tensor.data[0] ?? NaN) : NaN;
}
