/** The edges of a domain: the values at which losses overflow, divide by zero or take a logarithm of it. */

import type { Domain } from '../contracts/domain.ts';
import { boxRows, checkedRange, classCount, elementCount, fillRows, rowsOfAtLeast, unitRow } from './layout.ts';

export interface Edge {
  readonly name: string;
  /** The whole tensor, row-major. */
  readonly values: Float64Array;
}

/** A domain's edges, and the name of the least extreme one: what other inputs take while one is at an edge. */
interface EdgeSet {
  readonly edges: readonly Edge[];
  readonly benign: string;
}

/** The largest float32 below 1, 1 - 2^-24. */
const BELOW_ONE = 1 - 2 ** -24;

/** `all 1e10`, `[0, 1e-10, 1e10]`: a number as a person writes it. */
function formatNumber(value: number): string {
  if (value === BELOW_ONE) return '1-6e-8';
  const magnitude = Math.abs(value);
  const isPlain = value === 0 || (magnitude >= 1e-3 && magnitude < 1e3);
  return isPlain ? String(value) : value.toExponential().replace('+', '');
}

function nameOf(list: readonly number[]): string {
  const numbers = list.map(formatNumber);
  return numbers.length === 1 ? `all ${numbers.join()}` : `[${numbers.join(', ')}]`;
}

/** Each list fills the tensor, cycling. */
function cycling(size: number, lists: readonly (readonly number[])[], benign: readonly number[]): EdgeSet {
  const edges = lists.map((list) => ({
    name: nameOf(list),
    values: Float64Array.from({ length: size }, (_, i) => list[i % list.length] ?? 0),
  }));
  return { edges, benign: nameOf(benign) };
}

function distributionEdges(shape: readonly number[]): EdgeSet {
  const layout = rowsOfAtLeast('distribution', shape, 2);
  const { width } = layout;
  const rest = 1e-10;
  const dominant = unitRow(width, 0, 1 - (width - 1) * rest).map((value) => (value === 0 ? rest : value));
  const edges = [
    { name: 'a vertex', values: fillRows(layout, () => unitRow(width, 0)) },
    { name: 'rotating vertices', values: fillRows(layout, (row) => unitRow(width, row)) },
    { name: 'uniform', values: new Float64Array(layout.rows * width).fill(1 / width) },
    { name: 'one near 1, the others 1e-10', values: fillRows(layout, () => dominant) },
  ];
  return { edges, benign: 'uniform' };
}

function oneHotEdges(shape: readonly number[]): EdgeSet {
  const layout = rowsOfAtLeast('one-hot', shape, 2);
  const { width } = layout;
  const edges = [
    { name: 'all first class', values: fillRows(layout, () => unitRow(width, 0)) },
    { name: 'all last class', values: fillRows(layout, () => unitRow(width, width - 1)) },
    { name: 'rotating classes', values: fillRows(layout, (row) => unitRow(width, row)) },
  ];
  return { edges, benign: 'rotating classes' };
}

function classIndexEdges(size: number, classes: number): EdgeSet {
  const fill = (index: (i: number) => number): Float64Array => Float64Array.from({ length: size }, (_, i) => index(i));
  const edges = [
    { name: 'all first class', values: fill(() => 0) },
    { name: 'all last class', values: fill(() => classes - 1) },
    { name: 'rotating classes', values: fill((i) => i % classes) },
  ];
  return { edges, benign: 'rotating classes' };
}

function unitVectorEdges(shape: readonly number[]): EdgeSet {
  const layout = rowsOfAtLeast('unit-vector', shape, 1);
  const edges = [
    { name: 'all e1', values: fillRows(layout, () => unitRow(layout.width, 0)) },
    { name: 'all -e1', values: fillRows(layout, () => unitRow(layout.width, 0, -1)) },
    { name: 'rotating axes', values: fillRows(layout, (row) => unitRow(layout.width, row)) },
  ];
  return { edges, benign: 'rotating axes' };
}

type Box = readonly [x1: number, y1: number, x2: number, y2: number];

/**
 * Boxes meet the boxes of another input row by row, most often the unit box: the moved box comes first,
 * so that even a single row touches, or lies far from, the unit box.
 */
