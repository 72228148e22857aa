import { sizeOf, type NumericArray, type TensorData } from '../../../contracts/tensor.ts';
import { groupAlong, type Grouping } from '../groups.ts';
import { gather } from '../reader.ts';
import { onlyMoving, type Operand, type Rule, type Site, type Step } from '../site.ts';
import { laneCount, spread, union, type Spread, type Touch } from '../touch.ts';
import { groupRows, type GroupRows } from './grouped.ts';

/**
 * Products of matrices: a lane that changes a row of the first changes a row of the product, one that changes a
 * column of the second a column of it.
 */
export const MATMUL: ReadonlySet<string> = new Set(['BatchMatMul']);

/** One factor, cut into the vectors that the product is made of: rows of the first, columns of the second. */
interface Factor {
  readonly operand: Operand;
  readonly batches: number;
  readonly vectors: number;
  readonly length: number;
  readonly grouping: Grouping;
}

export const matmul: Rule = (site) => {
  const [first, second] = site.operands;
  const [output] = site.outputs;
  if (first === undefined || second === undefined || output === undefined || first.name !== 'a' || second.name !== 'b') return null;
  const a = factorOf(first, site.attributes['transposeA'] === true, 'rows');
  const b = factorOf(second, site.attributes['transposeB'] === true, 'columns');
  const batches = sizeOf(output.shape.slice(0, -2));
  const moving = onlyMoving(site);
  const movesAlong = [a, b].every(({ operand, batches: own }) => own === batches || (own === 1 && !operand.moves));
  if (!movesAlong) return null;
  if (moving === null) return ([touchA, touchB]) => dots(site, a, b, known(touchA), known(touchB));
  if (batches > 1) return ([touchA, touchB]) => oneFactorOfMany(site, a, b, touchA ?? null, touchB ?? null);
  return (touches) => oneFactor(site, moving === 0 ? a : b, moving === 0 ? b : a, moving === 0 ? 'rows' : 'columns', known(touches[moving]));
};

function factorOf(operand: Operand, isTransposed: boolean, cut: 'rows' | 'columns'): Factor {
  const { shape } = operand.tensor;
  const rank = shape.length;
  // The axis that the product sums over.
  const inner = (cut === 'rows') === isTransposed ? rank - 2 : rank - 1;
  const grouping = groupAlong(shape, [inner]);
  const batches = sizeOf(shape.slice(0, -2));
  return { operand, batches, vectors: grouping.count / Math.max(1, batches), length: grouping.size, grouping };
}

function placesIn(output: TensorData, cut: 'rows' | 'columns'): { readonly along: Grouping; readonly places: Spread } {
  const rank = output.shape.length;
  const along = groupAlong(output.shape, [cut === 'rows' ? rank - 1 : rank - 2]);
  const starts = Int32Array.from({ length: along.count + 1 }, (_, group) => group * along.size);
  return { along, places: { starts, targets: along.members } };
}

/** Only one factor moves and there is one product: its vectors are put together to one matrix. */
function oneFactor(site: Site, own: Factor, other: Factor, cut: 'rows' | 'columns', touch: Touch): Step {
  const [output] = site.outputs;
  if (output === undefined) throw new Error('a product without a result');
  const { groups, rows } = groupRows(own.operand.tensor, own.grouping, touch);
  const { along, places } = placesIn(output, cut);
  const mapped = spread(groups.touch, places);
  const count = groups.touch.positions.length;
  // Of [vectors, others] for rows and of [others, vectors] for columns.
  const cells = mapped.touch.positions.map((position, entry) => {
    const vector = mapped.source?.[entry] ?? entry;
    const rank = along.rankOf[position] ?? 0;
    return cut === 'rows' ? vector * along.size + rank : rank * count + vector;
  });
  const matrix = { ...other.operand.tensor, shape: [1, ...other.operand.tensor.shape.slice(-2)] };
  return {
    touches: [mapped.touch],
    compute: (values) => {
      const given = values[cut === 'rows' ? 0 : 1];
      if (!given || count === 0) return [new Float64Array(0)];
      const vectors = { ...rows(given), shape: [1, count, own.length] };
      const computed =
        cut === 'rows'
          ? site.run([vectors, matrix], { ...site.attributes, transposeA: false })
          : site.run([matrix, vectors], { ...site.attributes, transposeB: true });
      return [gather(computed[0] ?? new Float64Array(0), cells)];
    },
  };
}

