import type { Engine, EvaluatedModule, LossProbe } from '../../src/contracts/engine.ts';
import type { Point, TensorData } from '../../src/contracts/tensor.ts';
import { discoverLosses, toCallable } from '../../src/load/discover.ts';
import { createLocator } from '../../src/load/source-map.ts';
import { bundleIn, workspace } from '../load/workspace.ts';

/** A module of one loss on an engine. Line 1 imports tf; the body starts on line 2. */
export async function probeOf(engine: Engine, body: string): Promise<LossProbe> {
  const { probe } = await openIn(engine, body);
  return probe;
}

export async function openIn(engine: Engine, body: string): Promise<{ module: EvaluatedModule; probe: LossProbe }> {
  const folder = workspace({ 'loss.ts': `import * as tf from '@tensorflow/tfjs';\n${body}` });
  const bundle = await bundleIn(folder, 'loss.ts');
  const module = await engine.evaluate(bundle, createLocator(bundle, folder));
  const loss = discoverLosses(module.exports, 'loss.ts').losses[0];
  if (loss === undefined) throw new Error('the module has no loss');
  return { module, probe: module.bind(toCallable(loss, loss.argumentNames)) };
}

export function vector(...values: number[]): TensorData {
  return { shape: [values.length], dtype: 'float32', data: Float64Array.from(values) };
}

export function pair(p: number[], t: number[]): Point {
  return { p: vector(...p), t: vector(...t) };
}
