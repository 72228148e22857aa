import type { MemoryAccount } from '../contracts/engine.ts';
import type { SourceLocation } from '../contracts/source.ts';
import type { NumericArray } from '../contracts/tensor.ts';
import { firstDifference } from '../numerics/bits.ts';
import type { EngineInternals, Tensor } from './tfjs.ts';

/** One call of a loss with inputs of its own, as every batch of a training loop has. */
export interface PreparedCall {
  /** The inputs and parameters of this call, by name. */
  readonly leaves: ReadonlyMap<string, Tensor>;
  /** As an optimizer calls: the loss and its gradient inside a tidy. False where the loss threw. */
  readonly inTidy: () => boolean;
  /** As a validation loop calls. How many tensors are its result; null where the loss threw. */
  readonly alone: () => number | null;
}

/** What an account is taken of. */
export interface Accounted {
  readonly engine: EngineInternals;
  readonly calls: readonly (() => PreparedCall)[];
  readonly locate: () => { readonly location: SourceLocation | null; readonly callee: string | null };
}

/** Counts what calls of a loss leave behind. The engine is as before afterwards, whatever happens. */
export function takeAccount({ engine, calls, locate }: Accounted): MemoryAccount {
  const keeping = watchKeeping(engine, locate);
  const touching = watchLeaves(engine, locate);
  try {
    const kept = calls.flatMap((prepare) => {
      const call = prepare();
      keeping.startCall();
      const tensors = engine.state.numTensors;
      const completed = touching.during(call.leaves, call.inTidy);
      return completed ? [engine.state.numTensors - tensors] : [];
    });
    const leaks = keeping.leaks();
    const untidied = calls[0] === undefined ? 0 : leftBy(engine, calls[0](), touching);
    return { kept, leaks, untidied: Math.max(0, untidied - lastOf(kept)), ...touching.seen() };
  } finally {
    touching.end();
    keeping.end();
  }
}

/** Tensors that a call outside of a tidy leaves beside its result. */
function leftBy(engine: EngineInternals, call: PreparedCall, touching: LeafWatch): number {
  const tensors = engine.state.numTensors;
  const results = touching.during(call.leaves, call.alone);
  return results === null ? 0 : engine.state.numTensors - tensors - results;
}

/** What a call keeps for good it keeps outside of a tidy as well: that is not counted twice. */
function lastOf(kept: readonly number[]): number {
  return Math.max(0, kept.at(-1) ?? 0);
}

/** Stands in for methods of the engine; the returned function puts them back. */
function replace(engine: EngineInternals, methods: Partial<EngineInternals>): () => void {
  const own = Object.keys(methods).map((name) => [name, Object.getOwnPropertyDescriptor(engine, name)] as const);
  Object.assign(engine, methods);
  return () => {
    for (const [name, descriptor] of own) {
      if (descriptor === undefined) Reflect.deleteProperty(engine, name);
      else Object.defineProperty(engine, name, descriptor);
    }
  };
}

interface KeepingWatch {
  readonly startCall: () => void;
  /** What is still there of all that was kept after the first call. */
  readonly leaks: () => MemoryAccount['leaks'];
  readonly end: () => void;
}

interface Kept {
  readonly tensor: Tensor;
  readonly isVariable: boolean;
  readonly location: SourceLocation | null;
  readonly call: number;
}

function watchKeeping(engine: EngineInternals, locate: Accounted['locate']): KeepingWatch {
  const keep = engine.keep.bind(engine);
  const makeVariable = engine.makeVariable.bind(engine);
  const save = engine.saveTensorsForBackwardMode.bind(engine);
  const kept: Kept[] = [];
  let call = -1;
  let isSaving = false;
  const end = replace(engine, {
    keep: (tensor) => {
      if (!isSaving) kept.push({ tensor, isVariable: false, location: locate().location, call });
      return keep(tensor);
    },
    // Autograd keeps too, what it saves for the backward pass: it lets go of that before the call ends.
    saveTensorsForBackwardMode: (tensors) => {
      isSaving = true;
      try {
        return save(tensors);
      } finally {
        isSaving = false;
      }
    },
    makeVariable: (...args) => {
      const tensor = makeVariable(...args);
      kept.push({ tensor, isVariable: true, location: locate().location, call });
      return tensor;
    },
  });
  return {
    startCall: () => {
      call++;
    },
    leaks: () => {
      const left = kept.filter((one) => one.call > 0 && !one.tensor.isDisposed);
      return { variables: left.filter(({ isVariable }) => isVariable).length, location: mostFrequent(left.map(({ location }) => location)) };
    },
    end,
  };
}

