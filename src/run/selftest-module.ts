import { measurePower } from '../checks/index.ts';
import type { LossPower } from '../contracts/power.ts';
import type { Emit, SelftestRequest } from './messages.ts';
import { openModule } from './module.ts';
import { numberOrText } from './numbers.ts';
import { prepare } from './prepare.ts';

/** Measures the power of gradient-match on every loss of one module, in whichever process this runs. */
export async function selftestModule({ module: target, options }: SelftestRequest, emit: Emit): Promise<void> {
  const module = await openModule(target, options);
  const failed = module.errors[0];
  if (failed !== undefined) throw failed.error;
  for (const pair of module.losses) {
    emit({ kind: 'started', id: pair.id, check: null });
    const { context } = prepare(module, pair, options);
    const power = measurePower(context);
    const { halfCaughtAt, allCaughtAt, weakest } = power;
    const measured: LossPower = {
      id: pair.id,
      ...power,
      halfCaughtAt: halfCaughtAt === null ? null : numberOrText(Number(halfCaughtAt)),
      allCaughtAt: allCaughtAt === null ? null : numberOrText(Number(allCaughtAt)),
      weakest: weakest === null ? null : { ...weakest, threshold: numberOrText(Number(weakest.threshold)) },
    };
    emit({ kind: 'measured', power: measured });
  }
}
