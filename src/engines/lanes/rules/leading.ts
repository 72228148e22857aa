import { sizeOf } from '../../../contracts/tensor.ts';
import { groupAlong } from '../groups.ts';
import { onlyMoving, type Rule } from '../site.ts';
import { spread } from '../touch.ts';
import { groupRows } from './grouped.ts';

/** Kernels that work on each example of a batch by itself: lanes become further examples. */
export const LEADING: ReadonlySet<string> = new Set('AvgPool AvgPool3D Conv2D Conv3D DepthwiseConv2dNative Dilation2D LRN MaxPool MaxPool3D ResizeBilinear'.split(' '));

/** The names under which kernels take the batch. */
const BATCH: ReadonlySet<string> = new Set(['x', 'images']);

export const leading: Rule = (site) => {
  const moving = onlyMoving(site);
  const operand = moving === null ? undefined : site.operands[moving];
  const [output] = site.outputs;
  if (operand === undefined || output === undefined || site.outputs.length !== 1 || !BATCH.has(operand.name)) return null;
  const { shape } = operand.tensor;
  if (shape[0] !== output.shape[0]) return null;
  const grouping = groupAlong(shape, shape.map((_, axis) => axis).slice(1));
  const width = sizeOf(output.shape.slice(1));
  const starts = Int32Array.from({ length: grouping.count + 1 }, (_, example) => example * width);
  const targets = Int32Array.from({ length: grouping.count * width }, (_, position) => position);
  return (touches) => {
    const touch = touches[moving ?? 0];
    if (touch === null || touch === undefined) throw new Error(`${site.kernel} without lanes`);
    const { groups, rows } = groupRows(operand.tensor, grouping, touch);
    const examples = groups.touch.positions.length;
    return {
      touches: [spread(groups.touch, { starts, targets }).touch],
      compute: (values) => {
        const given = values[moving ?? 0];
        if (!given || examples === 0) return [new Float64Array(0)];
        const batch = { ...rows(given), shape: [examples, ...shape.slice(1)] };
        return site.run(site.operands.map(({ tensor }, index) => (index === moving ? batch : tensor)));
      },
    };
  };
};
