/** A number for a person to read, to this many significant digits. */
export function readable(number, digits = 4) {
  if (!Number.isFinite(number)) return String(number);
  const rounded = Number(number.toPrecision(digits));
  const size = Math.abs(rounded);
  const text = size !== 0 && (size < 1e-3 || size >= 1e6) ? rounded.toExponential().replace('e+', 'e') : String(rounded);
  return text.replace(/^-/, '−').replace('e-', 'e−');
}
