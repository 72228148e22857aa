import { EXIT } from '../contracts/errors.ts';
import type { SelftestOptions } from '../contracts/options.ts';
import { isGuaranteed, type LossPower, type SelftestReport } from '../contracts/power.ts';
import type { SelftestRequest } from './messages.ts';
import { loadConfig } from './config/load.ts';
import { DEFAULT_SAMPLES, onOneEngine, toRunOptions } from './options.ts';
import { requireTransferable } from './transferable.ts';
import { answer, findModule } from './single.ts';

/**
 * Plants known faults in the gradient of each loss of a target and counts how many of them are caught.
 *
 * @throws UsageError for options that cannot be; LoadError for a target that cannot be loaded
 */
export async function selftest(options: SelftestOptions): Promise<SelftestReport> {
  const { target, isolate = true, ...others } = options;
  const config = await loadConfig({ ...others, isolate });
  const runOptions = onOneEngine('selftest', toRunOptions({ targets: [target], ...others }, config), others.backend);
  requireTransferable(runOptions, isolate);
  const module = await findModule('selftest', target, runOptions);
  const request: SelftestRequest = { kind: 'selftest', module, options: runOptions };
  const losses: LossPower[] = [];
  await answer(request, isolate, (event) => {
    if (event.kind === 'measured') losses.push(event.power);
  });
  const { seed } = runOptions;
  const samples = runOptions.samples ?? config?.facts.samples ?? DEFAULT_SAMPLES;
  const passed = losses.length > 0 && losses.every(isGuaranteed);
  return { schemaVersion: 1, seed, samples, losses, exitCode: passed ? EXIT.passed : EXIT.failed };
}
