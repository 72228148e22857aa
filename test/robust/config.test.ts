import fc from 'fast-check';
import { describe, it } from 'vitest';
import { configuredReporters } from '../../src/cli/flags/reporters.ts';
import type { ParsedConfig } from '../../src/contracts/config.ts';
import { parseConfig } from '../../src/load/config/parse.ts';
import { configFactsSchema, factsOf } from '../../src/run/config/facts.ts';
import type { LoadedConfig } from '../../src/run/config/loaded.ts';
import { effectiveConfig } from '../../src/run/config/print.ts';
import { settingsFor } from '../../src/run/config/settings.ts';
import { chosenChecks, toRunOptions } from '../../src/run/options.ts';
import { toManyOptions } from '../../src/run/many/options.ts';
import { near, requireReadable, RUNS } from './hostile.ts';

/** Every field that there is. */
function valid(): Record<string, unknown> {
  return {
    $schema: './losscheck.schema.json',
    targets: ['src/losses'],
    check: ['scalar-output', 'my-check'],
    skip: ['memory'],
    seed: 7,
    samples: 4,
    tolerance: { rtol: 1e-4 },
    backend: 'cpu',
    timeout: 30,
    runTimeout: 600,
    maxMemory: 1024,
    jobs: 2,
    strict: true,
    reporters: ['table', 'json:report.json'],
    baseline: 'losscheck-baseline.json',
    severity: { precision: 'off', 'gradient-mismatch': 'warning' },
    overrides: [
      {
        files: ['src/**/*.ts', 'huber'],
        inputs: { yPred: { shape: [2, 3], domain: 'probability' }, s: { domain: () => [1] } },
        tolerance: { rtol: 1e-3 },
        expect: { reduction: 'sum' },
        allow: [{ check: 'my-check', code: 'my-finding', reason: 'known' }],
        check: ['precision'],
        skip: [],
        severity: { memory: 'error' },
        samples: 2,
      },
    ],
    checks: [
      { id: 'my-check', title: 'mine', severity: 'warning', precision: 64, findings: { 'my-finding': { title: 't', message: 'm', why: () => 'w', fix: 'f' } }, run: () => ({ status: 'pass', summary: '' }) },
    ],
  };
}

const DIRECTORY = '/project';

function loadedFrom(config: ParsedConfig): LoadedConfig {
  const facts = factsOf(config);
  const file = `${DIRECTORY}/losscheck.config.ts`;
  return { file, facts, transfer: { file, shown: 'losscheck.config.ts', directory: DIRECTORY, named: null, value: null, bundle: null }, sources: [file] };
}

/** Everybody who reads a config that was accepted. */
async function use(config: ParsedConfig): Promise<void> {
  const loaded = loadedFrom(config);
  // What crosses between processes and is kept in the cache must be read back.
  configFactsSchema.parse(JSON.parse(JSON.stringify(loaded.facts)));
  const settings = [`${DIRECTORY}/src/a.ts`, 'huber'].map((target) => settingsFor(config, DIRECTORY, target));
  const options = { cwd: DIRECTORY };
  const run = toRunOptions(options, loaded);
  toManyOptions(options, loaded);
  for (const each of settings) chosenChecks(run, each);
  configuredReporters(loaded, DIRECTORY);
  JSON.stringify(await effectiveConfig({ ...options, targets: ['huber'] }, loaded));
}

describe('a config, whatever it is', () => {
  it('is understood, or refused in words', async () => {
    let understood = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(near(valid), async ({ make }) => {
        try {
          await use(parseConfig(make(), 'losscheck.config.ts'));
          understood++;
        } catch (error) {
          refused++;
          requireReadable(error);
        }
      }),
      RUNS,
    );
    // A generator of nothing but nonsense would show nothing.
    if (RUNS.numRuns >= 1000 && (understood < RUNS.numRuns / 50 || refused < RUNS.numRuns / 20)) throw new Error(`${understood} understood and ${refused} refused: too few of one kind`);
  });
});
