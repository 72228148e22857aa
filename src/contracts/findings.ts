import type { LoadErrorCode } from './errors.ts';
import type { AgainstFindings } from './findings/against.ts';
import type { BatchInvarianceFindings } from './findings/batch-invariance.ts';
import type { DescentFindings } from './findings/descent.ts';
import type { DeterminismFindings } from './findings/determinism.ts';
import type { EdgeStabilityFindings } from './findings/edge-stability.ts';
import type { GradientFlowFindings } from './findings/gradient-flow.ts';
import type { GradientMatchFindings } from './findings/gradient-match.ts';
import type { MemoryFindings } from './findings/memory.ts';
import type { PrecisionFindings } from './findings/precision.ts';
import type { ScalarOutputFindings } from './findings/scalar-output.ts';
import type { ShapeSafetyFindings } from './findings/shape-safety.ts';
import type { TermBalanceFindings } from './findings/term-balance.ts';

export type { BackendNumbers, PointData } from './findings/words.ts';

/** The data of every finding, by code. A check fills these in; the words stand beside them, one file a check. */
export interface FindingData
  extends ScalarOutputFindings,
    GradientFlowFindings,
    EdgeStabilityFindings,
    GradientMatchFindings,
    DeterminismFindings,
    MemoryFindings,
    ShapeSafetyFindings,
    PrecisionFindings,
    BatchInvarianceFindings,
    TermBalanceFindings,
    DescentFindings,
    AgainstFindings {}

export type FindingCode = keyof FindingData;

/** The checks, in the order of the report. */
export const CHECK_IDS = [
  'scalar-output',
  'gradient-flow',
  'edge-stability',
  'gradient-match',
  'determinism',
  'memory',
  'shape-safety',
  'precision',
  'batch-invariance',
  'term-balance',
  'descent',
  'against',
] as const;

export type CheckId = (typeof CHECK_IDS)[number];

/** Why a loss ended before it was checked; the messages come with the error. */
export type FailureCode = LoadErrorCode | EarlyEndCode;

/** A loss that ended its process, had to be stopped, or did what makes its verdict worthless: exit 4. */
export const EARLY_END_CODES = ['timeout', 'crashed', 'out-of-memory', 'forbidden-access', 'tampered', 'forged-message', 'too-much-output'] as const;

export type EarlyEndCode = (typeof EARLY_END_CODES)[number];
