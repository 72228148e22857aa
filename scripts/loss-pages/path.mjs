/**
 * The line through the domain of the first prediction along which a loss is plotted: one coordinate moves, everything
 * else stays at the worked example. Where the entries of a row belong together the rest of the row makes room, so that
 * no point of the plot is one that the loss is not made for.
 */

const REAL_REACH = 3;
const LOGIT_REACH = 6;
const POSITIVE_REACH = 4;

/** A range much wider than this would show a loss from too far away. */
const WIDEST = 40;

/** `positive` has no smallest number. */
const FIRST_POSITIVE = 1 / 200;

/** Enough to see whether a coordinate matters to the loss. */
const TRIED = 9;

/**
 * @returns from and to: the ends; start: where the example is, null where it is not on the line; at(s): value and slope
 *   of the loss there; label, what: the words for the axis
 */
export function pathOf(loss, { domainBounds }) {
  const input = loss.inputs.find(({ role }) => role === 'prediction');
  const along = (coordinate) => evaluated(loss, input, lineOf(loss, input, coordinate, domainBounds));
  const coordinates = [...loss.point[input.name].data.keys()];
  return along(coordinates.find((coordinate) => matters(along(coordinate))) ?? 0);
}

function matters({ from, to, at }) {
  const places = Array.from({ length: TRIED }, (_, i) => from + ((to - from) * (i + 0.5)) / TRIED);
  return places.some((s) => at(s).slope !== 0);
}

function lineOf(loss, input, coordinate, domainBounds) {
  const { shape, data } = loss.point[input.name];
  const values = Array.from(data);
  const index = unravel(coordinate, shape);
  const label = `${input.name}${index.map((i) => `[${i}]`).join('')}`;
  const width = shape.at(-1) ?? 1;
  const rowStart = coordinate - (coordinate % width);
  const row = values.slice(rowStart, rowStart + width);
  const inRow = { values, rowStart, row, position: coordinate - rowStart };
  if (input.domain === 'distribution') return { label, what: 'its row sums to 1', ...share(inRow) };
  if (input.domain === 'unit-vector') {
    const rowLabel = `${input.name}${index.slice(0, -1).map((i) => `[${i}]`).join('')}`;
    return { label: `angle of ${rowLabel}`, what: 'radians', ...turn(inRow) };
  }
  const start = values[coordinate];
  const [from, to] =
    input.domain === 'boxes' ? boxSide(inRow) : rangeOf(input.domain, start, targetAt(loss, input, coordinate), domainBounds);
  const direction = values.map((_, i) => (i === coordinate ? 1 : 0));
  return { label, what: null, from, to, start, place: (s) => ({ values: values.with(coordinate, s), direction }) };
}

function unravel(flat, shape) {
  return shape.map((_, axis) => {
    const below = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
    return Math.floor(flat / below) % shape[axis];
  });
}

/** One entry from 0 to 1, the others in the proportion that they have. */
function share({ values, rowStart, row, position }) {
  const start = row[position];
  const rest = row.map((entry, i) => (i === position ? 0 : start === 1 ? 1 / (row.length - 1) : entry / (1 - start)));
  const inPlace = (line) => values.map((value, i) => line[i - rowStart] ?? value);
  const still = values.map(() => 0);
  const place = (s) => ({
    values: inPlace(rest.map((part, i) => (i === position ? s : part * (1 - s)))),
    direction: still.map((_, i) => (i - rowStart === position ? 1 : -(rest[i - rowStart] ?? 0))),
  });
  return { from: 0, to: 1, start, place };
}

/** A vector of unit length is turned towards the axis of the coordinate. */
function turn({ values, rowStart, row, position }) {
  const dot = (a, b) => a.reduce((sum, entry, i) => sum + entry * b[i], 0);
  const length = Math.sqrt(dot(row, row));
  const axis = row.map((_, i) => (i === position ? 1 : 0));
  const across = axis.map((entry, i) => entry - (row[position] * row[i]) / length ** 2);
  const acrossLength = Math.sqrt(dot(across, across));
  // A row on the axis itself turns towards the next one.
  const towards = acrossLength > 1e-9 ? across.map((entry) => (entry * length) / acrossLength) : next(row, position, length);
  const mixed = (a, b, other) =>
    values.map((value, i) => (row[i - rowStart] === undefined ? other(value) : a * row[i - rowStart] + b * towards[i - rowStart]));
  const place = (s) => ({
    values: mixed(Math.cos(s), Math.sin(s), (value) => value),
    direction: mixed(-Math.sin(s), Math.cos(s), () => 0),
  });
  return { from: -Math.PI, to: Math.PI, start: 0, place };
}

function next(row, position, length) {
  return row.map((_, i) => (i === (position + 1) % row.length ? length : 0));
}

/** A corner moves up to the other one, and as far out as twice the side. */
function boxSide({ row, position }) {
  const opposite = row[(position + 2) % 4];
  const reach = 3 * Math.abs(row[position] - opposite);
  return position < 2 ? [opposite - reach, opposite] : [opposite, opposite + reach];
}

/** The target that belongs to the coordinate, where there is one of the same kind. */
function targetAt({ inputs, point }, input, coordinate) {
  const sameShape = (name) => point[name].shape.join() === point[input.name].shape.join();
  const target = inputs.find(({ name, role, domain }) => role === 'target' && domain === input.domain && sameShape(name));
  return target === undefined ? null : point[target.name].data[coordinate];
}

function rangeOf(domain, start, target, domainBounds) {
  const { lower, upper } = domainBounds(domain);
  if (upper - lower <= WIDEST) return [lower, upper];
  if (domain === 'logit') {
    const reach = Math.max(LOGIT_REACH, 1.25 * Math.abs(start));
    return [-reach, reach];
  }
  if (lower >= 0) {
    const to = Math.max(POSITIVE_REACH, 2 * start, 2 * (target ?? 0));
    return [domain === 'positive' ? to * FIRST_POSITIVE : 0, to];
  }
  const centre = target ?? start;
  const reach = Math.max(REAL_REACH, 1.5 * Math.abs(start - centre));
  return [Math.max(lower, centre - reach), Math.min(upper, centre + reach)];
}

/** Value by the loss, slope by autograd in the direction of the line. */
function evaluated({ probe, point }, input, line) {
  const at = (s) => {
    const { values, direction } = line.place(s);
    const moved = { ...point, [input.name]: { ...point[input.name], data: Float64Array.from(values) } };
    const { evaluation, gradients } = probe.gradient(moved, [input.name]);
    const gradient = gradients[input.name].data;
    return {
      s,
      value: evaluation.tensor.data.reduce((sum, entry) => sum + entry, 0),
      slope: direction.reduce((sum, part, i) => (part === 0 ? sum : sum + part * gradient[i]), 0),
    };
  };
  return { ...line, at, isGradient: line.what === null };
}
