import { formatValue, invalidMetadata, isRecord } from './metadata.ts';
import { isCallable } from './parameters.ts';

/**
 * The parameters of a loss from its own schema: given values checked, defaults for the rest.
 *
 * @throws LoadError `invalid-metadata` with a line for each value that is wrong
 */
export function parseParameters(schema: unknown, given: Readonly<Record<string, unknown>>, lossName: string): unknown {
  if (!isRecord(schema) || !isCallable(schema.safeParse)) {
    throw invalidMetadata([`${lossName}.params: found ${formatValue(schema)}; accepted: a zod object`]);
  }
  const result: unknown = Reflect.apply(schema.safeParse, schema, [given]);
  if (isRecord(result) && result.success === true) return result.data;
  throw invalidMetadata(linesOf(isRecord(result) ? result.error : undefined, given, lossName));
}

/** The parameters that a zod object declares; empty for another kind of schema. */
export function parameterNames(schema: unknown): readonly string[] {
  return isRecord(schema) && isRecord(schema.shape) ? Object.keys(schema.shape) : [];
}

function linesOf(error: unknown, given: Readonly<Record<string, unknown>>, lossName: string): readonly string[] {
  const issues: readonly unknown[] = isRecord(error) && Array.isArray(error.issues) ? error.issues : [];
  const lines = issues.filter(isRecord).map((issue) => {
    const place = Array.isArray(issue.path) ? issue.path.map(String) : [];
    const [name = ''] = place;
    return `${[lossName, 'params', ...place].join('.')}: found ${formatValue(given[name])}; ${String(issue.message)}`;
  });
  return lines.length > 0 ? lines : [`${lossName}.params: ${error instanceof Error ? error.message : 'not accepted'}`];
}
