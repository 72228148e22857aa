import type { InputSpec } from '../../contracts/domain.ts';
import { sizeOf, type Point, type TensorData } from '../../contracts/tensor.ts';
import type { Trace } from '../../contracts/engine.ts';
import { mixRows, repeatRows, takeRows } from '../../numerics/rows.ts';
import { lineageOf } from '../blame/lineage.ts';
import { forward } from '../blame/reach.ts';

/** The rows of a batch: which inputs have them, and points with other rows. */

export interface Batch {
  readonly rows: number;
  /** Inputs whose leading axis runs over the rows. */
  readonly names: readonly string[];
}

/** The inputs that share the leading axis of the predictions, or why there is no such axis. */
export function batchOf(inputs: readonly InputSpec[]): Batch | string {
  const predictions = inputs.filter(({ role, shape }) => role === 'prediction' && shape.length > 0);
  if (predictions.length === 0) return 'no prediction has an axis that could be a batch';
  const whole = inputs.find((input) => input.shape.length === 1 && isOneRow(input));
  if (whole !== undefined) return `the only axis of ${whole.name} holds the entries of one row`;
  const rows = leadingAxis(predictions, inputs);
  // A parameter belongs to the loss, not to a row.
  const names = inputs.filter(({ role, shape }) => role !== 'parameter' && shape[0] === rows).map(({ name }) => name);
  return { rows, names };
}

/** Weights of as many classes as there are rows look like weights of the rows. */
export function withoutWeights(inputs: readonly InputSpec[], batch: Batch): Batch {
  const weights = inputs.filter(({ role }) => role === 'weight').map(({ name }) => name);
  return { ...batch, names: batch.names.filter((name) => !weights.includes(name)) };
}

/** A vector that is one probability distribution, one class or one direction has no rows. */
function isOneRow({ domain }: InputSpec): boolean {
  return domain === 'distribution' || domain === 'one-hot' || domain === 'unit-vector';
}

/** Where predictions have different leading axes, the one that a target has too, else that of the first. */
function leadingAxis(predictions: readonly InputSpec[], inputs: readonly InputSpec[]): number {
  const targets = inputs.filter(({ role }) => role === 'target').map(({ shape }) => shape[0]);
  const chosen = predictions.find(({ shape }) => targets.includes(shape[0])) ?? predictions[0];
  return chosen?.shape[0] ?? 1;
}

/**
 * The inputs that meet others row by row; null when that are all of them, or none.
 *
 * Inputs that only meet as sums or means may have nothing to do with each other's rows.
 */
export function boundTogether(trace: Trace, batch: Batch): Batch | null {
  const lineage = lineageOf(trace);
  const bound = new Set<string>();
  for (const tensor of forward(trace).flatMap(({ outputs }) => outputs)) {
    if (!tensor.value.shape.some((dimension) => dimension > 1 && dimension % batch.rows === 0)) continue;
    const met = batch.names.filter((name) => lineage.sourcesOf(tensor).has(name));
    if (met.length > 1) for (const name of met) bound.add(name);
  }
  const names = batch.names.filter((name) => bound.has(name));
  return names.length === 0 || names.length === batch.names.length ? null : { ...batch, names };
}

function withRows(point: Point, batch: Batch, change: (tensor: TensorData, name: string) => TensorData): Point {
  return Object.fromEntries(
    Object.entries(point).map(([name, tensor]) => [name, batch.names.includes(name) ? change(tensor, name) : tensor]),
  );
}

/** The batch several times over, one copy after the other. */
export function repeated(point: Point, batch: Batch, copies: number): Point {
  return withRows(point, batch, ({ shape, dtype, data }) => ({
    shape: [copies * (shape[0] ?? 1), ...shape.slice(1)],
    dtype,
    data: repeatRows(data, copies),
  }));
}

/** The batch without its later rows. */
export function firstRows(point: Point, batch: Batch, rows: number): Point {
  return withRows(point, batch, ({ shape, dtype, data }) => ({
    shape: [rows, ...shape.slice(1)],
    dtype,
    data: data.slice(0, (data.length / (shape[0] ?? 1)) * rows),
  }));
}

export function reordered(point: Point, batch: Batch, order: readonly number[]): Point {
  return withRows(point, batch, (tensor) => ({ ...tensor, data: takeRows(tensor.data, order) }));
}

/** The point with some of its rows taken from another one of the same shapes; all else stays. */
export function exchanged(point: Point, other: Point, batch: Batch, fromOther: (row: number) => boolean): Point {
  return withRows(point, batch, (tensor, name) => {
    const rows = tensor.shape[0] ?? 1;
    return { ...tensor, data: mixRows(tensor.data, other[name]?.data ?? tensor.data, rows, fromOther) };
  });
}

export function elementsOf(point: Point): number {
  return Object.values(point).reduce((total, { shape }) => total + sizeOf(shape), 0);
}
