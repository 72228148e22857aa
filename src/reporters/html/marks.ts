import type { CheckStatus, LossReport, Verdict } from '../../contracts/report.ts';
import type { Problem } from '../problems.ts';
import { STATUS_MARKS, VERDICT_MARKS } from '../symbols.ts';
import { html, type Markup } from './markup.ts';

/** How a loss is sorted and filtered: a pass that warns is told apart. */
export type State = Verdict | 'warn';

export const STATE_WORDS: Readonly<Record<State, string>> = {
  error: 'could not be checked',
  fail: 'failed',
  inconclusive: 'inconclusive',
  warn: 'passed with warnings',
  pass: 'passed',
};

/** What needs a person first, first. */
export const STATES: readonly State[] = ['error', 'fail', 'inconclusive', 'warn', 'pass'];

export function stateOf({ verdict, checks }: LossReport): State {
  return verdict === 'pass' && checks.some(({ status }) => status === 'warn' || status === 'inconclusive') ? 'warn' : verdict;
}

/** A mark besides the colour, for who does not see it. */
export function stateBadge(state: State): Markup {
  const { symbol } = state === 'warn' ? STATUS_MARKS.warn : VERDICT_MARKS[state];
  return badge(state, symbol, STATE_WORDS[state]);
}

export function statusBadge(status: CheckStatus): Markup {
  return badge(status, STATUS_MARKS[status].symbol, status);
}

const LEVELS: Readonly<Record<Problem['level'], { kind: string; symbol: string; word: string }>> = {
  failure: { kind: 'fail', symbol: '✗', word: 'failure' },
  warning: { kind: 'warn', symbol: '!', word: 'warning' },
  accepted: { kind: 'skip', symbol: '-', word: 'accepted' },
  note: { kind: 'note', symbol: 'i', word: 'note' },
};

export function levelBadge(level: Problem['level']): Markup {
  const { kind, symbol, word } = LEVELS[level];
  return badge(kind, symbol, word);
}

function badge(kind: string, symbol: string, word: string): Markup {
  return html`<span class="${`badge ${kind}`}"><span class="symbol" aria-hidden="true">${symbol}</span>${word}</span>`;
}
