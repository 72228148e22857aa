import type { Plot, PlotNumber } from '../plot.ts';

/** A picture and all that is said beside it. */
export interface Figure {
  /** A sentence or question that says what there is to see. */
  readonly title: string;
  /** How to read it. */
  readonly reading: string;
  /** What it shows this time, with numbers: also the text for who does not see it. */
  readonly conclusion: string;
  readonly plot: Plot;
  readonly table: DataTable;
}

export interface DataTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What the table leaves out, if anything. */
  readonly note: string | null;
}

type NumberOrText = Exclude<PlotNumber, null>;

/** Digits enough for any screen; each further one makes the page longer. */
const PLOTTED_DIGITS = 10;

export function plotted(values: readonly NumberOrText[]): PlotNumber[] {
  return values.map((value) => (typeof value === 'number' ? Number(value.toPrecision(PLOTTED_DIGITS)) : value));
}
