import type { LossCallable } from '../contracts/engine.ts';
import { LoadError } from '../contracts/errors.ts';
import type { LossMetadata } from '../contracts/metadata.ts';
import { reasonFor } from '../contracts/shown.ts';
import { describeExport, findCandidates, isDefined, METADATA_EXPORT, unreadableExport, type Candidate, type LossForm } from './candidates.ts';
import { metadataOf, sortModuleMetadata } from './module-metadata.ts';
import { nearestNames } from './nearest.ts';
import { isCallable, parametersOf, textOf, type Callable } from './parameters.ts';
import { parameterNames, parseParameters } from './loss-parameters.ts';
import { lossMethodOf, trainableVariables } from './variables.ts';

/** A loss of an evaluated module, ready to be bound to an engine. */
export interface LoadedLoss {
  /** `path/to/file.ts#exportName`. */
  readonly id: string;
  /** For people: from metadata, else the name it was written with. */
  readonly name: string;
  readonly exportName: string;
  /** Every name it is exported by, `exportName` first. */
  readonly exportNames: readonly string[];
  readonly form: LossForm['kind'];
  readonly metadata: LossMetadata;
  /** Where the metadata was written, for messages: `losscheck`, `losscheck.focal`. */
  readonly metadataLabel: string;
  /** As in its parameter list, without parameters of `defineLoss` and the rest parameter. */
  readonly argumentNames: readonly string[];
  /** How many arguments cannot be left out. */
  readonly requiredArguments: number;
  readonly acceptsRest: boolean;
  /** True when the parameter list may not be the whole story (a bound function, `arguments`). */
  readonly argumentsUnknown: boolean;
  /** The source text of what is called: find it in the bundle to find it in the file. */
  readonly functionText: string;
  /** The parameters it runs with, when it was defined with `params`. */
  readonly params: unknown;
  /** Names that `params` accepts; empty without a schema. */
  readonly parameterNames: readonly string[];
  /** Calls the loss with tensors in argument order. */
  readonly invoke: (tensors: readonly unknown[]) => unknown;
  /** Trainable variables of the loss by name. */
  readonly variables: () => ReadonlyMap<string, unknown>;
}

interface DiscoveryError {
  /** The export that has the problem; null when it is the module's. */
  readonly exportName: string | null;
  readonly error: LoadError;
}

export interface Discovery {
  readonly fileId: string;
  readonly losses: readonly LoadedLoss[];
  readonly errors: readonly DiscoveryError[];
  readonly exportNames: readonly string[];
}

export interface DiscoverOptions {
  /** Values for losses defined with `params`, as from `--param`. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Exports that somebody asked for by name: they are losses, whatever they look like. */
  readonly named?: readonly string[];
  /** Leave out functions of one parameter that nothing names as losses: in a folder they are helpers. */
  readonly certainOnly?: boolean;
  /**
   * The name in the source for the one at `offset` in a function's text. The bundler renames what would
   * collide (`labels2`); without this the renamed name is shown.
   */
  readonly originalName?: (functionText: string, offset: number) => string | null;
}

/**
 * Finds the losses among the exports of a module: values of `defineLoss`, functions, classes, instances
 * and arrays of these.
 *
 * A function of one required parameter counts only when metadata names it or nothing else is a loss.
 * Problems of one export do not hide the others. A module without a loss gives the error `no-loss`.
 *
 * @param fileId the path that ids begin with, e.g. `src/focal.ts`
 */
export function discoverLosses(
  exports: Readonly<Record<string, unknown>>,
  fileId: string,
  options: DiscoverOptions = {},
): Discovery {
  const { candidates, unreadable } = findCandidates(exports);
  const module = sortModuleMetadata(moduleMetadata(exports), candidates);
  const chosen = choose(candidates, (candidate) => module.pieces.has(candidate) || isAskedFor(candidate, options.named ?? []), options.certainOnly ?? false);
  const losses: LoadedLoss[] = [];
  const errors: DiscoveryError[] = [...module.errors.map((error) => ({ exportName: null, error })), ...unreadable];
  for (const candidate of chosen) {
    try {
      const { metadata, label } = metadataOf(candidate, module.pieces.get(candidate));
      losses.push(toLoss(candidate, metadata, label, fileId, options));
    } catch (error) {
      const [exportName = 'default'] = candidate.exportNames;
      errors.push({ exportName, error: error instanceof LoadError ? error : unreadableExport(exportName, error) });
    }
  }
  if (chosen.length === 0 && errors.length === 0) errors.push({ exportName: null, error: noLoss(exports, fileId) });
  return { fileId, losses, errors, exportNames: namesOf(exports) };
}

