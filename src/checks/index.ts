import type { Check } from '../contracts/check.ts';
import { against } from './against.ts';
import { batchInvariance } from './batch-invariance.ts';
import { descent } from './descent.ts';
import { determinism } from './determinism.ts';
import { edgeStability } from './edge-stability.ts';
import { gradientFlow } from './gradient-flow.ts';
import { gradientMatch } from './gradient-match.ts';
import { memory } from './memory.ts';
import { precision } from './precision.ts';
import { scalarOutput } from './scalar-output.ts';
import { shapeSafety } from './shape-safety.ts';
import { termBalance } from './term-balance.ts';

/** Every check, in the order of the report. */
export const CHECKS: readonly Check[] = [
  scalarOutput,
  gradientFlow,
  edgeStability,
  gradientMatch,
  determinism,
  memory,
  shapeSafety,
  precision,
  batchInvariance,
  termBalance,
  descent,
  against,
];

export { measurePower } from './gradients/power.ts';
