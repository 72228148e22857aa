import type { CoordinateVerdict, JudgedCoordinates } from '../../numerics/verdict.ts';

/** What was found at one coordinate of one input. */
export interface ComparedCoordinate {
  readonly position: number;
  readonly analytic: number;
  readonly numeric: number;
  readonly errorBound: number;
  readonly rtol: number;
  readonly flat: boolean;
  readonly verdict: CoordinateVerdict;
  readonly kind: CoordinateKind;
  readonly left: number | null;
  readonly right: number | null;
  readonly jump: number | null;
}

/** What decided: the difference alone ('plain'), a kink, a jump, a confirmed zero, or a zero in doubt. */
type CoordinateKind = 'plain' | 'kink' | 'jump' | 'stationary' | 'doubtful';

const KINDS: readonly CoordinateKind[] = ['plain', 'kink', 'jump', 'stationary', 'doubtful'];
const VERDICTS: readonly CoordinateVerdict[] = ['pass', 'fail', 'inconclusive'];
const PLAIN = KINDS.indexOf('plain');

interface Sides {
  readonly left: number | null;
  readonly right: number | null;
  readonly jump: number | null;
}

const NO_SIDES: Sides = { left: null, right: null, jump: null };

/** Compared coordinates in columns: half a million of them are a few arrays, and not as many objects. */
export class CoordinateTable {
  readonly length: number;
  readonly #positions: Int32Array;
  readonly #rtol: number;
  readonly #analytic: Float64Array;
  readonly #numeric: Float64Array;
  readonly #errorBound: Float64Array;
  readonly #flat: Uint8Array;
  readonly #verdict: Uint8Array;
  readonly #kind: Uint8Array;
  /** Of the few that have slopes on both sides or a jump. */
  readonly #sides = new Map<number, Sides>();

  constructor(positions: Int32Array, rtol: number) {
    const { length } = positions;
    this.length = length;
    this.#positions = positions;
    this.#rtol = rtol;
    this.#analytic = new Float64Array(length);
    this.#numeric = new Float64Array(length);
    this.#errorBound = new Float64Array(length);
    this.#flat = new Uint8Array(length);
    this.#verdict = new Uint8Array(length);
    this.#kind = new Uint8Array(length);
  }

  set(row: number, { analytic, numeric, errorBound, flat, verdict, kind, left, right, jump }: ComparedCoordinate): void {
    this.setPlain(row, analytic, numeric, errorBound, flat, verdict);
    this.#kind[row] = KINDS.indexOf(kind);
    if (left !== null || right !== null || jump !== null) this.#sides.set(row, { left, right, jump });
  }

  /** What the difference alone has decided, as nearly all of them. */
  setPlain(row: number, analytic: number, numeric: number, errorBound: number, flat: boolean, verdict: CoordinateVerdict): void {
    this.#analytic[row] = analytic;
    this.#numeric[row] = numeric;
    this.#errorBound[row] = errorBound;
    this.#flat[row] = flat ? 1 : 0;
    this.#verdict[row] = VERDICTS.indexOf(verdict);
    this.#kind[row] = PLAIN;
  }

  at(row: number): ComparedCoordinate | undefined {
    if (row < 0 || row >= this.length) return undefined;
    const { left, right, jump } = this.#sides.get(row) ?? NO_SIDES;
    return {
      position: this.#positions[row] ?? -1,
      analytic: this.#analytic[row] ?? NaN,
      numeric: this.#numeric[row] ?? NaN,
      errorBound: this.#errorBound[row] ?? Infinity,
      rtol: this.#rtol,
      flat: this.#flat[row] === 1,
      verdict: VERDICTS[this.#verdict[row] ?? 0] ?? 'inconclusive',
      kind: KINDS[this.#kind[row] ?? 0] ?? 'plain',
      left,
      right,
      jump,
    };
  }

  /** Those that failed, or all that a kind of reason decided: of half a million hardly any. */
  only(wanted: { readonly verdict: CoordinateVerdict; readonly kind?: CoordinateKind }): readonly ComparedCoordinate[] {
    const verdict = VERDICTS.indexOf(wanted.verdict);
    const kind = wanted.kind === undefined ? null : KINDS.indexOf(wanted.kind);
    const found: ComparedCoordinate[] = [];
    for (let row = 0; row < this.length; row++) {
      if (this.#verdict[row] !== verdict || (kind !== null && this.#kind[row] !== kind)) continue;
      const coordinate = this.at(row);
      if (coordinate !== undefined) found.push(coordinate);
    }
    return found;
  }

  filter(belongs: (coordinate: ComparedCoordinate) => boolean): readonly ComparedCoordinate[] {
    const found: ComparedCoordinate[] = [];
    for (let row = 0; row < this.length; row++) {
      const coordinate = this.at(row);
      if (coordinate !== undefined && belongs(coordinate)) found.push(coordinate);
    }
    return found;
  }

  some(belongs: (coordinate: ComparedCoordinate) => boolean): boolean {
    for (let row = 0; row < this.length; row++) {
      const coordinate = this.at(row);
      if (coordinate !== undefined && belongs(coordinate)) return true;
    }
    return false;
  }

  /** Kinks, jumps and stationary points carry their own verdict; what is plain is judged by its numbers. */
  forJudging(): JudgedCoordinates {
    return {
      length: this.length,
      at: (row) => {
        const numbers = {
          analytic: this.#analytic[row] ?? NaN,
          numeric: this.#numeric[row] ?? NaN,
          errorBound: this.#errorBound[row] ?? Infinity,
          rtol: this.#rtol,
          flat: this.#flat[row] === 1,
        };
        return this.#kind[row] === PLAIN ? numbers : { ...numbers, verdict: VERDICTS[this.#verdict[row] ?? 0] ?? 'inconclusive' };
      },
    };
  }

  /** Largest |numeric| that the difference alone has decided, where the loss is not flat; 0 when there is none. */
  largestSlope(): number {
    let largest = 0;
    for (let row = 0; row < this.length; row++) {
      const size = Math.abs(this.#numeric[row] ?? 0);
      if (this.#kind[row] === PLAIN && this.#flat[row] === 0 && Number.isFinite(size) && size > largest) largest = size;
    }
    return largest;
  }

  /** Zeros on both sides of a flat spot that are confirmed only to a bound above `limit` are in doubt from here on. */
  doubtFlatZeros(limit: number): void {
    const pass = VERDICTS.indexOf('pass');
    for (let row = 0; row < this.length; row++) {
      const bound = this.#errorBound[row] ?? Infinity;
      const isZero = Math.abs(this.#analytic[row] ?? 0) <= bound && Math.abs(this.#numeric[row] ?? 0) <= bound;
      if (this.#kind[row] !== PLAIN || this.#verdict[row] !== pass || this.#flat[row] === 0 || !isZero || bound <= limit) continue;
      this.#kind[row] = KINDS.indexOf('doubtful');
      this.#verdict[row] = VERDICTS.indexOf('inconclusive');
    }
  }
}
