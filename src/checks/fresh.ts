import type { CheckContext } from '../contracts/check.ts';
import type { Point, TensorData } from '../contracts/tensor.ts';
import { isIntegerDomain, sampleDomain } from '../numerics/domains.ts';

/**
 * A random point beside the samples, the same one for the same purpose and index. For checks that ask the
 * samples first and draw more only where those raise a suspicion. Parameters stay at their initial values.
 */
export function freshPoint({ inputs, reference, random }: CheckContext, purpose: string, index: number): Point {
  const source = random(`${purpose} ${index}`);
  const drawn = inputs.map(({ name, domain, shape, classes }): readonly [string, TensorData] => {
    const dtype = isIntegerDomain(domain) ? 'int32' : 'float32';
    return [name, { shape, dtype, data: sampleDomain(domain, shape, classes, source) }];
  });
  return { ...Object.fromEntries(drawn), ...reference.parameters };
}
