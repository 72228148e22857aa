import type { NumericArray, TensorData } from '../../../contracts/tensor.ts';
import { axesOf, groupAlong, type Grouping } from '../groups.ts';
import { asDoubles, onlyMoving, type Rule, type Site, type Step } from '../site.ts';
import { groupsOf, type Touch } from '../touch.ts';
import { groupRows } from './grouped.ts';

/** Kernels that make one number of each group of elements. */
export const REDUCTION: ReadonlySet<string> = new Set(['All', 'Any', 'ArgMax', 'ArgMin', 'Max', 'Mean', 'Min', 'Prod', 'Sum']);

/** What the axes are called, where it is not 'axis'. */
const AXIS: Readonly<Record<string, string>> = { Max: 'reductionIndices' };

/** Up to this size a group is computed again as a whole, which is rounded as the loss rounds it. */
const SMALL_GROUP = 256;
/** Also where a lane changes more than this share of it: there is little to save. */
const LARGE_SHARE = 0.25;

export const reduction: Rule = (site) => {
  const [operand] = site.operands;
  if (operand === undefined || onlyMoving(site) !== 0) return null;
  const { tensor } = operand;
  const grouping = groupAlong(tensor.shape, axesOf(site.attributes[AXIS[site.kernel] ?? 'axis'], tensor.shape.length));
  const extremes = new Map<number, Int32Array>();
  return ([touch]) => {
    if (touch === null || touch === undefined) throw new Error(`${site.kernel} without lanes`);
    const update = updateOf(site, tensor, grouping, touch, extremes);
    return update ?? again(site, tensor, grouping, touch);
  };
};

/** Runs the kernel on all groups that lanes touch. */
function again(site: Site, tensor: TensorData, grouping: Grouping, touch: Touch): Step {
  const { groups, rows } = groupRows(tensor, grouping, touch);
  const isSingle = site.kernel === 'ArgMax' || site.kernel === 'ArgMin';
  const attributes = { ...site.attributes, [AXIS[site.kernel] ?? 'axis']: isSingle ? 1 : [1], keepDims: false };
  return {
    touches: [groups.touch],
    compute: ([values]) => (groups.touch.positions.length === 0 || !values ? [new Float64Array(0)] : site.run([rows(values)], attributes)),
  };
}

/** What the change of some elements makes of a large group; null where it has to be computed again. */
function updateOf(site: Site, tensor: TensorData, grouping: Grouping, touch: Touch, extremes: Map<number, Int32Array>): Step | null {
  const isSum = site.kernel === 'Sum' || site.kernel === 'Mean';
  const isExtreme = site.kernel === 'Max' || site.kernel === 'Min';
  if (tensor.dtype !== 'float32' || !(isSum || isExtreme)) return null;
  if (!(isSum && site.carriesChanges)) {
    if (grouping.size <= SMALL_GROUP) return null;
    if (touch.positions.length > LARGE_SHARE * grouping.size * Math.max(1, touch.offsets.length - 1)) return null;
    if (isExtreme && tensor.data.some(Number.isNaN)) return null;
  }
  const groups = groupsOf(touch, grouping.groupOf);
  const { owner } = groups;
  return isSum ? sums(site, tensor, grouping, touch, groups.touch, owner) : extremesOf(site, tensor, grouping, touch, groups.touch, owner, extremes);
}

/** The sum before, and what its elements changed by. `Mean` divides before it adds. */
function sums(site: Site, tensor: TensorData, { size }: Grouping, touch: Touch, out: Touch, owner: Int32Array): Step {
  const before = site.outputs[0]?.data ?? new Float64Array(0);
  const divisor = site.kernel === 'Mean' ? size : 1;
  const data = asDoubles(tensor.data);
  return {
    touches: [out],
    compute: ([values]) => {
      const added = new Float64Array(out.positions.length);
      const now = asDoubles(values ?? new Float64Array(0));
      for (let entry = 0; entry < owner.length; entry++) {
        const change = (now[entry] ?? NaN) - (data[touch.positions[entry] ?? 0] ?? NaN);
        const row = owner[entry] ?? 0;
        added[row] = (added[row] ?? 0) + change / divisor;
      }
      if (site.carriesChanges) return [added];
      return [added.map((change, row) => (before[out.positions[row] ?? 0] ?? NaN) + change)];
    },
  };
}

/** The largest of the elements that a lane leaves alone, against those that it changes. */
function extremesOf(site: Site, tensor: TensorData, grouping: Grouping, touch: Touch, out: Touch, owner: Int32Array, sorted: Map<number, Int32Array>): Step {
  const sign = site.kernel === 'Max' ? 1 : -1;
  const { data } = tensor;
  const rest = new Float64Array(out.positions.length);
  const touched = new Map<number, Set<number>>();
  owner.forEach((row, entry) => touched.set(row, (touched.get(row) ?? new Set()).add(touch.positions[entry] ?? 0)));
  out.positions.forEach((group, row) => {
    const order = sorted.get(group) ?? sortedGroup(grouping, data, group, sign);
    sorted.set(group, order);
    const changed = touched.get(row);
    const largest = order.find((position) => changed?.has(position) !== true);
    rest[row] = largest === undefined ? -sign * Infinity : (data[largest] ?? NaN);
  });
  return {
    touches: [out],
    compute: ([values]) => {
      const found = rest.slice();
      for (let entry = 0; entry < owner.length; entry++) {
        const value = values?.[entry] ?? NaN;
        const row = owner[entry] ?? 0;
        const before = found[row] ?? NaN;
        if (Number.isNaN(value) || sign * value > sign * before) found[row] = value;
      }
      return [found];
    },
  };
}

function sortedGroup({ size, members }: Grouping, data: NumericArray, group: number, sign: number): Int32Array {
  return members.slice(group * size, (group + 1) * size).sort((a, b) => sign * ((data[b] ?? 0) - (data[a] ?? 0)));
}
