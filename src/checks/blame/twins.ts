import type { Trace, TraceOperation, TracedTensor } from '../../contracts/engine.ts';
import { lineageOf } from './lineage.ts';

/**
 * Two runs of one loss on different points, side by side.
 *
 * They are followed from the result backwards, operand by operand, so that loops of different length and
 * different branches cost only what lies behind them.
 */
export interface Twins {
  readonly result: Twin | null;
  /** What made a tensor in both runs; null for a leaf, and where the runs took different ways. */
  makerOf(twin: Twin): TwinOperation | null;
  /** Names of the inputs and parameters behind it. */
  sourcesOf(twin: Twin): ReadonlySet<string>;
}

/** The same tensor in both runs. */
export interface Twin {
  readonly first: TracedTensor;
  readonly second: TracedTensor;
}

export interface TwinOperation {
  /** As it ran first. */
  readonly operation: TraceOperation;
  readonly operands: readonly Twin[];
}

export function twinsOf(first: Trace, second: Trace): Twins {
  const [one, other] = [lineageOf(first), lineageOf(second)];
  return {
    result: one.result === null || other.result === null ? null : { first: one.result, second: other.result },
    makerOf: (twin) => pairUp(one.makerOf(twin.first), other.makerOf(twin.second)),
    sourcesOf: (twin) => one.sourcesOf(twin.first),
  };
}

function pairUp(first: TraceOperation | undefined, second: TraceOperation | undefined): TwinOperation | null {
  if (first === undefined || first.kernel !== second?.kernel) return null;
  const operands = Object.entries(first.inputs).flatMap(([name, tensor]) => {
    const other = second.inputs[name];
    return other === undefined ? [] : [{ first: tensor, second: other }];
  });
  return { operation: first, operands };
}

/** Everything behind a tensor, itself included, nearest first. */
export function* behind(twins: Twins, start: Twin): Generator<Twin> {
  const seen = new Set<number>();
  const open = [start];
  for (let twin = open.shift(); twin !== undefined; twin = open.shift()) {
    if (seen.has(twin.first.id)) continue;
    seen.add(twin.first.id);
    yield twin;
    open.push(...(twins.makerOf(twin)?.operands ?? []));
  }
}
