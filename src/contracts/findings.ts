import type { LoadErrorCode } from './errors.ts';

/**
 * The data of every finding, by code. A check fills these in; the words are in the catalogue, which must
 * have an entry for each key or it does not compile.
 */

/** Values of the inputs at which something was seen, nested like the tensors; for people to paste. */
export type PointData = Readonly<Record<string, unknown>>;

interface AtEdge {
  readonly edge: string;
  readonly point: PointData;
  /** How many of the edge points show the same. */
  readonly points: number;
  readonly of: number;
}

interface OfInput {
  readonly input: string;
}

export interface FindingData {
  // scalar-output
  readonly 'not-scalar': { readonly shape: readonly number[] };
  readonly 'shape-one': { readonly shape: readonly number[] };
  readonly 'returned-number': { readonly value: number | null; readonly method: string | null };
  readonly 'returned-promise': Readonly<Record<string, never>>;
  readonly 'returned-nothing': { readonly found: string };
  readonly 'returned-other': { readonly found: string };
  readonly 'integer-result': { readonly dtype: string };
  readonly 'loss-threw': { readonly error: string; readonly point: PointData };
  readonly 'nan-value': { readonly samples: number; readonly of: number; readonly point: PointData };
  readonly 'infinite-value': { readonly samples: number; readonly of: number; readonly value: number; readonly point: PointData };

  // gradient-flow
  readonly 'data-read': OfInput & { readonly method: string };
  readonly 'data-dependent-branch': OfInput & {
    readonly method: string;
    /** Values on both sides of a place where the loss changes course; null when none was found. */
    readonly before: number | null;
    readonly after: number | null;
  };
  readonly 'no-gradient-function': OfInput & { readonly op: string };
  readonly 'gradient-threw': { readonly error: string };
  readonly 'disposed-tensor': { readonly op: string | null };
  readonly 'zero-gradient-operation': OfInput & { readonly op: string };
  readonly 'detached-copy': OfInput;
  readonly 'integer-cast': OfInput & { readonly dtype: string };
  readonly 'unused-input': OfInput;
  readonly 'dead-gradient': OfInput & { readonly op: string | null };
  readonly 'lost-gradient': OfInput & { readonly numeric: number; readonly by: 'nested-gradient' | 'closure' | null };
  readonly 'nan-gradient': OfInput & { readonly op: string | null; readonly point: PointData };
  readonly 'infinite-gradient': OfInput & { readonly op: string | null; readonly point: PointData };

  // edge-stability
  readonly 'nan-at-edge': AtEdge & { readonly op: string | null };
  readonly 'infinity-at-edge': AtEdge & { readonly op: string | null; readonly value: number };
  readonly 'nan-gradient-at-edge': AtEdge & OfInput & { readonly op: string | null };
  readonly 'infinite-gradient-at-edge': AtEdge & OfInput & { readonly op: string | null };
  readonly 'double-where': AtEdge & OfInput & { readonly op: string };
  readonly 'threw-at-edge': AtEdge & { readonly error: string };

  // gradient-match
  readonly 'gradient-mismatch': OfInput & {
    readonly index: readonly number[];
    readonly analytic: number;
    readonly numeric: number;
    readonly relativeError: number;
    readonly errorBound: number;
    readonly wrong: number;
    readonly coordinates: number;
    readonly blame: 'customGrad' | 'library' | 'cut' | 'nested-gradient' | null;
    readonly op: string | null;
    /** analytic / numeric, where it is the same for every coordinate. */
    readonly factor: number | null;
    /** What that factor is, in words ('the sign', '1/N of 8 rows'), when it is recognised. */
    readonly factorMeaning: string | null;
    /** 'sample', 'edge' (given by the user), or a name of the special point. */
    readonly at: string;
    readonly point: PointData;
  };
  readonly 'invalid-subgradient': OfInput & {
    readonly index: readonly number[];
    readonly analytic: number;
    readonly left: number;
    readonly right: number;
    readonly at: string;
    readonly point: PointData;
  };
  readonly 'tied-gradient': OfInput & {
    readonly indices: readonly (readonly number[])[];
    readonly analytic: number;
    readonly left: number;
    readonly right: number;
    readonly op: string | null;
    readonly at: string;
    readonly point: PointData;
  };
  readonly discontinuous: OfInput & {
    readonly index: readonly number[];
    readonly jump: number;
    readonly at: string;
    readonly point: PointData;
  };
  readonly kink: OfInput & { readonly coordinates: number; readonly at: string };
  readonly unresolved: OfInput & {
    readonly unresolved: number;
    readonly coordinates: number;
    readonly share: number;
    readonly smallestDetectable: number;
  };

  // term-balance
  readonly 'dominant-term': {
    readonly largest: string;
    readonly smallest: string;
    readonly ratio: number;
    readonly measure: 'value' | 'gradient';
    readonly terms: Readonly<Record<string, number>>;
  };
}

export type FindingCode = keyof FindingData;

/** The checks of the contract: `allow` may name one that this version does not run yet. */
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
] as const;

/** Why a loss ended before it was checked; the messages come with the error. */
export type FailureCode = LoadErrorCode | 'timeout' | 'crashed' | 'out-of-memory';
