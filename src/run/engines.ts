import type { BackendChoice } from '../contracts/backend.ts';
import type { Engine, EngineInfo } from '../contracts/engine.ts';
import { UsageError } from '../contracts/errors.ts';
import type { EngineReport, EnginesReport } from '../contracts/report.ts';
import type { InstallationNote, Tensorflow } from '../contracts/tensorflow.ts';
import { createAllEngines, createProductionEngine, createReferenceEngine, type UnavailableBackend } from '../engines/index.ts';
import { ownTensorflow } from '../load/tensorflow/copy.ts';
import { unreported } from './isolation/fence.ts';

export interface Engines {
  readonly reference: Engine;
  readonly production: Engine;
  /** The other float32 engines, with `--backend all`. */
  readonly others: readonly Engine[];
  /** Backends that do not run here; null where nobody asked for all. */
  readonly unavailable: readonly UnavailableBackend[] | null;
  /** What somebody who trains with this installation of TensorFlow.js should know. */
  readonly notes: readonly InstallationNote[];
}

const made = new Map<string, Promise<Engines>>();

/** The engines of a run, made once in a process for each backend and copy of TensorFlow.js. */
export function enginesFor(backend: BackendChoice, tensorflow: Tensorflow): Promise<Engines> {
  const key = JSON.stringify([backend, tensorflow]);
  // The installation of a native backend looks around on the machine: that is nothing that the module does.
  const known = made.get(key) ?? unreported(() => make(backend, tensorflow));
  made.set(key, known);
  return known;
}

async function make(backend: BackendChoice, tensorflow: Tensorflow): Promise<Engines> {
  try {
    return await build(backend, tensorflow);
  } catch (error) {
    if (error instanceof UsageError || tensorflow.scripts === null) throw error;
    const own = ownTensorflow();
    const reason = error instanceof Error ? error.message : String(error);
    const note = {
      message: `this project's TensorFlow.js ${tensorflow.version} does not work as an engine (${reason}): verified with losscheck's own ${own.version}, whose operations may differ`,
      fix: 'Install it again; where that does not help, report this with the output of `losscheck doctor --reporter json`.',
    };
    return build(backend, { ...own, notes: [...tensorflow.notes, note] });
  }
}

async function build(backend: BackendChoice, tensorflow: Tensorflow): Promise<Engines> {
  const reference = createReferenceEngine(tensorflow);
  const float32 = backend === 'all' ? await createAllEngines(tensorflow) : { production: await createProductionEngine(backend, tensorflow), others: [], unavailable: null };
  return { reference, ...float32, notes: [...tensorflow.notes, ...float32.production.info.notes] };
}

export function reportEngine({ backend, precision, tfjs, fallbackReason }: EngineInfo): EngineReport {
  return { backend, precision, tfjs, fallbackReason };
}

export function reportEngines({ reference, production, others, unavailable, notes }: Engines): EnginesReport {
  return {
    reference: reportEngine(reference.info),
    production: reportEngine(production.info),
    ...(unavailable === null ? {} : { others: others.map(({ info }) => reportEngine(info)), unavailable: [...unavailable] }),
    ...(notes.length === 0 ? {} : { notes: [...notes] }),
  };
}

/** The engines of several modules as one: each is verified with the TensorFlow.js of its project. */
export function togetherOf(all: readonly EnginesReport[]): EnginesReport | null {
  const last = all.at(-1);
  if (last === undefined) return null;
  const versions = [...new Set(all.map(({ reference }) => reference.tfjs))];
  const several = {
    message: `the losses are verified with TensorFlow.js ${versions.join(' and ')}, each with that of its project; the engines named are those of the last`,
    fix: 'Nothing is wrong with that where the projects are meant to differ; `npm ls @tensorflow/tfjs-core` shows who has which.',
  };
  const notes = [...all.flatMap((each) => each.notes ?? []), ...(versions.length > 1 ? [several] : [])];
  const unique = [...new Map(notes.map((note) => [JSON.stringify(note), note])).values()];
  const { notes: _, ...engines } = last;
  return { ...engines, ...(unique.length === 0 ? {} : { notes: unique }) };
}
