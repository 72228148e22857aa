import type uPlot from 'uplot';
import type { LinePlot, Series } from '../plot.ts';
import { colorOf } from './theme.ts';

const GAP_ARM = 4;

/** A dashed line at each place that is pointed out. */
export function drawMarks({ ctx, bbox, valToPos }: uPlot, marks: LinePlot['marks']): void {
  ctx.save();
  ctx.strokeStyle = colorOf('mark');
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const { x } of marks) {
    const left = valToPos(x, 'x', true);
    if (left < bbox.left || left > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** A cross where a value is no finite number: at the top for plus infinity, at the bottom for minus infinity and NaN. */
export function drawGaps({ ctx, bbox, valToPos }: uPlot, xs: readonly number[], series: readonly Series[]): void {
  const arm = GAP_ARM * devicePixelRatio;
  ctx.save();
  // The lines drawn before may have been dashed.
  ctx.setLineDash([]);
  ctx.strokeStyle = colorOf('gap');
  ctx.lineWidth = 2 * devicePixelRatio;
  for (const { values } of series) {
    for (const [at, value] of values.entries()) {
      const x = xs[at];
      if (typeof value !== 'string' || x === undefined) continue;
      const left = valToPos(x, 'x', true);
      const top = value === 'Infinity' ? bbox.top + arm : bbox.top + bbox.height - arm;
      ctx.beginPath();
      ctx.moveTo(left - arm, top - arm);
      ctx.lineTo(left + arm, top + arm);
      ctx.moveTo(left + arm, top - arm);
      ctx.lineTo(left - arm, top + arm);
      ctx.stroke();
    }
  }
  ctx.restore();
}