/**
 * The part of a discovery that `#exportName` asks for: one loss, or all members of an exported array.
 * Null asks for everything.
 */
export function selectLosses(discovery: Discovery, exportName: string | null): Discovery {
  if (exportName === null) return discovery;
  const matches = (name: string): boolean => name === exportName || name.startsWith(`${exportName}[`);
  const losses = discovery.losses.filter(({ exportNames }) => exportNames.some(matches));
  const errors = discovery.errors.filter((entry) => entry.exportName !== null && matches(entry.exportName));
  if (losses.length > 0 || errors.length > 0) return { ...discovery, losses, errors };
  return { ...discovery, losses, errors: [{ exportName, error: notExported(discovery, exportName) }] };
}

/**
 * The loss as an engine binds it.
 *
 * @param inputNames names of its inputs in argument order; a variable of the same name becomes `this.name`
 */
export function toCallable(loss: LoadedLoss, inputNames: readonly string[]): LossCallable {
  return {
    invoke: loss.invoke,
    inputNames,
    variables: () =>
      new Map([...loss.variables()].map(([name, value]) => [inputNames.includes(name) ? `this.${name}` : name, value])),
  };
}

function moduleMetadata(exports: Readonly<Record<string, unknown>>): unknown {
  const raw = exports[METADATA_EXPORT];
  return isDefined(raw) ? undefined : raw;
}

function choose(
  candidates: readonly Candidate[],
  isNamed: (candidate: Candidate) => boolean,
  certainOnly: boolean,
): readonly Candidate[] {
  const certain = candidates.filter(
    (candidate) => candidate.certain || isNamed(candidate) || carriesMetadata(candidate.form),
  );
  return certain.length > 0 || certainOnly ? certain : candidates;
}

/** Asked for by name, or with a name that says what it is. */
function isAskedFor({ exportNames }: Candidate, named: readonly string[]): boolean {
  return exportNames.some((name) => named.includes(name) || LOSS_NAME.test(name));
}

const LOSS_NAME = /loss|penalty|regulari[sz]|variation|criterion|divergence|objective/i;

function carriesMetadata(form: LossForm): boolean {
  if (form.kind !== 'function') return false;
  try {
    return METADATA_EXPORT in form.callable;
  } catch {
    // A proxy that does not let itself be asked: reading its metadata says so.
    return true;
  }
}

/** What is called, and on what. */
interface Target {
  readonly callable: Callable;
  readonly owner: object | undefined;
  readonly params: unknown;
  readonly parameterNames: readonly string[];
  readonly hasParams: boolean;
}

function toLoss(
  candidate: Candidate,
  metadata: LossMetadata,
  metadataLabel: string,
  fileId: string,
  options: DiscoverOptions,
): LoadedLoss {
  const [exportName = 'default'] = candidate.exportNames;
  const target = targetOf(candidate.form, exportName, metadata, options);
  // Taken before the first call: a call may leave variables of its own in fields.
  const variables = target.owner === undefined ? new Map<string, unknown>() : trainableVariables(target.owner);
  const list = parametersOf(target.callable);
  const functionText = textOf(target.callable);
  const names = list.parameters.map(({ name, offset }) => {
    return (offset === null ? null : options.originalName?.(functionText, offset)) ?? name;
  });
  const dropped = target.hasParams ? paramsPosition(metadata, names.length) : names.length;
  return {
    id: `${fileId}#${exportName}`,
    name: metadata.name ?? nameOf(candidate, fileId),
    exportName,
    exportNames: candidate.exportNames,
    form: candidate.form.kind,
    metadata,
    metadataLabel,
    argumentNames: names.slice(0, dropped),
    requiredArguments: Math.min(list.required, dropped),
    acceptsRest: list.acceptsRest,
    argumentsUnknown: list.usesArguments,
    functionText,
    params: target.params,
    parameterNames: target.parameterNames,
    invoke: (tensors) =>
      target.callable.apply(target.owner, target.hasParams ? [...tensors, target.params] : [...tensors]),
    variables: () => variables,
  };
}

/** The parameters of `defineLoss` come after the last input; without declared inputs they are the last. */
function paramsPosition(metadata: LossMetadata, count: number): number {
  const declared = metadata.inputs === undefined ? count - 1 : Object.keys(metadata.inputs).length;
  return Math.max(0, Math.min(declared, count));
}

