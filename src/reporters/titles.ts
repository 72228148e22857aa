import { CATALOGUE, FAILURES } from '../contracts/catalogue.ts';

const TITLES: ReadonlyMap<string, string> = new Map(
  [...Object.entries(CATALOGUE), ...Object.entries(FAILURES)].map(([code, { title }]) => [code, title]),
);

/** The short name of a finding code; null for one that this version does not know. */
export function titleOf(code: string): string | null {
  return TITLES.get(code) ?? null;
}

/** Whether `losscheck explain` knows a code: all but those of a project's own checks. */
export function hasPage(code: string): boolean {
  return TITLES.has(code) || code === 'inconclusive';
}
