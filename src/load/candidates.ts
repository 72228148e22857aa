import { isDefinedLoss } from '../contracts/define-loss.ts';
import { LoadError } from '../contracts/errors.ts';
import { reasonFor, showValue } from '../contracts/shown.ts';
import { isRecord } from './metadata.ts';
import { isCallable, parametersOf, textOf, type Callable } from './parameters.ts';
import { lossMethodOf, LOSS_METHODS, type LossMethod } from './variables.ts';

/** What a loss can be written as. */
export type LossForm =
  | { readonly kind: 'definition'; readonly definition: Readonly<Record<string, unknown>>; readonly method: string }
  | { readonly kind: 'function'; readonly callable: Callable }
  | { readonly kind: 'class'; readonly constructor: Callable }
  | { readonly kind: 'instance'; readonly instance: object; readonly method: LossMethod };

/** An exported value that has the form of a loss. */
export interface Candidate {
  /** Every name it is exported by; `name[0]` for a member of an exported array. The first makes the id. */
  readonly exportNames: readonly string[];
  readonly form: LossForm;
  /** A function of one parameter may be a helper: it counts when metadata names it, or nothing else does. */
  readonly certain: boolean;
}

/** The name of the export that holds metadata and is no loss itself. */
export const METADATA_EXPORT = 'losscheck';

const DEFINITION_METHODS = ['loss', ...LOSS_METHODS, 'fn'];

/** An export that nobody can tell whether it is a loss. */
interface Unreadable {
  readonly exportName: string;
  readonly error: LoadError;
}

interface Found {
  readonly candidates: readonly Candidate[];
  readonly unreadable: readonly Unreadable[];
}

/** The candidates of a module: the default export first, the others in the order of the namespace. */
export function findCandidates(exports: Readonly<Record<string, unknown>>): Found {
  const byValue = new Map<unknown, Candidate>();
  const unreadable: Unreadable[] = [];
  for (const [exportName, value] of inOrder(exports)) {
    try {
      if (isMirror(exportName, value, exports)) continue;
      for (const [name, member] of membersOf(exportName, value, [])) addCandidate(name, member, byValue);
    } catch (error) {
      unreadable.push({ exportName, error: unreadableExport(exportName, error) });
    }
  }
  const named = [...byValue.values()].map((candidate) => ({ ...candidate, exportNames: nameableFirst(candidate.exportNames) }));
  const nameless = named.filter(({ exportNames: [name = ''] }) => !NAMEABLE.test(name));
  return {
    candidates: named.filter((candidate) => !nameless.includes(candidate)),
    unreadable: [...unreadable, ...nameless.map(({ exportNames: [name = ''] }) => ({ exportName: name, error: unnameable(name) }))],
  };
}

/** What is looked at is the user's: a getter or trap of it may throw wherever it is touched. */
export function unreadableExport(exportName: string, thrown: unknown): LoadError {
  return new LoadError('no-loss', `looking at the export ${showValue(exportName)} throws: ${reasonFor(thrown)}`, {
    fix: 'Export a plain function, class or object: a getter or proxy that throws cannot be checked.',
  });
}

function addCandidate(name: string, member: unknown, byValue: Map<unknown, Candidate>): void {
  const earlier = byValue.get(member);
  const form = earlier === undefined ? formOf(member) : null;
  if (earlier !== undefined) byValue.set(member, { ...earlier, exportNames: [...earlier.exportNames, name] });
  else if (form !== null) byValue.set(member, { exportNames: [name], form, certain: isCertain(form) });
}

/** A loss is named in reports and on command lines: by letters that can be seen and typed. */
const NAMEABLE = /^[^\p{Cc}\p{Cs}\u2028\u2029]+$/u;

function nameableFirst(names: readonly string[]): readonly string[] {
  return [...names.filter((name) => NAMEABLE.test(name)), ...names.filter((name) => !NAMEABLE.test(name))];
}

function unnameable(name: string): LoadError {
  return new LoadError('no-loss', `a loss is exported as ${showValue(name)}, which no command line can name`, { fix: 'Export it under a name of letters.' });
}

