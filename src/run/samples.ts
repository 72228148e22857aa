import type { Sample } from '../contracts/check.ts';
import type { InputSpec } from '../contracts/domain.ts';
import type { Point, TensorData } from '../contracts/tensor.ts';
import { isIntegerDomain, sampleDomain } from '../numerics/domains.ts';
import { createRandom, deriveSeed, normal } from '../numerics/random.ts';

/** How far parameters of the loss are moved from their initial values: enough to leave a special value. */
const PARAMETER_SPREAD = 0.3;

/** Random points of the domain; sample 0 has the parameters at their initial values. */
export function drawSamples(
  inputs: readonly InputSpec[],
  parameters: Point,
  count: number,
  seed: readonly (string | number)[],
): readonly Sample[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    point: {
      ...Object.fromEntries(inputs.map((input) => [input.name, draw(input, [...seed, index, input.name])])),
      ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, shift(value, index, [...seed, index, name])])),
    },
  }));
}

function draw(input: InputSpec, seed: readonly (string | number)[]): TensorData {
  return drawOne(input, createRandom(deriveSeed(...seed)));
}

/** Random values of one input. */
export function drawOne(input: InputSpec, random: () => number): TensorData {
  const data = sampleDomain(input.domain, input.shape, input.classes, random);
  return { shape: input.shape, dtype: isIntegerDomain(input.domain) ? 'int32' : 'float32', data };
}

function shift(initial: TensorData, index: number, seed: readonly (string | number)[]): TensorData {
  if (index === 0) return initial;
  const random = createRandom(deriveSeed(...seed));
  return { ...initial, data: Float64Array.from(initial.data, (value) => value + PARAMETER_SPREAD * normal(random)) };
}
