import type { Sample } from '../contracts/check.ts';
import type { InputSpec } from '../contracts/domain.ts';
import { LoadError } from '../contracts/errors.ts';
import { reasonFor, showName } from '../contracts/shown.ts';
import type { Point, TensorData } from '../contracts/tensor.ts';
import { DomainError, isIntegerDomain, sampleDomain } from '../numerics/domains.ts';
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
  const data = valuesOf(input, random);
  return { shape: input.shape, dtype: isIntegerDomain(input.domain) ? 'int32' : 'float32', data };
}

/** @throws LoadError `invalid-metadata` for a sampler of the user's that throws, or gives something else than numbers */
function valuesOf({ name, domain, shape, classes, inferred }: InputSpec, random: () => number): ReturnType<typeof sampleDomain> {
  try {
    return sampleDomain(domain, shape, classes, random);
  } catch (error) {
    // A shape that was only a guess may be one that the sampler does not fill.
    if (typeof domain !== 'function' || (inferred && error instanceof DomainError)) throw error;
    throw new LoadError('invalid-metadata', `the sampler of ${showName(name)}: ${error instanceof DomainError ? error.message : `threw ${reasonFor(error)}`}`, {
      fix: 'A sampler (random, shape) => values returns as many finite numbers as the shape has elements, flat or nested, from random alone.',
    });
  }
}

function shift(initial: TensorData, index: number, seed: readonly (string | number)[]): TensorData {
  if (index === 0) return initial;
  const random = createRandom(deriveSeed(...seed));
  return { ...initial, data: Float64Array.from(initial.data, (value) => value + PARAMETER_SPREAD * normal(random)) };
}
