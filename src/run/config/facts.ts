import { z } from 'zod';
import { configSchema, overrideSchema, type ParsedConfig } from '../../contracts/config.ts';

/** What of a config can be written down: all of it but functions. It crosses between processes and is kept in the cache. */
export const configFactsSchema = z.object({
  ...configSchema.omit({ overrides: true, checks: true, $schema: true }).shape,
  /** For people: sampler functions are the text 'sampler'. */
  overrides: z.array(z.looseObject({ files: overrideSchema.shape.files })).optional(),
  checks: z.array(z.object({ id: z.string(), title: z.string(), severity: z.enum(['error', 'warning']), codes: z.array(z.string()) })),
  /** Whether something in it has to be run where losses are checked. */
  hasFunctions: z.boolean(),
});

export type ConfigFacts = z.infer<typeof configFactsSchema>;

export function factsOf({ $schema: _schema, checks = [], overrides, ...plain }: ParsedConfig): ConfigFacts {
  const shown = overrides?.map((override) => ({ ...(writable(override) as object), files: override.files }));
  return {
    ...plain,
    ...(shown === undefined ? {} : { overrides: shown }),
    checks: checks.map(({ id, title, severity, findings }) => ({ id, title, severity, codes: Object.keys(findings) })),
    hasFunctions: checks.length > 0 || holdsFunction(overrides),
  };
}

function holdsFunction(value: unknown): boolean {
  if (typeof value === 'function') return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsFunction);
}

function writable(value: unknown): unknown {
  if (typeof value === 'function') return 'sampler';
  if (Array.isArray(value)) return value.map(writable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, writable(each)]));
}
