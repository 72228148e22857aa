import { acceptedBy } from './accepted.ts';
import { showName, showValue } from './shown.ts';

/**
 * What a schema says against the parameters of a loss, a line each: `params.gamma: found -1; accepted: at least 0`.
 *
 * @param error what zod's `safeParse` returned
 * @param given the parameters that were refused
 * @param label how a person would call the parameters: `params`
 */
export function parameterProblems(error: unknown, given: unknown, label: string): readonly string[] {
  const issues = isObject(error) && Array.isArray(error['issues']) ? error['issues'].filter(isObject) : [];
  const lines = issues.map((issue) => {
    const place = Array.isArray(issue['path']) ? issue['path'].map(String) : [];
    const found = place.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), given);
    return `${[label, ...place.map(showName)].join('.')}: found ${showValue(found)}; accepted: ${acceptedBy({ ...issue, message: String(issue['message']) })}`;
  });
  return lines.length > 0 ? lines : [`${label}: ${error instanceof Error ? error.message : 'not accepted'}`];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
