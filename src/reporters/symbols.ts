import type { CheckStatus, Severity, Verdict } from '../contracts/report.ts';
import type { Style } from './style.ts';

/** A mark that is one column wide in every terminal, and the colour that goes with it. */
export interface Mark {
  readonly symbol: string;
  readonly paint: (style: Style) => (text: string) => string;
}

const good: Mark = { symbol: '✓', paint: (style) => style.green };
const bad: Mark = { symbol: '✗', paint: (style) => style.red };
const caution: Mark = { symbol: '!', paint: (style) => style.yellow };
const open: Mark = { symbol: '?', paint: (style) => style.magenta };
const neutral: Mark = { symbol: '-', paint: (style) => style.dim };
const note: Mark = { symbol: 'i', paint: (style) => style.cyan };

export const STATUS_MARKS: Readonly<Record<CheckStatus, Mark>> = {
  pass: good,
  fail: bad,
  warn: caution,
  inconclusive: open,
  skip: neutral,
};

export const VERDICT_MARKS: Readonly<Record<Verdict, Mark>> = {
  pass: good,
  fail: bad,
  inconclusive: open,
  error: bad,
};

export const SEVERITY_MARKS: Readonly<Record<Severity, Mark>> = { error: bad, warning: caution, info: note };

export const ALLOWED_MARK: Mark = neutral;