const BOX_EDGES: readonly { readonly name: string; readonly boxes: readonly Box[] }[] = [
  { name: 'unit boxes', boxes: [[0, 0, 1, 1]] },
  { name: 'side 1e-6', boxes: [[0, 0, 1e-6, 1e-6]] },
  { name: 'side 1e4', boxes: [[0, 0, 1e4, 1e4]] },
  { name: 'thin', boxes: [[0, 0, 1, 1e-6]] },
  { name: 'touching', boxes: [[1, 0, 2, 1], [0, 0, 1, 1]] },
  { name: 'far apart', boxes: [[1e4, 1e4, 10001, 10001], [0, 0, 1, 1]] },
  { name: 'negative coordinates', boxes: [[-2, -2, -1, -1]] },
];

function boxEdges(shape: readonly number[]): EdgeSet {
  const layout = boxRows(shape);
  const edges = BOX_EDGES.map(({ name, boxes }) => ({
    name,
    values: fillRows(layout, (row) => boxes[row % boxes.length] ?? []),
  }));
  return { edges, benign: 'unit boxes' };
}

const POSITIVE_LISTS = [[1e-10], [1], [1e10], [1e-10, 1, 1e10]] as const;

/** The documents' pair of lists: a prediction against its target. */
export const TRIPLE_PREDICTION: readonly number[] = [0, 1e-10, 1e10];
export const TRIPLE_TARGET: readonly number[] = [0, 0, 1e10];

/** Whether both lists of the documents' triple are in the domain. */
export function admitsTriple(domain: Domain): boolean {
  if (typeof domain === 'object') return domain.min <= 0 && domain.max >= 1e10;
  return domain === 'real' || domain === 'nonnegative';
}

/** A tensor filled with a list, cycling, as an edge. */
export function cyclingEdge(shape: readonly number[], list: readonly number[]): Edge {
  const [edge] = cycling(elementCount(shape), [list], list).edges;
  return edge ?? { name: nameOf(list), values: new Float64Array() };
}

/** The edges of a domain with the benign one named; none for a sampler. */
export function edgeSetOf(domain: Domain, shape: readonly number[], classes: number | null): EdgeSet {
  if (typeof domain === 'function') return { edges: [], benign: '' };
  const size = elementCount(shape);
  if (typeof domain === 'object') {
    const { min, max } = checkedRange(domain);
    const middle = min / 2 + max / 2;
    return cycling(size, [[min], [max], [middle], [min, max]], [middle]);
  }
  switch (domain) {
    case 'real':
      return cycling(
        size,
        [[0], [0.5], [1], [1, -1], [1e-10], [1e10], [-1e10], TRIPLE_PREDICTION, TRIPLE_TARGET],
        [0.5],
      );
    case 'logit':
      return cycling(size, [[0], [1], [1e-10], [1e3], [-1e3], [1e3, -1e3], [-1e3, 0, 1e3]], [1]);
    case 'probability':
      return cycling(size, [[0], [1], [0, 1], [1e-10], [0.5], [BELOW_ONE]], [0.5]);
    case 'positive':
      return cycling(size, POSITIVE_LISTS, [1]);
    case 'nonnegative':
      return cycling(size, [[0], ...POSITIVE_LISTS], [1]);
    case 'binary':
      return cycling(size, [[0], [1], [0, 1]], [0, 1]);
    case 'sign':
      return cycling(size, [[-1], [1], [-1, 1]], [-1, 1]);
    case 'class-index':
      return classIndexEdges(size, classCount(classes));
    case 'distribution':
      return distributionEdges(shape);
    case 'one-hot':
      return oneHotEdges(shape);
    case 'unit-vector':
      return unitVectorEdges(shape);
    case 'boxes':
      return boxEdges(shape);
  }
}

/**
 * The edges of a domain, each as a whole tensor; lists fill the tensor, cycling.
 *
 * A sampler has no edges: nothing is known of its domain. The values are those of the table "Edges of a
 * domain" in the documentation of `edge-stability`.
 *
 * @throws DomainError when the shape does not fit the domain, or `classes` is missing for class-index
 */
export function edgesOf(domain: Domain, shape: readonly number[], classes: number | null): readonly Edge[] {
  return edgeSetOf(domain, shape, classes).edges;
}
