import { formatNumber } from '../../numbers.ts';
import { indexAt, type HeatMap, type PlotNumber } from '../plot.ts';
import type { Drawing, Readout } from './drawing.ts';
import { heatColors } from './heat-colors.ts';
import { colorOf } from './theme.ts';

const MOST_CELL = 34;
const LEFT = 36;
const TOP = 20;
const LABEL_SPACE = 26;
const FONT = '11px system-ui, sans-serif';

/** A cell for each coordinate, walked with the arrow keys or the pointer. */
export function drawHeat(host: HTMLElement, plot: HeatMap, width: number, say: Readout): Drawing {
  const { columns, positions } = plot;
  const count = positions.length;
  const cell = Math.max(2, Math.min(MOST_CELL, Math.floor((width - LEFT - 2) / columns)));
  const rows = Math.ceil(count / columns);
  const canvas = host.appendChild(document.createElement('canvas'));
  const [wide, high] = [LEFT + columns * cell + 2, TOP + rows * cell + 2];
  canvas.width = wide * devicePixelRatio;
  canvas.height = high * devicePixelRatio;
  canvas.style.width = `${wide}px`;
  canvas.style.height = `${high}px`;
  let active: number | null = null;

  const show = (to: number | null) => {
    active = to;
    paint(canvas, plot, { cell, rows, active });
    say(to === null ? '' : describe(plot, to));
  };
  const point = (event: MouseEvent) => {
    const column = Math.floor((event.offsetX - LEFT) / cell);
    const at = Math.floor((event.offsetY - TOP) / cell) * columns + column;
    show(column >= 0 && column < columns && at >= 0 && at < count ? at : null);
  };
  const go = (event: KeyboardEvent) => {
    const from = active ?? -1;
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: from + 1,
      ArrowLeft: from - 1,
      ArrowDown: active === null ? 0 : from + columns,
      ArrowUp: from - columns,
      Home: 0,
      End: count - 1,
    };
    const to = moves[event.key];
    if (to === undefined || count === 0) return;
    event.preventDefault();
    if (to >= 0 && to < count) show(to);
    else if (active === null) show(0);
  };
  const leave = () => show(null);
  canvas.addEventListener('mousemove', point);
  canvas.addEventListener('mouseleave', leave);
  host.addEventListener('keydown', go);
  host.addEventListener('blur', leave);
  paint(canvas, plot, { cell, rows, active });
  return {
    destroy: () => {
      host.removeEventListener('keydown', go);
      host.removeEventListener('blur', leave);
    },
  };
}

interface Layout {
  readonly cell: number;
  readonly rows: number;
  readonly active: number | null;
}

function paint(canvas: HTMLCanvasElement, plot: HeatMap, { cell, rows, active }: Layout): void {
  const ctx = canvas.getContext('2d');
  if (ctx === null) return;
  const colors = heatColors(plot.rtol);
  ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  ctx.clearRect(0, 0, canvas.width, canvas.height);
  const gap = cell > 6 ? 1 : 0;
  for (const [at, error] of plot.errors.entries()) {
    const { x, y } = corner(plot, at, cell);
    const color = colors(error);
    ctx.fillStyle = color?.fill ?? colorOf('plot');
    ctx.fillRect(x, y, cell - gap, cell - gap);
    if (color === null) cross(ctx, x, y, cell);
    else if (color.dot !== null && cell > 6) dot(ctx, x, y, cell, color.dot);
  }
  paintLabels(ctx, plot, cell, rows);
  if (active !== null) {
    const { x, y } = corner(plot, active, cell);
    ctx.strokeStyle = colorOf('text');
    ctx.lineWidth = 2;
    ctx.strokeRect(x - 1, y - 1, cell + 1, cell + 1);
  }
}

function corner({ columns }: HeatMap, at: number, cell: number): { x: number; y: number } {
  return { x: LEFT + (at % columns) * cell, y: TOP + Math.floor(at / columns) * cell };
}

function dot(ctx: CanvasRenderingContext2D, x: number, y: number, cell: number, color: string): void {
  ctx.fillStyle = color;
  ctx.beginPath();
  ctx.arc(x + cell / 2 - 0.5, y + cell / 2 - 0.5, Math.max(1.5, cell / 9), 0, 2 * Math.PI);
  ctx.fill();
}

/** A cell without a number. */
function cross(ctx: CanvasRenderingContext2D, x: number, y: number, cell: number): void {
  ctx.strokeStyle = colorOf('gap');
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(x + 2, y + 2);
  ctx.lineTo(x + cell - 3, y + cell - 3);
  ctx.moveTo(x + cell - 3, y + 2);
  ctx.lineTo(x + 2, y + cell - 3);
  ctx.stroke();
}

/** Indices beside rows and above columns; of a list, the position that each row begins with. */
function paintLabels(ctx: CanvasRenderingContext2D, { columns, isGrid, shape, positions }: HeatMap, cell: number, rows: number): void {
  ctx.fillStyle = colorOf('muted');
  ctx.font = FONT;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'right';
  const stride = Math.max(1, Math.ceil(LABEL_SPACE / cell));
  const rowStride = Math.max(1, Math.ceil(16 / cell));
  const rowsInPlane = shape.filter((length) => length > 1).at(-2) ?? rows;
  for (let row = 0; row < rows; row += rowStride) {
    const label = isGrid ? row % rowsInPlane : (positions[row * columns] ?? 0);
    ctx.fillText(String(label), LEFT - 6, TOP + row * cell + cell / 2);
  }
  ctx.textAlign = 'center';
  const named = isGrid ? columns : 0;
  for (let column = 0; column < named; column += stride) {
    ctx.fillText(String(column), LEFT + column * cell + cell / 2, TOP / 2);
  }
}

function describe({ input, shape, positions, analytic, numeric, errors, bounds }: HeatMap, at: number): string {
  const index = indexAt(positions[at] ?? 0, shape);
  const name = index.length === 0 ? input : `${input}[${index.join(', ')}]`;
  return `${name}: autograd ${text(analytic[at])}, numeric ${text(numeric[at])} ± ${text(bounds[at])}, relative error ${text(errors[at])}`;
}

function text(value: PlotNumber | undefined): string {
  if (value === null || value === undefined) return 'unknown';
  return typeof value === 'number' ? formatNumber(value) : value;
}