function mostFrequent(locations: readonly (SourceLocation | null)[]): SourceLocation | null {
  const counts = new Map<string, { readonly location: SourceLocation; count: number }>();
  for (const location of locations) {
    if (location === null) continue;
    const key = `${location.file}:${location.line}:${location.column}`;
    const entry = counts.get(key) ?? { location, count: 0 };
    counts.set(key, { ...entry, count: entry.count + 1 });
  }
  return [...counts.values()].reduce<{ location: SourceLocation | null; count: number }>((most, entry) => (entry.count > most.count ? entry : most), { location: null, count: 0 }).location;
}

interface LeafWatch {
  /** Runs one call and notes what it does to its inputs. */
  readonly during: <T>(leaves: ReadonlyMap<string, Tensor>, run: () => T) => T;
  readonly seen: () => Pick<MemoryAccount, 'disposed' | 'changed'>;
  readonly end: () => void;
}

interface Reached {
  readonly method: string | null;
  readonly location: SourceLocation | null;
}

interface Leaf {
  readonly name: string;
  readonly tensor: Tensor;
  readonly before: ArrayLike<number>;
  /** How its numbers were handed out or replaced when they were last seen as before. */
  reached: Reached;
  /** Where its tensor was let go of: for good, or for the one that is assigned next. */
  released: SourceLocation | null;
}

const NOT_SEEN: Reached = { method: null, location: null };

function watchLeaves(engine: EngineInternals, locate: Accounted['locate']): LeafWatch {
  const incRef = engine.incRef.bind(engine);
  const disposeTensor = engine.disposeTensor.bind(engine);
  const readSync = engine.readSync.bind(engine);
  const numbersOf = ({ dataId }: Tensor): NumericArray => readSync(dataId) as NumericArray;
  const isChanged = ({ tensor, before }: Leaf): boolean => firstDifference(before, numbersOf(tensor)) >= 0;
  const disposed = new Map<string, SourceLocation | null>();
  const changed = new Map<string, Reached>();
  let leaves: readonly Leaf[] = [];

  const end = replace(engine, {
    incRef: (variable, backend) => {
      const leaf = leaves.find(({ tensor }) => tensor.id === variable.id);
      if (leaf !== undefined) leaf.reached = { method: 'assign', location: locate().location };
      incRef(variable, backend);
    },
    disposeTensor: (tensor) => {
      const leaf = leaves.find((one) => one.tensor.id === tensor.id);
      if (leaf !== undefined) leaf.released = locate().location;
      disposeTensor(tensor);
    },
    readSync: (dataId) => {
      const leaf = leaves.find(({ tensor }) => tensor.dataId === dataId);
      // Numbers are changed after they were handed out: what is asked for later is not how.
      if (leaf !== undefined && !isChanged(leaf)) {
        const { location, callee } = locate();
        if (callee !== null) leaf.reached = { method: callee, location };
      }
      return readSync(dataId);
    },
  });
  const note = (leaf: Leaf): void => {
    if (leaf.tensor.isDisposed) disposed.set(leaf.name, disposed.get(leaf.name) ?? leaf.released);
    else if (isChanged(leaf)) changed.set(leaf.name, changed.get(leaf.name) ?? leaf.reached);
  };
  return {
    during: (tensors, run) => {
      leaves = [...tensors].map(([name, tensor]) => ({ name, tensor, before: numbersOf(tensor).slice(), reached: NOT_SEEN, released: null }));
      const result = run();
      leaves.forEach(note);
      leaves = [];
      return result;
    },
    seen: () => ({
      disposed: [...disposed].map(([input, location]) => ({ input, location })),
      changed: [...changed].map(([input, how]) => ({ input, ...how })),
    }),
    end,
  };
}
