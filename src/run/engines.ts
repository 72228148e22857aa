import type { BackendChoice } from '../contracts/backend.ts';
import type { Engine, EngineInfo } from '../contracts/engine.ts';
import type { EngineReport } from '../contracts/report.ts';
import { createProductionEngine, createReferenceEngine } from '../engines/index.ts';

export interface Engines {
  readonly reference: Engine;
  readonly production: Engine;
}

const pairs = new Map<string, Promise<Engines>>();

/** Both engines, made once in a process for each backend and project. */
export function enginesFor(backend: BackendChoice, project: string): Promise<Engines> {
  const key = `${backend} ${project}`;
  const made = pairs.get(key) ?? make(backend, project);
  pairs.set(key, made);
  return made;
}

async function make(backend: BackendChoice, project: string): Promise<Engines> {
  return { reference: createReferenceEngine(), production: await createProductionEngine(backend, project) };
}

export function reportEngine({ backend, precision, tfjs, fallbackReason }: EngineInfo): EngineReport {
  return { backend, precision, tfjs, fallbackReason };
}
