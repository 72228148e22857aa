import { formatLocation, renderFrame } from './frame.ts';
import type { Problem } from './problems.ts';
import { createLayout } from './style.ts';
import { clean } from './text.ts';
import { hasPage } from './titles.ts';

const PLAIN = createLayout({ color: false, width: 120 });

/** The lines below a problem that say what to do, each with its label; those without a text are left out. */
export function adviceOf(problem: Problem): readonly (readonly [label: string, text: string])[] {
  const { accepted, why, fix, eval: evaluate, replay, code } = problem;
  const lines: readonly (readonly [string, string])[] = [
    ['Accepted', accepted ?? ''],
    ['Why', why],
    ['Fix', fix],
    ['Eval', evaluate ?? ''],
    ['Replay', replay],
    ['More', hasPage(code) ? `losscheck explain ${code}` : ''],
  ];
  return lines.filter(([, text]) => text !== '').map(([label, text]) => [label, clean(text)]);
}

/** A problem in plain text: message, place, the lines of code around it, and what to do. Nothing is wrapped. */
export function detailsOf(problem: Problem): string {
  const { location, message } = problem;
  const place = location === null ? [] : [formatLocation(location), ...frameOf(problem)];
  return [clean(message), ...place, ...adviceOf(problem).map(([label, text]) => `${label}: ${text}`)].join('\n');
}

/** The code around the blamed line; empty where there is none to show. */
export function frameOf({ location }: Problem): readonly string[] {
  return location === null ? [] : renderFrame(location, PLAIN);
}
