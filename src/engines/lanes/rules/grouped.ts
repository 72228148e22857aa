import type { NumericArray, TensorData } from '../../../contracts/tensor.ts';
import type { Grouping } from '../groups.ts';
import { arrayLike } from '../site.ts';
import { groupsOf, type Groups, type Touch } from '../touch.ts';

/** Whole groups as the lanes that touch anything of them have them: a matrix with one row a lane and group. */
export interface GroupRows {
  readonly groups: Groups;
  readonly rows: (values: NumericArray) => TensorData;
}

export function groupRows({ dtype, data }: TensorData, grouping: Grouping, touch: Touch): GroupRows {
  const groups = groupsOf(touch, grouping.groupOf);
  const { size, members, rankOf } = grouping;
  const count = groups.touch.positions.length;
  const template = arrayLike(data, count * size);
  for (let row = 0; row < count; row++) {
    const first = (groups.touch.positions[row] ?? 0) * size;
    for (let rank = 0; rank < size; rank++) template[row * size + rank] = data[members[first + rank] ?? 0] ?? NaN;
  }
  const cells = groups.owner.map((row, entry) => row * size + (rankOf[touch.positions[entry] ?? 0] ?? 0));
  return {
    groups,
    rows: (values) => {
      const filled = template.slice();
      for (let entry = 0; entry < cells.length; entry++) filled[cells[entry] ?? 0] = values[entry] ?? NaN;
      return { shape: [count, size], dtype, data: filled };
    },
  };
}
