/** The numbers of the central scheme, for one coordinate (`difference.ts`) and for many (`ladders.ts`). */

/** Below this share of |x| a step has too few bits for x + h to be told from x. */
export const SMALLEST_STEP = 2 ** -48;

export const DEFAULT_SUFFICIENT_ERROR = 1e-11;

/** Rounding of an extrapolated quotient in units of eps·max|f|/h: the weights of the table add up to at most 2. */
export const KAPPA_CENTRAL = 8;

export const COLUMNS_CENTRAL = 4;
