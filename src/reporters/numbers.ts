/**
 * A number for a person to read: six significant digits.
 *
 * Where six digits would turn a value that is deliberately beside a round number into that number
 * (the float32 below 1 is an edge of a probability), nine are shown.
 */
export function formatNumber(value: number): string {
  if (Object.is(value, -0)) return '-0';
  if (!Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(6));
  const hidesDifference = rounded !== value && significantDigits(rounded) <= 3;
  return compact(hidesDifference ? Number(value.toPrecision(9)) : rounded);
}

/** `1e-5` and `1e10` rather than a row of zeros to count. */
function compact(value: number): string {
  const plain = String(value);
  const magnitude = Math.abs(value);
  if (magnitude === 0 || (magnitude >= 1e-3 && magnitude < 1e6)) return plain;
  const exponential = value.toExponential().replace('e+', 'e');
  return exponential.length < plain.length ? exponential : plain;
}

function significantDigits(value: number): number {
  const [mantissa = ''] = value.toExponential().split('e');
  return mantissa.replace(/[-.]/g, '').length;
}

/** Fewest digits that read back as the same float32 or float64. */
export function shortestDigits(value: number, precision: 32 | 64): string {
  if (Object.is(value, -0)) return '-0';
  if (precision === 64 || !Number.isFinite(value)) return String(value);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(',')}]`;
}

/** Reads a number as reports write it: non-finite ones are strings. Null for anything else. */
export function readNumber(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  return null;
}
