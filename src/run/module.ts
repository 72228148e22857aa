import type { EvaluatedModule } from '../contracts/engine.ts';
import { LoadError } from '../contracts/errors.ts';
import { ModuleError } from '../engines/index.ts';
import { discoverLosses, selectLosses, type Discovery, type LoadedLoss } from '../load/discover.ts';
import type { SourceLocation } from '../contracts/source.ts';
import { createLocator, type Locator } from '../load/source-map.ts';
import { stateWrites } from '../load/state-writes.ts';
import { builtInExports } from './builtins.ts';
import { openConfig } from './config/evaluate.ts';
import { NO_SETTINGS, settingsFor, type Settings } from './config/settings.ts';
import { enginesFor, type Engines } from './engines.ts';
import type { ModuleRequest } from './messages.ts';
import type { RunOptions } from './options.ts';
import { openOther, type OtherBackend } from './other-backends.ts';
import { openRival, type OpenRival } from './rival.ts';
import { lossAt } from './loss-at.ts';
import { settle } from './unhandled.ts';

/** One loss of a module, in both engines. */
export interface LossPair {
  readonly id: string;
  readonly reference: LoadedLoss;
  /** From a second evaluation of the module on the reference engine. */
  readonly fresh: LoadedLoss;
  readonly production: LoadedLoss;
}

/** A module evaluated twice in the reference engine, once in each other, with its losses. */
export interface OpenModule {
  readonly engines: Engines;
  readonly locator: Locator;
  readonly reference: EvaluatedModule;
  readonly fresh: EvaluatedModule;
  readonly production: EvaluatedModule;
  /** The module on the other backends, with `--backend all`. */
  readonly others: readonly OtherBackend[];
  readonly losses: readonly LossPair[];
  readonly errors: Discovery['errors'];
  /** What the config says about one of its losses. */
  readonly settingsOf: (pair: Pick<LossPair, 'id'>) => Settings;
  /** What its losses are compared with, if anything. */
  readonly rival: OpenRival | null;
  /** Where its functions write what outlives their calls. */
  readonly stateWrites: () => readonly SourceLocation[];
}

/**
 * Evaluates a module in both engines and finds its losses.
 *
 * @throws LoadError `import-threw` when the module throws; `no-loss`, `export-not-found` are in `errors`
 */
export async function openModule(request: ModuleRequest, options: RunOptions): Promise<OpenModule> {
  const engines = await enginesFor(options.backend, request.tensorflow);
  const config = options.config === null ? null : await openConfig(options.config, engines.reference, options.cwd);
  const directory = options.config?.directory ?? options.cwd;
  const settingsOf = ({ id }: { readonly id: string }): Settings => (config === null ? NO_SETTINGS : settingsFor(config, directory, request.builtIn ? id : request.bundle.entry));
  const locator = createLocator(request.bundle, options.cwd);
  const evaluate = async (engine: Engines['reference']): Promise<EvaluatedModule> => {
    try {
      return await engine.evaluate(request.bundle, locator);
    } catch (error) {
      if (error instanceof ModuleError) throw importThrew(error, locator);
      throw error;
    }
  };
  const reference = await evaluate(engines.reference);
  const fresh = await evaluate(engines.reference);
  const production = await evaluate(engines.production);
  const others: OtherBackend[] = [];
  for (const engine of engines.others) others.push(await openOther(engine, request, locator, (module) => discover(module, request, options, locator)));
  const rival = options.against === null ? null : await openRival(options.against, engines.reference, options);
  // A promise that the import left rejected ends the run before its losses are judged.
  await settle();
  const found = discover(reference, request, options, locator);
  const twins = discover(production, request, options, locator);
  const again = discover(fresh, request, options, locator);
  const inProduction = byExport(twins);
  const inFresh = byExport(again);
  // A constructor may throw the second time only.
  const later = [...twins.errors, ...again.errors];
  const errors = [...found.errors, ...later.filter(({ exportName }, index) => ![...found.errors, ...later.slice(0, index)].some((error) => error.exportName === exportName))];
  const losses = found.losses.flatMap((loss): LossPair[] => {
    const twin = inProduction.get(loss.exportName);
    const fresh = inFresh.get(loss.exportName);
    if (twin === undefined || fresh === undefined) return [];
    return [{ id: request.builtIn ? loss.exportName : loss.id, reference: loss, fresh, production: twin }];
  });
  const inOrder = request.builtIn ? losses : losses.toSorted((a, b) => lineOf(a, locator) - lineOf(b, locator));
  const { place } = request;
  if (place !== undefined) {
    const { reference: chosen } = lossAt(place, inOrder, request.fileId, locator);
    const isChosen = ({ reference: { exportName } }: LossPair): boolean => exportName === chosen.exportName;
    return { engines, locator, reference, fresh, production, others, losses: inOrder.filter(isChosen), errors: [], settingsOf, rival, stateWrites: writesIn(request, locator) };
  }
  return { engines, locator, reference, fresh, production, others, losses: inOrder, errors, settingsOf, rival, stateWrites: writesIn(request, locator) };
}

function writesIn({ bundle, builtIn }: ModuleRequest, locator: Locator): () => readonly SourceLocation[] {
  // Our own losses keep none, and the parser need not be woken for them.
  if (builtIn) return () => [];
  let known: readonly SourceLocation[] | null = null;
  return () => {
    known ??= stateWrites(bundle.code).flatMap(({ line, column }) => locator.locate(line, column) ?? []);
    return known;
  };
}

/** Reports follow the file: exports of a module come in alphabetical order. */
function lineOf({ reference }: LossPair, locator: Locator): number {
  return locator.locateText(reference.functionText)?.line ?? Infinity;
}

function byExport({ losses }: Discovery): ReadonlyMap<string, LoadedLoss> {
  return new Map(losses.map((loss) => [loss.exportName, loss]));
}

function discover(module: EvaluatedModule, request: ModuleRequest, options: RunOptions, locator: Locator): Discovery {
  const exports = request.builtIn ? builtInExports(module.exports, request.exportNames) : module.exports;
  // Classes are constructed here: with random numbers, they draw the same ones in each evaluation.
  const discovery = module.within(() =>
    discoverLosses(exports, request.fileId, {
      params: options.param,
      certainOnly: !request.explicit,
      named: request.exportNames ?? [],
      originalName: (text, offset) => locator.originalName(text, offset),
    }),
  );
  if (request.exportNames === null) return discovery;
  const chosen = request.exportNames.map((name) => selectLosses(discovery, name));
  return { ...discovery, losses: chosen.flatMap(({ losses }) => losses), errors: chosen.flatMap(({ errors }) => errors) };
}

/** Names that flags may use for the losses of a module. */
export function knownNames({ losses, rival }: OpenModule): { parameters: string[]; inputs: string[] } {
  return {
    parameters: [...losses.flatMap(({ reference }) => reference.parameterNames), ...(rival?.loss.parameterNames ?? [])],
    inputs: losses.flatMap(({ reference }) => [...Object.keys(reference.metadata.inputs ?? {}), ...reference.argumentNames]),
  };
}

function importThrew(error: ModuleError, locator: Locator): LoadError {
  const location = error.location;
  return new LoadError('import-threw', `the module throws while it is imported: ${error.message}`, {
    fix: 'Mend the line shown; code at the top level of the module runs when losscheck imports it.',
    location,
    frame: location === null ? null : locator.frame(location),
  });
}
