/** The rooms that commands work with, loaded on first use so that `--help` and usage errors stay fast. */
export interface Services {
  readonly run: () => Promise<RunRoom>;
  readonly watch: () => Promise<WatchRoom>;
  /** Finding codes with their titles and checks. */
  readonly catalogue: () => Promise<Catalogue>;
  readonly checks: () => Promise<readonly CheckEntry[]>;
}

type RunRoom = Pick<typeof import('../run/index.ts'), 'verify' | 'merge' | 'evaluate' | 'selftest' | 'doctor' | 'describeBuiltIns' | 'loadConfig' | 'effectiveConfig' | 'updateBaseline' | 'pruneBaseline'>;

type WatchRoom = Pick<typeof import('../run/watch/session.ts'), 'watch'>;

export interface CheckEntry {
  readonly id: string;
  readonly title: string;
  readonly severity: 'error' | 'warning';
}

interface CatalogueEntry {
  readonly title: string;
  /** Id of the check that finds it; null for what keeps a loss from being checked at all. */
  readonly check: string | null;
}

export type Catalogue = ReadonlyMap<string, CatalogueEntry>;

export const services: Services = {
  run: async () => {
    await configureZod();
    return import('../run/index.ts');
  },
  watch: async () => {
    await configureZod();
    return import('../run/watch/session.ts');
  },
  checks: async () => (await import('../checks/index.ts')).CHECKS,
  catalogue: async () => {
    const { CATALOGUE, FAILURES } = await import('../contracts/catalogue.ts');
    const findings = Object.entries(CATALOGUE).map(([code, { title, check }]) =>
      entry(code, { title, check }),
    );
    const failures = Object.entries(FAILURES).map(([code, { title }]) => entry(code, { title, check: null }));
    return new Map([...findings, ...failures, entry('inconclusive', { title: 'a check could not decide', check: null })]);
  },
};

/** zod writes and compiles a function for each schema: that pays only where one is used over and over. */
async function configureZod(): Promise<void> {
  const { z } = await import('zod');
  z.config({ jitless: true });
}

function entry(code: string, words: CatalogueEntry): readonly [string, CatalogueEntry] {
  return [code, words];
}
