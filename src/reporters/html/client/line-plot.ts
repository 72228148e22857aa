import uPlot from 'uplot';
import { formatNumber } from '../../numbers.ts';
import type { LinePlot, Panel, PlotNumber, Series } from '../plot.ts';
import { xAxis, Y_SIZE, yAxis } from './axes.ts';
import type { Drawing, Readout } from './drawing.ts';
import { drawGaps, drawMarks } from './overlays.ts';
import { colorOf } from './theme.ts';

const HEIGHT = 230;
const UPPER_HEIGHT = 150;
const LAST_HEIGHT = 200;

/** Lines side by side differ in more than colour; the style sheet has the same for the legend. */
const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3], [4, 4], []];

let figures = 0;

/** Panels below each other over one x axis, with one cursor. */
export function drawLines(host: HTMLElement, plot: LinePlot, width: number, say: Readout): Drawing {
  const { panels, xs } = plot;
  const key = `figure-${figures++}`;
  const read = (at: number | null | undefined) => say(at === null || at === undefined ? '' : describe(plot, at));
  const charts = panels.flatMap((panel, at) => {
    const isLast = at === panels.length - 1;
    const height = panels.length === 1 ? HEIGHT : isLast ? LAST_HEIGHT : UPPER_HEIGHT;
    const data: uPlot.AlignedData = [[...xs], ...panel.series.map((series) => series.values.map((value) => place(value, panel)))];
    const box = host.appendChild(document.createElement('div'));
    if (!data.slice(1).some((column) => [...column].some((value) => typeof value === 'number'))) {
      box.className = 'empty';
      box.textContent = `${panel.y.label}: no finite number to draw`;
      return [];
    }
    return [new uPlot({ ...options(plot, panel, isLast), width, height, ...cursor(key, panel, read) }, data, box)];
  });
  const unlisten = listen(host, plot, charts, read);
  return {
    destroy: () => {
      unlisten();
      for (const chart of charts) chart.destroy();
    },
  };
}

/** Where a value is drawn; null is a gap. */
function place(value: PlotNumber, { y, floor }: Panel): number | null {
  if (typeof value !== 'number') return null;
  if (y.scale === 'linear') return value;
  if (floor !== undefined) return Math.max(value, floor);
  return value > 0 ? value : null;
}

function options(plot: LinePlot, panel: Panel, isLast: boolean): Omit<uPlot.Options, 'width' | 'height'> {
  const distribution = (scale: 'linear' | 'log'): uPlot.Scale => (scale === 'log' ? { distr: 3, log: 10 } : { distr: 1 });
  const isWhole = plot.xs.every(Number.isInteger);
  return {
    legend: { show: false },
    // Rounded to whole pixels, smooth curves wobble.
    pxAlign: 0,
    padding: [12, 14, 0, 0],
    scales: { x: { time: false, ...distribution(plot.x.scale) }, y: distribution(panel.y.scale) },
    axes: [xAxis(plot.x, isLast, isWhole), yAxis(panel.y)],
    series: [{}, ...panel.series.map(look)],
    plugins: [{ hooks: { draw: [(chart) => drawMarks(chart, plot.marks), (chart) => drawGaps(chart, plot.xs, panel.series)] } }],
  };
}

function look({ look, color }: Series): uPlot.Series {
  const stroke = colorOf(`series-${color}`);
  const points = { show: look === 'dots' || look === 'dotted-line', size: look === 'dots' ? 7 : 6, stroke, fill: colorOf('plot'), width: 1.5 };
  if (look === 'dots') return { stroke, points, paths: () => null };
  if (look === 'reference') return { stroke, points, width: 1.5, dash: [5, 5] };
  if (look === 'line') return { stroke, points, width: 2 };
  return { stroke, points, width: 1.5, dash: [...(DASHES[color] ?? [])] };
}

function cursor(key: string, { series }: Panel, read: (at: number | null | undefined) => void): Pick<uPlot.Options, 'cursor' | 'hooks'> {
  return {
    cursor: { drag: { x: false, y: false }, sync: { key }, points: { size: 9, fill: (_chart, at) => colorOf(`series-${series[at - 1]?.color ?? 0}`) } },
    hooks: { setCursor: [(chart) => read(chart.cursor.idx)] },
  };
}

/** The cursor by keyboard. */
function listen(host: HTMLElement, { xs }: LinePlot, charts: readonly uPlot[], read: (at: number | null) => void): () => void {
  let at = -1;
  const go = (event: KeyboardEvent) => {
    const last = xs.length - 1;
    const moves: Readonly<Record<string, number>> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last };
    const to = moves[event.key];
    if (to === undefined || xs.length === 0) return;
    event.preventDefault();
    at = Math.min(Math.max(to, 0), last);
    const [first] = charts;
    const x = xs[at];
    if (first !== undefined && x !== undefined) first.setCursor({ left: first.valToPos(x, 'x'), top: Y_SIZE });
    read(at);
  };
  const leave = () => read(null);
  host.addEventListener('keydown', go);
  host.addEventListener('blur', leave);
  return () => {
    host.removeEventListener('keydown', go);
    host.removeEventListener('blur', leave);
  };
}

function describe({ x, xs, panels, marks }: LinePlot, at: number): string {
  const here = xs[at];
  if (here === undefined) return '';
  const values = panels.flatMap(({ series }) =>
    series.flatMap(({ label, values }) => {
      const value = values[at] ?? null;
      return value === null ? [] : [`${label} ${typeof value === 'number' ? formatNumber(value) : value}`];
    }),
  );
  const marked = marks.some((mark) => mark.x === here) ? ' (marked)' : '';
  return `${x.label} ${formatNumber(here)}${marked}: ${values.join(', ')}`;
}
