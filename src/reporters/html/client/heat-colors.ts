import { LEAST_ERROR, type PlotNumber } from '../plot.ts';
import { colorOf } from './theme.ts';

/** What is as large as this is as wrong as can be. */
const MOST_ERROR = 1;

export interface CellColor {
  readonly fill: string;
  /** Of the dot in a cell above the tolerance; null below it. */
  readonly dot: string | null;
}

/** Colours by the logarithm of the error: one scale up to the tolerance, another above it. */
export function heatColors(rtol: number): (error: PlotNumber) => CellColor | null {
  const [low, high] = [pair('heat-low'), pair('heat-high')];
  const [faintDot, strongDot] = [colorOf('heat-dot-0'), colorOf('heat-dot-1')];
  return (error) => {
    if (error === null || error === 'NaN' || error === '-Infinity') return null;
    const size = error === 'Infinity' ? MOST_ERROR : Math.min(Math.max(error, LEAST_ERROR), MOST_ERROR);
    const isAbove = error === 'Infinity' || error > rtol;
    const [from, to] = isAbove ? [rtol, MOST_ERROR] : [LEAST_ERROR, rtol];
    const share = from < to ? Math.log(size / from) / Math.log(to / from) : 1;
    const fill = mix(isAbove ? high : low, Math.min(Math.max(share, 0), 1));
    return { fill, dot: isAbove ? (share < 0.5 ? faintDot : strongDot) : null };
  };
}

type Rgb = readonly number[];

function pair(name: string): readonly [Rgb, Rgb] {
  return [rgb(colorOf(`${name}-0`)), rgb(colorOf(`${name}-1`))];
}

/** Of `#rrggbb`, the only form that the style sheet uses for these. */
function rgb(hex: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

function mix([from, to]: readonly [Rgb, Rgb], share: number): string {
  return `rgb(${from.map((value, at) => Math.round(value + ((to[at] ?? value) - value) * share)).join(' ')})`;
}
