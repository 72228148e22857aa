import { expect, it } from 'vitest';
import { verify } from '../../src/run/index.ts';

/** At these seeds a probability lies less than a step from 1, where the loss is a logarithm of almost nothing. */
it.each([1, 3, 24])('probabilities near an edge are resolved, seed %i', async (seed) => {
  const { losses } = await verify({ targets: ['bce', 'focal'], check: ['gradient-match'], seed });
  expect(losses.map(({ verdict }) => verdict)).toEqual(['pass', 'pass']);
});
