import type { Planner, Rule, Site } from '../site.ts';
import { alone } from './alone.ts';
import { ELEMENTWISE, elementwise } from './elementwise.ts';
import { LEADING, leading } from './leading.ts';
import { MATMUL, matmul } from './matmul.ts';
import { MOVEMENT, movement } from './movement.ts';
import { REDUCTION, reduction } from './reduction.ts';
import { ROWS, rows } from './rows.ts';

const RULES: readonly (readonly [ReadonlySet<string>, Rule])[] = [
  [ELEMENTWISE, elementwise],
  [MOVEMENT, movement],
  [REDUCTION, reduction],
  [ROWS, rows],
  [MATMUL, matmul],
  [LEADING, leading],
];

/** How to compute this operation for many lanes; one lane after the other where nothing better is known. */
export function plannerOf(site: Site): Planner {
  const rule = RULES.find(([kernels]) => kernels.has(site.kernel))?.[1];
  const planner = rule?.(site) ?? alone(site);
  if (planner === null) throw new Error(`no way to compute ${site.kernel}`);
  return planner;
}
