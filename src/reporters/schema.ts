import { z } from 'zod';
import { reportSchema } from '../contracts/report.ts';

/** JSON Schema (draft 2020-12) of the JSON report, for scripts that read it and editors that show it. */
export function reportJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(reportSchema, { target: 'draft-2020-12', io: 'input' }),
    title: 'losscheck report, version 1',
  };
}
