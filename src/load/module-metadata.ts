import { LoadError } from '../contracts/errors.ts';
import { METADATA_FIELDS, type LossMetadata } from '../contracts/metadata.ts';
import { reasonFor, showName } from '../contracts/shown.ts';
import { METADATA_EXPORT, type Candidate } from './candidates.ts';
import { invalidMetadata, isRecord, looksLikeMetadata, parseMetadata } from './metadata.ts';
import { didYouMean } from './nearest.ts';
import { parametersOf } from './parameters.ts';
import { plainCopy } from './plain-data.ts';

/** Metadata of one loss and where it was written. */
export interface LocatedMetadata {
  readonly metadata: LossMetadata;
  /** The way to it, for messages: `losscheck`, `losscheck.focal`, `Focal.losscheck`. */
  readonly label: string;
}

/** A raw, not yet validated piece of metadata. */
interface Piece {
  readonly value: unknown;
  readonly label: string;
}

/** The `losscheck` export, sorted out: which candidate each part belongs to. */
export interface ModuleMetadata {
  readonly pieces: ReadonlyMap<Candidate, Piece>;
  /** Parts that belong to nothing. */
  readonly errors: readonly LoadError[];
}

/**
 * Hands the parts of the `losscheck` export to the candidates.
 *
 * One object of metadata belongs to the default export when that is a loss, otherwise to every loss of
 * the module. An object keyed by export name belongs to those exports; for an array, `name` stands for
 * all members and `name[0]` for one.
 */
export function sortModuleMetadata(given: unknown, candidates: readonly Candidate[]): ModuleMetadata {
  if (given === undefined) return { pieces: new Map(), errors: [] };
  const { value: raw, problems } = plainCopy(given, METADATA_EXPORT, holdsArguments);
  if (problems.length > 0) return { pieces: new Map(), errors: [invalidMetadata(problems)] };
  const names = candidates.flatMap(({ exportNames }) => exportNames);
  return isKeyed(raw, names) ? sortKeyed(raw, candidates) : { pieces: sortSingle(raw, candidates), errors: [] };
}

/** `args`, and `args` by export: what a constructor is given is the user's own. */
function holdsArguments(place: readonly string[]): boolean {
  return place.length <= 2 && place.at(-1) === 'args';
}

function isKeyed(raw: unknown, names: readonly string[]): raw is Readonly<Record<string, unknown>> {
  if (!isRecord(raw)) return false;
  const entries = Object.entries(raw);
  if (entries.some(([key]) => METADATA_FIELDS.includes(key))) return false;
  return entries.some(
    ([key, value]) => names.some((name) => name === key || arrayOf(name) === key) || looksLikeMetadata(value),
  );
}

function sortSingle(value: unknown, candidates: readonly Candidate[]): ReadonlyMap<Candidate, Piece> {
  const piece = { value, label: METADATA_EXPORT };
  const main = candidates.find(({ exportNames }) => exportNames.includes('default'));
  if (main !== undefined) return new Map([[main, piece]]);
  const certain = candidates.filter((candidate) => candidate.certain || fits(candidate, value));
  return new Map((certain.length > 0 ? certain : candidates).map((candidate) => [candidate, piece]));
}

/** A function of one parameter is meant by metadata that declares one input. */
function fits({ form }: Candidate, value: unknown): boolean {
  if (form.kind !== 'function' || !isRecord(value) || !isRecord(value.inputs)) return false;
  return Object.keys(value.inputs).length === parametersOf(form.callable).parameters.length;
}

function sortKeyed(raw: Readonly<Record<string, unknown>>, candidates: readonly Candidate[]): ModuleMetadata {
  const pieces = new Map<Candidate, Piece>();
  const used = new Set<string>();
  for (const candidate of candidates) {
    const key = [...candidate.exportNames, ...candidate.exportNames.map(arrayOf)].find((name) => Object.hasOwn(raw, name));
    for (const name of candidate.exportNames) used.add(name).add(arrayOf(name));
    if (key !== undefined) pieces.set(candidate, { value: raw[key], label: `${METADATA_EXPORT}.${key}` });
  }
  const stray = Object.keys(raw).filter((key) => !used.has(key));
  return { pieces, errors: stray.length === 0 ? [] : [strayError(stray, [...used])] };
}

function strayError(keys: readonly string[], names: readonly string[]): LoadError {
  return invalidMetadata(
    keys.map((key) => {
      const accepted = names.length === 0 ? 'none, the module has no loss' : names.join(', ');
      const where = `${METADATA_EXPORT}.${showName(key)}`;
      return `${where}: no exported loss has this name${didYouMean(key, names)}; accepted: ${accepted}`;
    }),
  );
}

/** `losses` for `losses[0]`. */
function arrayOf(exportName: string): string {
  return exportName.replace(/(\[\d+\])+$/, '');
}

/**
 * All metadata of one candidate: what it carries itself (the fields of `defineLoss`, a static or own
 * `losscheck`), then field by field what the `losscheck` export says about it, which wins.
 *
 * @throws LoadError `invalid-metadata`
 */
export function metadataOf(candidate: Candidate, fromExport: Piece | undefined): LocatedMetadata {
  const pieces = [carriedBy(candidate), fromExport].filter((piece) => piece !== undefined);
  const parsed = pieces.map(({ value, label }) => parseMetadata(value, label));
  const label = pieces.at(-1)?.label ?? METADATA_EXPORT;
  return { metadata: Object.assign({}, ...parsed), label };
}

/** Fields of `defineLoss` that are no metadata: the loss, its parameters and its documentation. */
const DEFINITION_FIELDS = [
  'loss',
  'call',
  'forward',
  'apply',
  'fn',
  'params',
  'formula',
  'reference',
  'kinks',
  'example',
];

function carriedBy({ form, exportNames }: Candidate): Piece | undefined {
  const [name = 'default'] = exportNames;
  if (form.kind === 'definition') {
    const fields = Object.entries(form.definition).filter(([key]) => !DEFINITION_FIELDS.includes(key));
    return { value: Object.fromEntries(fields), label: name };
  }
  const label = `${showName(name)}.${METADATA_EXPORT}`;
  const value = ownMetadata(form.kind === 'class' ? form.constructor : form.kind === 'function' ? form.callable : form.instance, label);
  return value === undefined ? undefined : { value, label };
}

/** @throws LoadError `invalid-metadata` where a getter of it throws */
function ownMetadata(owner: object, label: string): unknown {
  try {
    const own: unknown = Reflect.get(owner, METADATA_EXPORT);
    if (own !== undefined || typeof owner === 'function') return own;
    // An instance may leave it to its class.
    return typeof owner.constructor === 'function' ? Reflect.get(owner.constructor, METADATA_EXPORT) : undefined;
  } catch (error) {
    throw invalidMetadata([`${label}: cannot be read: ${reasonFor(error)}; accepted: a plain object`]);
  }
}
