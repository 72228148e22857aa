import { axesOf, groupAlong } from '../groups.ts';
import { gather } from '../reader.ts';
import { onlyMoving, type Rule, type Site } from '../site.ts';
import { spread, type Spread } from '../touch.ts';
import { groupRows } from './grouped.ts';

/** Kernels that work on each row along one axis by itself. A lane touches the whole row. */
export const ROWS: ReadonlySet<string> = new Set(['Cumprod', 'Cumsum', 'LogSoftmax', 'Softmax', 'TopK']);

export const rows: Rule = (site) => {
  const [operand] = site.operands;
  if (operand === undefined || onlyMoving(site) !== 0) return null;
  const { shape } = operand.tensor;
  const [axis = -1] = axesOf(axisOf(site), shape.length);
  const grouping = groupAlong(shape, [axis]);
  const results = site.outputs.map((output) => {
    const along = groupAlong(output.shape, [axis]);
    const starts = Int32Array.from({ length: along.count + 1 }, (_, group) => group * along.size);
    return { along, places: { starts, targets: along.members } satisfies Spread };
  });
  return ([touch]) => {
    if (touch === null || touch === undefined) throw new Error(`${site.kernel} without lanes`);
    const { groups, rows: rowsOf } = groupRows(operand.tensor, grouping, touch);
    const outputs = results.map(({ along, places }) => {
      const mapped = spread(groups.touch, places);
      const cells = mapped.touch.positions.map((position, entry) => (mapped.source?.[entry] ?? entry) * along.size + (along.rankOf[position] ?? 0));
      return { touch: mapped.touch, cells };
    });
    return {
      touches: outputs.map((output) => output.touch),
      compute: ([values]) => {
        if (!values || groups.touch.positions.length === 0) return outputs.map(() => new Float64Array(0));
        const computed = site.run([rowsOf(values)], { ...site.attributes, axis: 1, dim: 1 });
        return outputs.map(({ cells }, output) => gather(computed[output] ?? new Float64Array(0), cells));
      },
    };
  };
};

function axisOf({ kernel, attributes }: Site): unknown {
  if (kernel === 'TopK') return -1;
  return attributes[kernel === 'Cumsum' || kernel === 'Cumprod' ? 'axis' : 'dim'] ?? -1;
}
