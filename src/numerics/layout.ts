/** Rows of a tensor along its last axis, and the error for a shape or sampler that does not fit its domain. */

/** A domain cannot fill a shape, or a sampler returned something else than numbers for it. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
}

export interface Rows {
  readonly rows: number;
  readonly width: number;
}

export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/**
 * Splits a shape into rows along its last axis.
 *
 * @throws DomainError for a scalar, which has no last axis
 */
function rowsOf(domain: string, shape: readonly number[]): Rows {
  const width = shape.at(-1);
  if (width === undefined) {
    throw new DomainError(`The domain '${domain}' needs a shape with at least one axis, found [].`);
  }
  return { rows: width === 0 ? 0 : elementCount(shape) / width, width };
}

/** Rows with at least `minimum` entries each. */
export function rowsOfAtLeast(domain: string, shape: readonly number[], minimum: number): Rows {
  const layout = rowsOf(domain, shape);
  if (layout.width >= minimum) return layout;
  throw new DomainError(
    `The domain '${domain}' needs at least ${minimum} entries on the last axis, ` +
      `found ${layout.width} in shape ${formatShape(shape)}.`,
  );
}

/** Rows with exactly four entries: x1, y1, x2, y2. */
export function boxRows(shape: readonly number[]): Rows {
  const layout = rowsOf('boxes', shape);
  if (layout.width === 4) return layout;
  throw new DomainError(
    "The domain 'boxes' needs 4 numbers (x1, y1, x2, y2) on the last axis, " +
      `found ${layout.width} in shape ${formatShape(shape)}.`,
  );
}

/** The number of classes of a `class-index`. */
export function classCount(classes: number | null): number {
  if (classes !== null && Number.isInteger(classes) && classes >= 2) return classes;
  throw new DomainError(`The domain 'class-index' needs 'classes', a whole number of at least 2, found ${classes}.`);
}

/** A range with finite ends in order. */
export function checkedRange(range: { readonly min: number; readonly max: number }): { min: number; max: number } {
  const { min, max } = range;
  if (Number.isFinite(min) && Number.isFinite(max) && min < max) return { min, max };
  const found = `{ min: ${min}, max: ${max} }`;
  throw new DomainError(`A domain { min, max } needs finite numbers with min below max, found ${found}.`);
}

/** Fills a tensor row by row. */
export function fillRows({ rows, width }: Rows, row: (index: number) => ArrayLike<number>): Float64Array {
  const values = new Float64Array(rows * width);
  for (let i = 0; i < rows; i++) values.set(row(i), i * width);
  return values;
}

/** A row of zeros with one other entry. */
export function unitRow(width: number, position: number, value = 1): Float64Array {
  const row = new Float64Array(width);
  row[position % width] = value;
  return row;
}
