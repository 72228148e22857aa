import { describe, expect, it } from 'vitest';
import { GUARANTEED_DELTA, isGuaranteed, type LossPower } from '../../src/contracts/power.ts';
import { selftest } from '../../src/run/index.ts';
import { builtIns } from '../../src/run/builtins.ts';

async function powerOf(target: string): Promise<LossPower> {
  const { losses } = await selftest({ target, isolate: false });
  const [power, ...others] = losses;
  if (power === undefined || others.length > 0) throw new Error(`${target} must hold exactly one loss`);
  return power;
}

describe('selftest', () => {
  it.each([...builtIns().ids])('catches every fault that must be caught in %s', async (id) => {
    const power = await powerOf(id);
    const required = [...power.faults, ...power.deltas.filter(({ delta }) => delta >= GUARANTEED_DELTA)];
    expect(required.filter(({ planted, caught }) => caught < planted)).toEqual([]);
    expect(power.alreadyWrong).toBe(0);
    expect(power.coordinates).toBeGreaterThan(0);
    expect(isGuaranteed(power)).toBe(true);
  });

  it('misses what is below the tolerance, and says so', async () => {
    const power = await powerOf('mse');
    expect(power.deltas.filter(({ delta }) => delta < 1e-5).map(({ caught }) => caught)).toEqual([0]);
    expect(Number(power.allCaughtAt)).toBeGreaterThan(9e-6);
    expect(Number(power.allCaughtAt)).toBeLessThan(2e-5);
  });

  it('sees more with a smaller tolerance', async () => {
    const { losses } = await selftest({ target: 'mse', rtol: 1e-9 });
    expect(Number(losses[0]?.allCaughtAt)).toBeLessThan(1e-7);
  });

  it('does not count what was wrong before as caught', async () => {
    const power = await powerOf('fixtures/losses/bad/custom-grad-one-coordinate.ts');
    expect(power.alreadyWrong).toBeGreaterThan(0);
    expect(isGuaranteed(power)).toBe(false);
  });

  it('promises nothing where there is no gradient', async () => {
    const { losses, exitCode } = await selftest({ target: 'fixtures/losses/bad/async-loss.ts', isolate: false });
    expect(losses.map(({ coordinates }) => coordinates)).toEqual([0]);
    expect(exitCode).toBe(1);
  });

  it('resolves a small gradient beside large terms, carried through the sum', async () => {
    const power = await powerOf('fixtures/losses/good/huge-offset.js');
    expect(Number(power.allCaughtAt)).toBeLessThan(1e-4);
  });

  it('cannot see through rounding inside a curved operation', async () => {
    const power = await powerOf('fixtures/losses/bad/drowned-term.ts');
    expect(isGuaranteed(power)).toBe(false);
  });
});
