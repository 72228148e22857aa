import type { MemoryAccount } from '../contracts/engine.ts';
import type { SourceLocation } from '../contracts/source.ts';
import type { EngineInternals, Tensor, Variable } from './tfjs.ts';

/** What an account is taken of. */
export interface Accounted {
  readonly engine: EngineInternals;
  /** One call as an optimizer makes it: the loss and its gradient inside a tidy. */
  readonly callInTidy: () => void;
  /** One call as a validation loop makes it; returns how many tensors are its result. */
  readonly callAlone: () => number;
  /** The inputs and parameters of the next call, by name. */
  readonly leaves: ReadonlyMap<string, Tensor>;
  readonly locate: () => { readonly location: SourceLocation | null; readonly callee: string | null };
}

/** The first call may fill a cache, which is no leak; those after it show what each one costs. */
const CALLS = 4;

/** Counts what calls of a loss leave behind. The engine is as before afterwards, whatever happens. */
export function takeAccount(of: Accounted): MemoryAccount {
  const { engine, leaves } = of;
  const before = new Map([...leaves].map(([name, leaf]) => [name, { leaf, values: numbersOf(engine, leaf) }]));
  const watch = watchEngine(of);
  try {
    const kept = Array.from({ length: CALLS }, () => {
      watch.forget();
      const tensors = engine.state.numTensors;
      of.callInTidy();
      return { tensors: engine.state.numTensors - tensors, variables: watch.variables() };
    });
    const keptAt = watch.keptAt();
    const tensors = engine.state.numTensors;
    const results = of.callAlone();
    const untidied = engine.state.numTensors - tensors - results;
    const changes = [...before].flatMap(([input, { leaf, values }]) => {
      if (leaf.isDisposed) return [];
      const after = numbersOf(engine, leaf);
      return values.every((value, index) => Object.is(value, after[index])) ? [] : [{ input, ...watch.reached(leaf) }];
    });
    const disposed = [...before].flatMap(([input, { leaf }]) => (leaf.isDisposed ? [{ input, location: watch.disposedAt(leaf) }] : []));
    return { kept, keptAt, untidied: Math.max(0, untidied - keptByCall(kept)), disposed, changed: changes };
  } finally {
    watch.end();
  }
}

/** What a call keeps for good it keeps outside of a tidy as well: that is not counted twice. */
function keptByCall(kept: MemoryAccount['kept']): number {
  return kept.at(-1)?.tensors ?? 0;
}

function numbersOf(engine: EngineInternals, tensor: Tensor): readonly number[] {
  return Array.from(engine.readSync(tensor.dataId) as ArrayLike<number>);
}

interface EngineWatch {
  readonly forget: () => void;
  /** Variables made since then that are still there. */
  readonly variables: () => number;
  readonly keptAt: () => SourceLocation | null;
  readonly disposedAt: (leaf: Tensor) => SourceLocation | null;
  /** How the numbers of a leaf were last handed out or replaced. */
  readonly reached: (leaf: Tensor) => { readonly method: string | null; readonly location: SourceLocation | null };
  readonly end: () => void;
}

const WATCHED = ['keep', 'makeVariable', 'incRef', 'disposeTensor', 'readSync'] as const;

function watchEngine({ engine, locate, leaves }: Accounted): EngineWatch {
  const own = new Map(WATCHED.map((name) => [name, Object.getOwnPropertyDescriptor(engine, name)]));
  const keep = engine.keep.bind(engine);
  const makeVariable = engine.makeVariable.bind(engine);
  const incRef = engine.incRef.bind(engine);
  const disposeTensor = engine.disposeTensor.bind(engine);
  const readSync = engine.readSync.bind(engine);
  let kept: { readonly tensor: Tensor; readonly location: SourceLocation | null }[] = [];
  let made: Variable[] = [];
  const disposals = new Map<number, SourceLocation | null>();
  const reaches = new Map<number, { method: string | null; location: SourceLocation | null }>();
  const leafIds = new Set([...leaves.values()].map(({ id }) => id));

  engine.keep = (tensor) => {
    const { location, callee } = locate();
    // Autograd keeps what it saves for the backward pass, and lets go of it.
    if (callee !== null) kept.push({ tensor, location });
    return keep(tensor);
  };
  engine.makeVariable = (...args) => {
    const variable = makeVariable(...args);
    made.push(variable);
    kept.push({ tensor: variable, location: locate().location });
    return variable;
  };
  engine.incRef = (variable, backend) => {
    incRef(variable, backend);
    if (leafIds.has(variable.id)) reaches.set(variable.id, { method: 'assign', location: locate().location });
  };
  engine.disposeTensor = (tensor) => {
    if (leafIds.has(tensor.id) && !disposals.has(tensor.id)) disposals.set(tensor.id, locate().location);
    disposeTensor(tensor);
  };
  engine.readSync = (dataId) => {
    const leaf = [...leaves.values()].find((one) => one.dataId === dataId);
    const { location, callee } = locate();
    if (leaf !== undefined && callee !== null && reaches.get(leaf.id)?.method !== 'assign') reaches.set(leaf.id, { method: callee, location });
    return readSync(dataId);
  };

  return {
    forget: () => {
      kept = [];
      made = [];
    },
    variables: () => made.filter(({ isDisposed }) => !isDisposed).length,
    keptAt: () => kept.find(({ tensor }) => !tensor.isDisposed)?.location ?? null,
    disposedAt: ({ id }) => disposals.get(id) ?? null,
    reached: ({ id }) => reaches.get(id) ?? { method: null, location: null },
    end: () => {
      for (const [name, descriptor] of own) {
        if (descriptor === undefined) Reflect.deleteProperty(engine, name);
        else Object.defineProperty(engine, name, descriptor);
      }
    },
  };
}
