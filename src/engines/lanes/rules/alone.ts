import { sizeOf, type NumericArray, type TensorData } from '../../../contracts/tensor.ts';
import { arrayLike, type Rule } from '../site.ts';
import { laneCount, type Touch } from '../touch.ts';

/** Any kernel, one lane after the other. What a lane may touch is not known, so it is everything. */
export const alone: Rule = (site) => (touches) => {
  const moving = touches.find((touch) => touch !== null);
  if (moving === null || moving === undefined) throw new Error(`${site.kernel} without lanes`);
  const lanes = laneCount(moving);
  const active = Array.from({ length: lanes }, (_, lane) => touches.some((touch) => touch !== null && (touch.offsets[lane + 1] ?? 0) > (touch.offsets[lane] ?? 0)));
  return {
    touches: site.outputs.map(({ shape }) => everywhere(active, sizeOf(shape))),
    compute: (values) => {
      const results = site.outputs.map(({ data, shape }) => arrayLike(data, sizeOf(shape) * active.filter(Boolean).length));
      let done = 0;
      active.forEach((isActive, lane) => {
        if (!isActive) return;
        const operands = site.operands.map(({ tensor }, index) => inLane(tensor, touches[index] ?? null, values[index] ?? null, lane));
        site.run(operands).forEach((output, index) => results[index]?.set(output, done * output.length));
        done++;
      });
      return results;
    },
  };
};

function everywhere(active: readonly boolean[], size: number): Touch {
  const offsets = new Int32Array(active.length + 1);
  active.forEach((isActive, lane) => {
    offsets[lane + 1] = (offsets[lane] ?? 0) + (isActive ? size : 0);
  });
  return { offsets, positions: Int32Array.from({ length: offsets.at(-1) ?? 0 }, (_, entry) => entry % size) };
}

/** A tensor as one lane has it. */
function inLane(tensor: TensorData, touch: Touch | null, values: NumericArray | null, lane: number): TensorData {
  if (touch === null || values === null) return tensor;
  const data = tensor.data.slice();
  for (let entry = touch.offsets[lane] ?? 0; entry < (touch.offsets[lane + 1] ?? 0); entry++) data[touch.positions[entry] ?? 0] = values[entry] ?? NaN;
  return { ...tensor, data };
}
