import type { Check } from '../contracts/check.ts';
import { determinism } from './determinism.ts';
import { edgeStability } from './edge-stability.ts';
import { gradientFlow } from './gradient-flow.ts';
import { gradientMatch } from './gradient-match.ts';
import { memory } from './memory.ts';
import { scalarOutput } from './scalar-output.ts';
import { termBalance } from './term-balance.ts';

/** Every check, in the order of the report. */
export const CHECKS: readonly Check[] = [scalarOutput, gradientFlow, edgeStability, gradientMatch, determinism, memory, termBalance];

export { measurePower } from './gradients/power.ts';
