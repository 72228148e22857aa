/** What the script of the page draws: numbers and words, no knowledge of checks. Null is a place without a value. */
export type PlotNumber = number | 'NaN' | 'Infinity' | '-Infinity' | null;

export interface Axis {
  /** With the unit. */
  readonly label: string;
  readonly scale: 'linear' | 'log';
}

/** Lines and dots lie over each other and both are seen: two curves that should agree are drawn as one of each. */
type Look = 'line' | 'dots' | 'dotted-line' | 'reference';

export interface Series {
  readonly label: string;
  /** Which colour of the palette; of `PALETTE_SIZE`. */
  readonly color: number;
  readonly look: Look;
  readonly values: readonly PlotNumber[];
}

export interface Panel {
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Where values that are not above 0 are drawn on a logarithmic scale; without it they are gaps. */
  readonly floor?: number;
}

export interface LinePlot {
  readonly kind: 'lines';
  readonly x: Axis;
  /** Ascending. */
  readonly xs: readonly number[];
  /** Below each other, with the same x. */
  readonly panels: readonly Panel[];
  /** Places on x to point out. */
  readonly marks: readonly { readonly x: number; readonly label: string }[];
}

export interface HeatMap {
  readonly kind: 'heat';
  readonly input: string;
  readonly shape: readonly number[];
  readonly positions: readonly number[];
  readonly analytic: readonly PlotNumber[];
  readonly numeric: readonly PlotNumber[];
  readonly errors: readonly PlotNumber[];
  readonly bounds: readonly PlotNumber[];
  /** Cells in a row. */
  readonly columns: number;
  /** Whether a row of cells is a row of the input, so that its index can stand beside it. */
  readonly isGrid: boolean;
  readonly rtol: number;
}

export type Plot = LinePlot | HeatMap;

export const PALETTE_SIZE = 6;

/** Errors below this are one colour, and one place on an axis: float64 does not tell them apart. */
export const LEAST_ERROR = 1e-16;

/** Index of a flat, row-major position. */
export function indexAt(position: number, shape: readonly number[]): number[] {
  let rest = position;
  return shape
    .toReversed()
    .map((length) => {
      const at = rest % length;
      rest = Math.floor(rest / length);
      return at;
    })
    .toReversed();
}
