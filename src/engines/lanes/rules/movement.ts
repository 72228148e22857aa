import { sizeOf, type TensorData } from '../../../contracts/tensor.ts';
import { gather } from '../reader.ts';
import { arrayLike, type Rule, type Site } from '../site.ts';
import { invert, spread, upTo, type Mapped, type Spread, type Touch } from '../touch.ts';

/**
 * Kernels that copy elements from place to place. Where to is found by running the kernel once on the numbers of
 * the places themselves, so that no rule has to know what `mirrorPad` does.
 */
export const MOVEMENT: ReadonlySet<string> = new Set(
  [
    'BatchToSpaceND BroadcastTo Concat DepthToSpace ExpandDims GatherNd GatherV2 Identity MirrorPad Pack PadV2',
    'ResizeNearestNeighbor Reshape Reverse Slice SpaceToBatchND SplitV StridedSlice Tile Transpose Unpack',
  ].flatMap((names) => names.split(' ')),
);

/** Kernels that only give the same numbers another shape. */
const SAME_ORDER: ReadonlySet<string> = new Set(['ExpandDims', 'Identity', 'Reshape']);

/** Operands that say where to and are no data themselves. */
const INDICES: ReadonlySet<string> = new Set(['indices']);

export const movement: Rule = (site) => {
  if (site.operands.some(({ name, moves }) => moves && INDICES.has(name))) return null;
  if (SAME_ORDER.has(site.kernel)) return ([touch]) => ({ touches: [movedBy(touch)], compute: ([values]) => [movedBy(values)] });
  const spreads = placesOf(site);
  return (touches) => {
    const outputs = site.outputs.map((_, output) => joined(touches, (operand) => spreads[output]?.[operand] ?? null));
    return {
      touches: outputs.map(({ touch }) => touch),
      compute: (values) =>
        outputs.map(({ parts, size }) => {
          const [only] = parts;
          if (parts.length === 1 && only !== undefined) return gather(movedBy(values[only.operand]), only.from);
          const moved = arrayLike(movedBy(values[parts[0]?.operand ?? 0]), size);
          for (const { operand, from, to } of parts) {
            const given = movedBy(values[operand]);
            for (let entry = 0; entry < from.length; entry++) moved[to[entry] ?? 0] = given[from[entry] ?? 0] ?? NaN;
          }
          return moved;
        }),
    };
  };
};

/** For each output and each operand: where its elements go. Null for an operand that does not move. */
function placesOf(site: Site): readonly (readonly (Spread | null)[])[] {
  const starts: number[] = [];
  let next = 1;
  const numbered = site.operands.map(({ name, tensor }): TensorData => {
    starts.push(next);
    if (INDICES.has(name)) return tensor;
    const start = next;
    next += tensor.data.length;
    return { shape: tensor.shape, dtype: 'float32', data: Float64Array.from({ length: tensor.data.length }, (_, index) => start + index) };
  });
  const outputs = site.run(numbered, { ...site.attributes, constantValue: 0 });
  return outputs.map((places) =>
    site.operands.map(({ name, tensor, moves }, index) => {
      if (!moves || INDICES.has(name)) return null;
      const start = starts[index] ?? 0;
      const size = sizeOf(tensor.shape);
      const sources = Int32Array.from(places, (place) => (place >= start && place < start + size ? place - start : -1));
      return invert(sources, size);
    }),
  );
}

interface Joined {
  readonly touch: Touch;
  readonly size: number;
  /** For each operand that moves: which of its entries go to which of the output. */
  readonly parts: readonly { readonly operand: number; readonly from: Int32Array; readonly to: Int32Array }[];
}

/** Operands go to different places, so their entries never meet; they only have to be put in order. */
function joined(touches: readonly (Touch | null)[], spreadOf: (operand: number) => Spread | null): Joined {
  const parts = touches.flatMap((touch, operand): { readonly operand: number; readonly mapped: Mapped }[] => {
    const places = spreadOf(operand);
    return touch === null || places === null ? [] : [{ operand, mapped: spread(touch, places) }];
  });
  const lanes = (parts[0]?.mapped.touch.offsets.length ?? 1) - 1;
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) {
    const { touch, source } = only.mapped;
    const from = source ?? upTo(touch.positions.length);
    return { touch, size: from.length, parts: [{ operand: only.operand, from, to: upTo(from.length) }] };
  }
  const size = parts.reduce((total, { mapped }) => total + mapped.touch.positions.length, 0);
  const offsets = new Int32Array(lanes + 1);
  const positions = new Int32Array(size);
  const placed = parts.map(({ operand, mapped }) => ({ operand, from: mapped.source ?? new Int32Array(0), to: new Int32Array(mapped.touch.positions.length) }));
  let at = 0;
  for (let lane = 0; lane < lanes; lane++) {
    const heads = parts.map(({ mapped }) => mapped.touch.offsets[lane] ?? 0);
    for (;;) {
      let first = -1;
      let lowest = Infinity;
      parts.forEach(({ mapped: { touch } }, part) => {
        const head = heads[part] ?? 0;
        const position = head < (touch.offsets[lane + 1] ?? 0) ? (touch.positions[head] ?? 0) : Infinity;
        if (position < lowest) {
          lowest = position;
          first = part;
        }
      });
      if (first < 0) break;
      const head = heads[first] ?? 0;
      const part = placed[first];
      if (part !== undefined) part.to[head] = at;
      positions[at++] = lowest;
      heads[first] = head + 1;
    }
    offsets[lane + 1] = at;
  }
  return { touch: { offsets, positions }, size, parts: placed };
}

function movedBy<T>(given: T | null | undefined): T {
  if (given === null || given === undefined) throw new Error('an operation without moving operands has no lanes');
  return given;
}
