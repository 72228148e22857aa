/**
 * Which elements of a tensor each lane changes.
 *
 * A lane is the loss with one coordinate moved. Lane l touches `positions[offsets[l] .. offsets[l + 1])`, ascending;
 * all other elements are as they were at the point. Values of lanes stand in arrays of the same order: one number an
 * entry.
 */
export interface Touch {
  readonly offsets: Int32Array;
  readonly positions: Int32Array;
}

export function laneCount({ offsets }: Touch): number {
  return offsets.length - 1;
}

/** 0, 1, 2, … */
export function upTo(length: number): Int32Array {
  const numbers = new Int32Array(length);
  for (let index = 0; index < length; index++) numbers[index] = index;
  return numbers;
}

/** One element a lane. */
export function oneEach(positions: Int32Array): Touch {
  return { offsets: upTo(positions.length + 1), positions };
}

/** Whether each lane touches one element. */
export function isOneEach({ offsets, positions }: Touch): boolean {
  if (positions.length !== offsets.length - 1) return false;
  for (let lane = 0; lane < offsets.length; lane++) if (offsets[lane] !== lane) return false;
  return true;
}

function mapNumbers(keys: Int32Array, numbers: Int32Array): Int32Array {
  const mapped = new Int32Array(keys.length);
  for (let index = 0; index < keys.length; index++) mapped[index] = numbers[keys[index] ?? 0] ?? 0;
  return mapped;
}

/** To which elements of an output each element of an input goes: those of element p from `starts[p]` on. */
export interface Spread {
  readonly starts: Int32Array;
  readonly targets: Int32Array;
}

/** The other way round: `sources[q]` is the input element that output element q comes from, -1 for none. */
export function invert(sources: ArrayLike<number>, size: number): Spread {
  const starts = new Int32Array(size + 1);
  for (let q = 0; q < sources.length; q++) {
    const source = sources[q] ?? -1;
    if (source >= 0) starts[source + 1] = (starts[source + 1] ?? 0) + 1;
  }
  for (let p = 0; p < size; p++) starts[p + 1] = (starts[p + 1] ?? 0) + (starts[p] ?? 0);
  const next = starts.slice(0, size);
  const targets = new Int32Array(starts[size] ?? 0);
  for (let q = 0; q < sources.length; q++) {
    const source = sources[q] ?? -1;
    if (source < 0) continue;
    const at = next[source] ?? 0;
    targets[at] = q;
    next[source] = at + 1;
  }
  return { starts, targets };
}

/** A touch with, for each of its entries, the entry of another touch that its value comes from. */
export interface Mapped {
  readonly touch: Touch;
  /** Null where entry e comes from entry e. */
  readonly source: Int32Array | null;
}

/** Every entry goes to its targets. */
export function spread(touch: Touch, { starts, targets }: Spread): Mapped {
  const lanes = laneCount(touch);
  const offsets = new Int32Array(lanes + 1);
  let total = 0;
  for (let lane = 0; lane < lanes; lane++) {
    for (let entry = touch.offsets[lane] ?? 0; entry < (touch.offsets[lane + 1] ?? 0); entry++) {
      const position = touch.positions[entry] ?? 0;
      total += (starts[position + 1] ?? 0) - (starts[position] ?? 0);
    }
    offsets[lane + 1] = total;
  }
  const positions = new Int32Array(total);
  const source = new Int32Array(total);
  let at = 0;
  let isAscending = true;
  for (let lane = 0; lane < lanes; lane++) {
    let last = -1;
    for (let entry = touch.offsets[lane] ?? 0; entry < (touch.offsets[lane + 1] ?? 0); entry++) {
      const position = touch.positions[entry] ?? 0;
      for (let target = starts[position] ?? 0; target < (starts[position + 1] ?? 0); target++) {
        const to = targets[target] ?? 0;
        if (to < last) isAscending = false;
        last = to;
        positions[at] = to;
        source[at++] = entry;
      }
    }
  }
  const mapped = { touch: { offsets, positions }, source };
  return isAscending ? mapped : ascending(mapped);
}

