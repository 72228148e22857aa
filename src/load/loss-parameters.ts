import { parameterProblems } from '../contracts/parameter-problems.ts';
import { showValue } from '../contracts/shown.ts';
import { invalidMetadata, isRecord } from './metadata.ts';
import { isCallable } from './parameters.ts';

/**
 * The parameters of a loss from its own schema: given values checked, defaults for the rest.
 *
 * @throws LoadError `invalid-metadata` with a line for each value that is wrong
 */
export function parseParameters(schema: unknown, given: Readonly<Record<string, unknown>>, lossName: string): unknown {
  if (!isRecord(schema) || !isCallable(schema.safeParse)) {
    throw invalidMetadata([`${lossName}.params: found ${showValue(schema)}; accepted: a zod object`]);
  }
  const result: unknown = Reflect.apply(schema.safeParse, schema, [given]);
  if (isRecord(result) && result.success === true) return result.data;
  throw invalidMetadata(parameterProblems(isRecord(result) ? result.error : undefined, given, `${lossName}.params`));
}

/** The parameters that a zod object declares; empty for another kind of schema. */
export function parameterNames(schema: unknown): readonly string[] {
  return isRecord(schema) && isRecord(schema.shape) ? Object.keys(schema.shape) : [];
}
