import type uPlot from 'uplot';
import { formatNumber } from '../../numbers.ts';
import type { Axis } from '../plot.ts';
import { colorOf } from './theme.ts';

const FONT = '12px system-ui, sans-serif';
const TICK_SPACE = 26;
const TICK_LETTERS = 8;
const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** Room for the numbers of a y axis: the same for all panels, so that their x axes stand below each other. */
export const Y_SIZE = 70;

export function xAxis({ label, scale }: Axis, isLast: boolean, isWhole: boolean): uPlot.Axis {
  const bare: uPlot.Axis = { ...base(scale), size: 12, values: (_plot, splits) => splits.map(() => '') };
  const axis: uPlot.Axis = isLast ? { ...base(scale), label, labelSize: 24, labelFont: FONT, size: 34, space: 64 } : bare;
  return isWhole && scale === 'linear' ? { ...axis, incrs: WHOLE_STEPS } : axis;
}

export function yAxis({ label, scale }: Axis): uPlot.Axis {
  return { ...base(scale), label, labelSize: 22, labelFont: FONT, size: Y_SIZE, space: TICK_SPACE };
}

function base(scale: Axis['scale']): uPlot.Axis {
  const line = { stroke: colorOf('grid'), width: 1 };
  const common: uPlot.Axis = {
    stroke: colorOf('muted'),
    font: FONT,
    grid: line,
    ticks: { ...line, size: 5 },
    values: (_plot, splits) => splits.map(tick),
  };
  return scale === 'linear' ? common : { ...common, filter: someDecades, grid: { ...line, filter: someDecades }, ticks: { ...line, size: 5, filter: someDecades } };
}

/** Powers of ten only, and no more of them than there is room for. */
function someDecades(plot: uPlot, splits: (number | null)[], axis: number): (number | null)[] {
  const isX = axis === 0;
  const room = (isX ? plot.bbox.width : plot.bbox.height) / devicePixelRatio / (isX ? 52 : TICK_SPACE);
  const exponents = splits.map((split) => (split === null || split <= 0 ? Number.NaN : Math.log10(split)));
  const known = exponents.filter((exponent) => Number.isFinite(exponent));
  const stride = Math.max(1, Math.ceil((Math.max(...known) - Math.min(...known)) / Math.max(1, room)));
  return splits.map((split, at) => {
    const exponent = exponents[at] ?? Number.NaN;
    const whole = Math.round(exponent);
    return Math.abs(exponent - whole) < 1e-9 && whole % stride === 0 ? split : null;
  });
}

function tick(value: number | null): string {
  if (value === null) return '';
  const text = formatNumber(value);
  return text.length <= TICK_LETTERS ? text : formatNumber(Number(value.toPrecision(3)));
}