function inOrder(exports: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  const entries = Object.entries(exports).filter(([name, value]) => name !== METADATA_EXPORT || isDefined(value));
  return [...entries.filter(([name]) => name === 'default'), ...entries.filter(([name]) => name !== 'default')];
}

/** A CommonJS module's `default` is the object of all its exports: each is found by its own name. */
function isMirror(name: string, value: unknown, exports: Readonly<Record<string, unknown>>): boolean {
  if (name !== 'default' || !isRecord(value) || isDefinedLoss(value)) return false;
  const own = Object.keys(value);
  return own.length > 0 && own.every((key) => key in exports && exports[key] === value[key]);
}

/** Arrays of data hold no loss, however long they are; one that holds itself has its members named once. */
function membersOf(name: string, value: unknown, above: readonly unknown[]): readonly (readonly [string, unknown])[] {
  if (!Array.isArray(value)) return [[name, value]];
  if (above.includes(value) || above.length === MOST_LEVELS) return [];
  const members: (readonly [string, unknown])[] = [];
  for (const index of Object.keys(value)) {
    const member: unknown = Reflect.get(value, index);
    if (typeof member !== 'function' && (typeof member !== 'object' || member === null)) continue;
    members.push(...membersOf(`${name}[${index}]`, member, [...above, value]));
  }
  return members;
}

/** Nobody nests losses deeper. */
const MOST_LEVELS = 8;

export function isDefined(value: unknown): boolean {
  try {
    return isDefinedLoss(value);
  } catch {
    // A proxy that throws is none of ours.
    return false;
  }
}

function formOf(value: unknown): LossForm | null {
  if (isDefinedLoss(value)) {
    // Its fields only: it is a function too, and every function has `call` and `apply`.
    const definition = Object.freeze({ ...value });
    const method = DEFINITION_METHODS.find((name) => isCallable(Reflect.get(definition, name))) ?? 'loss';
    return { kind: 'definition', definition, method };
  }
  if (isCallable(value)) return formOfFunction(value);
  if (typeof value !== 'object' || value === null) return null;
  const method = lossMethodOf(value);
  return method === null ? null : { kind: 'instance', instance: value, method };
}

function formOfFunction(callable: Callable): LossForm | null {
  if (isClass(callable)) return hasLossMethod(callable) ? { kind: 'class', constructor: callable } : null;
  const { parameters, acceptsRest } = parametersOf(callable);
  return parameters.length > 0 || acceptsRest ? { kind: 'function', callable } : null;
}

function isCertain(form: LossForm): boolean {
  if (form.kind !== 'function') return true;
  const { required, acceptsRest } = parametersOf(form.callable);
  return required >= 2 || acceptsRest;
}

function isClass(callable: Callable): boolean {
  if (/^class\b/.test(textOf(callable))) return true;
  // Classes compiled to ES5 are functions; what tells them apart is the method on the prototype.
  const prototype: unknown = Reflect.get(callable, 'prototype');
  return isRecord(prototype) && Object.keys(prototype).some((name) => isLossMethod(name));
}

function hasLossMethod(constructor: Callable): boolean {
  const prototype: unknown = Reflect.get(constructor, 'prototype');
  if (typeof prototype === 'object' && prototype !== null) {
    if ('countParams' in prototype && 'getWeights' in prototype) return false;
    if (lossMethodOf(prototype) !== null) return true;
  }
  // A field such as `call = (yPred, yTrue) => …` exists only on instances.
  return /\b(call|forward|apply)\s*=/.test(textOf(constructor));
}

function isLossMethod(name: string): boolean {
  return LOSS_METHODS.some((method) => method === name);
}

/** What an export is, for the message that it is no loss. */
export function describeExport(value: unknown): string {
  if (isCallable(value))
    return isClass(value) ? 'a class without call, forward or apply' : 'a function without parameters';
  if (Array.isArray(value)) return 'an array without losses';
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? 'an object without call, forward or apply' : `a ${typeof value}`;
}