function oneFactorOfMany(site: Site, a: Factor, b: Factor, touchA: Touch | null, touchB: Touch | null): Step {
  const lanes = laneCount(known(touchA ?? touchB));
  const none: Touch = { offsets: new Int32Array(lanes + 1), positions: new Int32Array(0) };
  return dots(site, a, b, touchA ?? none, touchB ?? none);
}

/** Each number that changes as the product of one row and one column, as the lane has them. */
function dots(site: Site, a: Factor, b: Factor, touchA: Touch, touchB: Touch): Step {
  const [output] = site.outputs;
  if (output === undefined) throw new Error('a product without a result');
  const rows = placesIn(output, 'rows');
  const columns = placesIn(output, 'columns');
  const rowsA = groupRows(a.operand.tensor, a.grouping, touchA);
  const columnsB = groupRows(b.operand.tensor, b.grouping, touchB);
  const touch = union([spread(rowsA.groups.touch, rows.places).touch, spread(columnsB.groups.touch, columns.places).touch]);
  const left = vectorsOf(a, rowsA, touch, rows.along);
  const right = vectorsOf(b, columnsB, touch, columns.along);
  const count = touch.positions.length;
  return {
    touches: [touch],
    compute: ([valuesA, valuesB]) => {
      if (count === 0) return [new Float64Array(0)];
      const operands = [
        { shape: [count, 1, a.length], dtype: a.operand.tensor.dtype, data: left(valuesA ?? new Float64Array(0)) },
        { shape: [count, 1, b.length], dtype: b.operand.tensor.dtype, data: right(valuesB ?? new Float64Array(0)) },
      ];
      return [site.run(operands, { ...site.attributes, transposeA: false, transposeB: true })[0] ?? new Float64Array(0)];
    },
  };
}

/** For each number of the product, the vector of one factor that it is made of, one after the other. */
function vectorsOf({ operand, grouping, batches, vectors, length }: Factor, { groups, rows }: GroupRows, touch: Touch, along: Grouping): (values: NumericArray) => NumericArray {
  const changed = new Int32Array(touch.positions.length).fill(-1);
  const vector = touch.positions.map((position) => {
    const group = along.groupOf[position] ?? 0;
    return batches === 1 ? group % vectors : group;
  });
  for (let lane = 0; lane < laneCount(touch); lane++) {
    const rowOf = new Map<number, number>();
    for (let row = groups.touch.offsets[lane] ?? 0; row < (groups.touch.offsets[lane + 1] ?? 0); row++) rowOf.set(groups.touch.positions[row] ?? 0, row);
    if (rowOf.size === 0) continue;
    for (let entry = touch.offsets[lane] ?? 0; entry < (touch.offsets[lane + 1] ?? 0); entry++) changed[entry] = rowOf.get(vector[entry] ?? 0) ?? -1;
  }
  const template = new Float64Array(touch.positions.length * length);
  vector.forEach((group, entry) => {
    for (let rank = 0; rank < length; rank++) template[entry * length + rank] = operand.tensor.data[grouping.members[group * length + rank] ?? 0] ?? NaN;
  });
  return (values) => {
    const { data } = rows(values);
    const filled = template.slice();
    changed.forEach((row, entry) => {
      if (row >= 0) filled.set(data.subarray(row * length, (row + 1) * length), entry * length);
    });
    return filled;
  };
}

function known(touch: Touch | null | undefined): Touch {
  if (touch === null || touch === undefined) throw new Error('a product without lanes');
  return touch;
}
