import type { Rival } from '../contracts/check.ts';
import type { InputSpec } from '../contracts/domain.ts';
import type { Engine, EvaluatedModule } from '../contracts/engine.ts';
import type { Point } from '../contracts/tensor.ts';
import { resolveInputs } from '../load/arguments.ts';
import { counterparts, misfitOf } from '../load/counterparts.ts';
import { discoverLosses, toCallable, type LoadedLoss } from '../load/discover.ts';
import { createLocator } from '../load/source-map.ts';
import { builtInBundle, builtInExports } from './builtins.ts';
import type { RunOptions } from './options.ts';

/** A built-in loss that the losses of a module are compared with. */
export interface OpenRival {
  readonly id: string;
  readonly module: EvaluatedModule;
  readonly loss: LoadedLoss;
  readonly inputs: readonly InputSpec[];
}

/** @throws LoadError `invalid-metadata` for a parameter that it refuses */
export async function openRival(id: string, engine: Engine, options: RunOptions): Promise<OpenRival> {
  const bundle = builtInBundle([id]);
  const module = await engine.evaluate(bundle, createLocator(bundle, options.cwd));
  const { losses, errors } = discoverLosses(builtInExports(module.exports, [id]), id, { params: options.param });
  const [loss] = losses;
  if (loss === undefined) throw errors[0]?.error ?? new Error(`the built-in loss ${id} cannot be found in its bundle`);
  const inputs = resolveInputs(loss);
  if (inputs === null) throw new Error(`the built-in loss ${id} does not declare all of its inputs`);
  return { id, module, loss, inputs };
}

/** The built-in loss for the inputs and parameters that a loss turned out to have. */
export function toRival({ id, module, loss, inputs: theirs }: OpenRival, inputs: readonly InputSpec[], parameters: Point): Rival {
  const mine = [...inputs, ...Object.keys(parameters).map((name) => ({ name, role: 'parameter' as const }))];
  const names = counterparts(mine, theirs);
  return {
    id,
    probe: module.bind(toCallable(loss, theirs.map(({ name }) => name))),
    names,
    misfit: misfitOf(mine, theirs, { id, names }),
  };
}
