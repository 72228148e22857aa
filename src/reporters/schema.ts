import { z } from 'zod';
import { configSchema } from '../contracts/config.ts';
import { reportSchema } from '../contracts/report.ts';

/** JSON Schema (draft 2020-12) of the JSON report, for scripts that read it and editors that show it. */
export function reportJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(reportSchema, { target: 'draft-2020-12', io: 'input' }),
    title: 'losscheck report, version 1',
  };
}

/** JSON Schema (draft 2020-12) of `losscheck.config.json`, for editors. Functions have no place in JSON. */
export function configJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(configSchema.omit({ checks: true }), { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' }),
    title: 'losscheck config',
  };
}
