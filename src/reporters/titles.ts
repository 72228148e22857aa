import { CATALOGUE, FAILURES } from '../contracts/catalogue.ts';

const TITLES: ReadonlyMap<string, string> = new Map(
  [...Object.entries(CATALOGUE), ...Object.entries(FAILURES)].map(([code, { title }]) => [code, title]),
);

/** The short name of a finding code; null for one that this version does not know. */
export function titleOf(code: string): string | null {
  return TITLES.get(code) ?? null;
}

/** Whether `losscheck explain` has more to say about a code than the report has said already. */
export function hasPage(code: string): boolean {
  return Object.hasOwn(CATALOGUE, code);
}
