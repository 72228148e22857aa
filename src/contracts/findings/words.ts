/**
 * How the words of a finding are declared. Each check has a file beside this one: the data of its findings,
 * which the check fills in, and the words for them. A longer text with an example stands in
 * `docs/checks/<check>.md`.
 */

export interface Words<D> {
  readonly title: string;
  readonly message: (data: D) => string;
  readonly why: string | ((data: D) => string);
  readonly fix: string | ((data: D) => string);
}

/** One entry for each code: a code without title, message, why and fix does not compile. */
export type WordsOf<F> = { readonly [C in keyof F]: Words<F[C]> };

/** Values of the inputs at which something was seen, nested like the tensors; for people to paste. */
export type PointData = Readonly<Record<string, unknown>>;

/** The same number on each backend, by name; what was thrown where there is none. */
export type BackendNumbers = Readonly<Record<string, number | string>>;

/** `cpu and wasm`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** `NaN on tensorflow, 0.693147 on cpu`: the backends that fail first. */
export function onEach(numbers: BackendNumbers, names: readonly string[]): string {
  return names.map((name) => {
    const number = numbers[name];
    return typeof number === 'string' ? `${name} ${number}` : `${brief(number ?? null)} on ${name}`;
  }).join(', ');
}

export interface OfInput {
  readonly input: string;
}

/** Four to six digits: enough to recognise a number in a sentence. */
export function brief(value: number | null): string {
  if (value === null) return 'none';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  return Number.isInteger(value) && Math.abs(value) < 1e6 ? String(value) : String(Number(value.toPrecision(6)));
}

export function percent(share: number): string {
  return `${brief(100 * share)} %`;
}

/** `yPred[2, 1]`. */
export function place(input: string, index: readonly number[]): string {
  return index.length === 0 ? input : `${input}[${index.join(', ')}]`;
}

/** `[8, 1]`. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