function targetOf(form: LossForm, exportName: string, metadata: LossMetadata, options: DiscoverOptions): Target {
  const plain = { params: undefined, parameterNames: [], hasParams: false };
  if (form.kind === 'function') return { callable: form.callable, owner: undefined, ...plain };
  if (form.kind === 'definition') {
    const { params: schema } = form.definition;
    const hasParams = schema !== undefined;
    return {
      callable: methodOf(form.definition, form.method, exportName),
      owner: form.definition,
      params: hasParams ? parseParameters(schema, ownParameters(schema, options.params), exportName) : undefined,
      parameterNames: parameterNames(schema),
      hasParams,
    };
  }
  const instance = form.kind === 'instance' ? form.instance : construct(form.constructor, exportName, metadata);
  const method = form.kind === 'instance' ? form.method : lossMethodOf(instance);
  return { callable: methodOf(instance, method ?? 'call', exportName), owner: instance, ...plain };
}

/** Values are given for a whole module: each loss takes those that its schema names. */
function ownParameters(
  schema: unknown,
  given: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const names = parameterNames(schema);
  if (names.length === 0) return given;
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)));
}

function methodOf(owner: object, name: string, exportName: string): Callable {
  const method: unknown = Reflect.get(owner, name);
  if (isCallable(method)) return method;
  throw new LoadError('no-loss', `${exportName} has no function to call`, {
    fix: 'Give it a method: loss (in defineLoss), call, forward or apply.',
  });
}

function construct(constructor: Callable, exportName: string, metadata: LossMetadata): object {
  const args = metadata.args ?? [];
  try {
    const made: object = Reflect.construct(constructor, args);
    return made;
  } catch (thrown) {
    const reason = reasonFor(thrown);
    const given = args.length === 0 ? 'no arguments' : `${args.length} arguments from metadata`;
    throw new LoadError('import-threw', `new ${exportName}() with ${given} threw: ${reason}`, {
      fix: `Declare what its constructor needs: export const ${METADATA_EXPORT} = { args: [/* … */] };`,
    });
  }
}

/** The bundler calls an anonymous default export after its file: `focal_default`. */
const MADE_UP_NAME = /(^default\d*$|_default\d*$|^$)/;

function nameOf({ exportNames, form }: Candidate, fileId: string): string {
  const named = exportNames.find((name) => name !== 'default');
  if (named !== undefined) return named;
  const written = writtenName(form);
  return MADE_UP_NAME.test(written) ? stemOf(fileId) : written;
}

function writtenName(form: LossForm): string {
  try {
    const made = form.kind === 'function' ? form.callable : form.kind === 'class' ? form.constructor : form.kind === 'instance' ? form.instance.constructor : undefined;
    const name: unknown = typeof made === 'function' && made !== Object ? Reflect.get(made, 'name') : '';
    return typeof name === 'string' ? name : '';
  } catch {
    // A getter of the user's: without a name the file gives one.
    return '';
  }
}

function stemOf(fileId: string): string {
  const base = fileId.slice(fileId.lastIndexOf('/') + 1);
  return base.replace(/\.[^.]+$/, '') || base;
}

function namesOf(exports: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(exports).filter((name) => name !== METADATA_EXPORT);
}

const ACCEPTED_FORMS =
  'Export a function (yPred, yTrue) => scalar tensor, a class or object with a method call, forward or apply, ' +
  'a value of defineLoss, or an array of these.';

function noLoss(exports: Readonly<Record<string, unknown>>, fileId: string): LoadError {
  const described = namesOf(exports).map((name) => `${name} (${describeExport(exports[name])})`);
  const message =
    described.length === 0
      ? `${fileId} exports nothing`
      : `${fileId} exports no loss, only ${described.slice(0, 8).join(', ')}${described.length > 8 ? ', …' : ''}`;
  return new LoadError('no-loss', message, { fix: ACCEPTED_FORMS });
}

function notExported({ fileId, exportNames, losses }: Discovery, exportName: string): LoadError {
  const names = [...new Set([...losses.flatMap((loss) => loss.exportNames), ...exportNames])];
  if (exportNames.includes(exportName)) {
    return new LoadError('no-loss', `${exportName} in ${fileId} is no loss`, { fix: ACCEPTED_FORMS });
  }
  const near = nearestNames(exportName, names);
  const suggestion = near.length > 0 ? ` Did you mean ${near.join(', ')}?` : '';
  return new LoadError('export-not-found', `${fileId} has no export "${exportName}".${suggestion}`, {
    fix: names.length === 0 ? 'The file exports nothing: export the loss.' : `It exports ${names.join(', ')}.`,
  });
}