/** Entries of each lane in the order of their positions. */
function ascending({ touch, source }: { readonly touch: Touch; readonly source: Int32Array }): Mapped {
  const { offsets, positions } = touch;
  for (let lane = 0; lane + 1 < offsets.length; lane++) {
    const from = offsets[lane] ?? 0;
    const to = offsets[lane + 1] ?? 0;
    const order = Int32Array.from({ length: to - from }, (_, index) => from + index).sort((a, b) => (positions[a] ?? 0) - (positions[b] ?? 0));
    const sortedPositions = order.map((entry) => positions[entry] ?? 0);
    const sortedSource = order.map((entry) => source[entry] ?? 0);
    positions.set(sortedPositions, from);
    source.set(sortedSource, from);
  }
  return { touch, source };
}

/** Elements that any of the touches has. The same object when all are the same one. */
export function union(touches: readonly Touch[]): Touch {
  const [first, ...others] = touches;
  if (first === undefined) throw new Error('a union needs a touch');
  return others.reduce((joined, other) => (sameTouch(joined, other) ? joined : unionOfTwo(joined, other)), first);
}

function sameTouch(a: Touch, b: Touch): boolean {
  if (a === b) return true;
  return sameNumbers(a.offsets, b.offsets) && sameNumbers(a.positions, b.positions);
}

function sameNumbers(a: Int32Array, b: Int32Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

function unionOfTwo(a: Touch, b: Touch): Touch {
  const lanes = laneCount(a);
  const positions = new Int32Array(a.positions.length + b.positions.length);
  const offsets = new Int32Array(lanes + 1);
  let at = 0;
  for (let lane = 0; lane < lanes; lane++) {
    let i = a.offsets[lane] ?? 0;
    let j = b.offsets[lane] ?? 0;
    const lastI = a.offsets[lane + 1] ?? 0;
    const lastJ = b.offsets[lane + 1] ?? 0;
    while (i < lastI || j < lastJ) {
      const left = i < lastI ? (a.positions[i] ?? 0) : Infinity;
      const right = j < lastJ ? (b.positions[j] ?? 0) : Infinity;
      if (left <= right) i++;
      if (right <= left) j++;
      positions[at++] = Math.min(left, right);
    }
    offsets[lane + 1] = at;
  }
  return { offsets, positions: positions.slice(0, at) };
}

/**
 * For each entry of `wanted`, the entry of `given` with the same lane and position, or -1. Null when the two are the
 * same.
 */
export function locate(wanted: Touch, given: Touch): Int32Array | null {
  if (sameTouch(wanted, given)) return null;
  const found = new Int32Array(wanted.positions.length).fill(-1);
  for (let lane = 0; lane < laneCount(wanted); lane++) {
    let j = given.offsets[lane] ?? 0;
    const lastJ = given.offsets[lane + 1] ?? 0;
    for (let i = wanted.offsets[lane] ?? 0; i < (wanted.offsets[lane + 1] ?? 0); i++) {
      const position = wanted.positions[i] ?? 0;
      while (j < lastJ && (given.positions[j] ?? 0) < position) j++;
      if (j < lastJ && given.positions[j] === position) found[i] = j;
    }
  }
  return found;
}

/** Groups of elements, such as the rows of a matrix, that lanes touch anything of: one entry a lane and group. */
export interface Groups {
  /** Positions are numbers of groups. */
  readonly touch: Touch;
  /** The entry of `touch` that each entry of the elements belongs to. */
  readonly owner: Int32Array;
}

export function groupsOf(touch: Touch, groupOf: Int32Array): Groups {
  const lanes = laneCount(touch);
  if (isOneEach(touch)) return { touch: { offsets: touch.offsets, positions: mapNumbers(touch.positions, groupOf) }, owner: upTo(touch.positions.length) };
  const offsets = new Int32Array(lanes + 1);
  const positions = new Int32Array(touch.positions.length);
  const owner = new Int32Array(touch.positions.length);
  let at = 0;
  const entryOf = new Map<number, number>();
  for (let lane = 0; lane < lanes; lane++) {
    const from = at;
    entryOf.clear();
    const first = touch.offsets[lane] ?? 0;
    const last = touch.offsets[lane + 1] ?? 0;
    for (let entry = first; entry < last; entry++) entryOf.set(groupOf[touch.positions[entry] ?? 0] ?? 0, 0);
    for (const group of [...entryOf.keys()].toSorted((a, b) => a - b)) {
      entryOf.set(group, at);
      positions[at++] = group;
    }
    for (let entry = first; entry < last; entry++) owner[entry] = entryOf.get(groupOf[touch.positions[entry] ?? 0] ?? 0) ?? from;
    offsets[lane + 1] = at;
  }
  return { touch: { offsets, positions: positions.slice(0, at) }, owner };
}
