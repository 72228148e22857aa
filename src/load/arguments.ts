import { DOMAIN_NAMES, type Domain, type DomainName, type InputSpec, type Role } from '../contracts/domain.ts';
import { defaultRole, MOST_ELEMENTS, shapeSchema, type InputMetadata } from '../contracts/metadata.ts';
import { showName, showValue } from '../contracts/shown.ts';
import { sizeOf } from '../contracts/tensor.ts';
import type { LoadedLoss } from './discover.ts';
import { invalidMetadata } from './metadata.ts';
import { roleByName } from './names.ts';
import { didYouMean } from './nearest.ts';

/** One argument that the loss will be called with, and what is known about it before anything runs. */
export interface Argument {
  readonly name: string;
  readonly role: Role;
  /** Why it has this role, when neither metadata nor a plain name says so. */
  readonly roleReason: string | null;
  readonly shape: readonly number[] | null;
  readonly domain: Domain | null;
  readonly classes: number | null;
}

export type InputOverrides = Readonly<Record<string, InputMetadata>>;

/** Classes of a `class-index` when nothing tells how many there are. */
const DEFAULT_CLASSES = 4;

/**
 * The arguments of a loss in order, with what metadata and overrides declare. Overrides win.
 *
 * The names of `inputs` are the arguments in key order. When they are fewer than the arguments that the
 * loss needs, they are looked up by name and the others stay undeclared.
 *
 * @throws LoadError `invalid-metadata` when names, order, shapes or domains cannot be
 */
export function argumentsOf(loss: LoadedLoss, overrides: InputOverrides = {}): readonly Argument[] {
  const declared = loss.metadata.inputs ?? {};
  const names = namesOf(loss, declared, overrides);
  const roles = rolesOf(names, (name) => declaredRole({ ...declared[name], ...overrides[name] }, name));
  const argumentsList = names.map((name, index): Argument => {
    const about = { ...declared[name], ...overrides[name] };
    const { role, reason } = roles[index] ?? { role: 'prediction', reason: null };
    return {
      name,
      role,
      roleReason: reason,
      shape: about.shape ?? null,
      domain: about.domain ?? (about.classes === undefined ? null : 'class-index'),
      classes: about.classes ?? null,
    };
  });
  const problems = argumentsList.flatMap((argument) =>
    problemsOf(argument, `${loss.metadataLabel}.inputs.${showName(argument.name)}`),
  );
  if (problems.length > 0) throw invalidMetadata(problems);
  return argumentsList;
}

/** The inputs when everything about them is declared; null when something has to be inferred. */
export function resolveInputs(loss: LoadedLoss, overrides: InputOverrides = {}): readonly InputSpec[] | null {
  return declaredInputs(argumentsOf(loss, overrides));
}

export function declaredInputs(known: readonly Argument[]): readonly InputSpec[] | null {
  const specs = known.flatMap((argument): InputSpec[] => {
    const { name, role, shape, domain } = argument;
    if (shape === null || domain === null) return [];
    return [{ name, role, shape, domain, classes: classesOf(argument, domain, shape, known), inferred: false }];
  });
  return specs.length === known.length ? specs : null;
}

/** As declared, else the last axis of a prediction that has one axis more, else `otherwise`. */
export function classesOf(
  argument: Argument,
  domain: Domain,
  shape: readonly number[],
  others: readonly { readonly role: Role; readonly shape: readonly number[] | null }[],
  otherwise: number | null = DEFAULT_CLASSES,
): number | null {
  if (domain !== 'class-index') return null;
  if (argument.classes !== null) return argument.classes;
  const scores = others.find((other) => other.role === 'prediction' && other.shape !== null)?.shape ?? [];
  const rows = shape.length === scores.length && shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
  const fits = scores.length === rows.length + 1 && rows.every((dimension, axis) => dimension === scores[axis]);
  const last = scores.at(-1) ?? 0;
  return fits && last >= 2 ? last : otherwise;
}

function namesOf(loss: LoadedLoss, declared: InputOverrides, overrides: InputOverrides): readonly string[] {
  const given = Object.keys(declared);
  const own = loss.argumentNames;
  if (given.length > 0 && (given.length >= loss.requiredArguments || loss.argumentsUnknown)) {
    requireOrder(loss, given);
    return given;
  }
  const strays = given.filter((name) => !own.includes(name));
  if (strays.length > 0) {
    const taken = own.join(', ');
    throw invalidMetadata(
      strays.map((name) => {
        const where = `${loss.metadataLabel}.inputs.${showName(name)}`;
        return `${where}: no argument has this name${didYouMean(name, own)}; the loss takes ${taken}`;
      }),
    );
  }
  const lastNamed = own.findLastIndex((name) => name in declared || name in overrides);
  const count = Math.max(loss.requiredArguments, lastNamed + 1);
  if (count > 0) return own.slice(0, count);
  return own.length > 0 ? own.slice(0, 1) : ['yPred', 'yTrue'];
}

/** Key order is argument order: keys that are the parameters' own names in another order are a mistake. */
function requireOrder(loss: LoadedLoss, given: readonly string[]): void {
  const own = loss.argumentNames;
  const where = `${loss.metadataLabel}.inputs`;
  if (given.length > own.length && !loss.acceptsRest && !loss.argumentsUnknown) {
    const declared = `${given.length} inputs (${showName(given.join(', '))})`;
    throw invalidMetadata([`${where}: declares ${declared}; the loss takes ${own.length} (${own.join(', ')})`]);
  }
  const written = own.slice(0, given.length);
  const sameNames = given.every((name) => written.includes(name));
  if (sameNames && given.some((name, index) => name !== written[index])) {
    const difference = `the order is ${given.join(', ')}, but the loss takes ${written.join(', ')}`;
    throw invalidMetadata([`${where}: ${difference}; key order is argument order`]);
  }
}

interface ReasonedRole {
  readonly role: Role;
  readonly reason: string | null;
}

/** What no network puts out: labels. */
const LABEL_DOMAINS: ReadonlySet<unknown> = new Set<DomainName>(['binary', 'sign', 'one-hot', 'class-index']);

/** A declared input is a prediction unless it, its name or its domain says otherwise. */
function declaredRole({ role, domain, classes, shape }: InputMetadata, name: string): Role | undefined {
  const isDeclared = domain !== undefined || shape !== undefined || classes !== undefined;
  if (role !== undefined || !isDeclared) return role;
  const isTarget = LABEL_DOMAINS.has(domain) || classes !== undefined || defaultRole(name) === 'target';
  // 'weights' may be those of a mixture, which a network puts out: weights that are data say so.
  return isTarget ? 'target' : 'prediction';
}

function rolesOf(names: readonly string[], declared: (name: string) => Role | undefined): readonly ReasonedRole[] {
  const roles = names.map((name, index): ReasonedRole => {
    const role = declared(name);
    return role === undefined ? roleByName(name, index) : { role, reason: null };
  });
  const isFree = (index: number): boolean => declared(names[index] ?? '') === undefined;
  const has = (role: Role): boolean => roles.some((entry) => entry.role === role);
  if (!has('prediction') && !has('parameter') && isFree(0)) {
    const first = roles.findIndex((entry, index) => isFree(index) && entry.role !== 'target');
    const index = Math.max(0, first);
    roles[index] = { role: 'prediction', reason: 'a loss needs an input to differentiate' };
  }
  const second = roles[1];
  if (
    second?.role === 'prediction' &&
    second.reason === null &&
    !has('target') &&
    isFree(1) &&
    !isPredictionLike(names[1] ?? '')
  ) {
    roles[1] = { role: 'target', reason: 'it is the second argument' };
  }
  return roles;
}

/** Names of inputs that a network puts out, beyond the first argument. */
const PREDICTION_LIKE = [
  /pred|logit|prob|score|out(put)?$/i,
  /anchor|positive|negative|pos$|neg$|embed|feature/i,
  /^mu$|mean|var$|std|sigma/i,
  /student|fake|real|recon/i,
  /\d$/,
];

function isPredictionLike(name: string): boolean {
  return PREDICTION_LIKE.some((pattern) => pattern.test(name));
}

function problemsOf({ shape, domain, classes }: Argument, where: string): readonly string[] {
  const problems: string[] = [];
  if (shape !== null && !shapeSchema.safeParse(shape).success) {
    problems.push(
      `${where}.shape: found ${showValue(shape)}; accepted: an array of whole numbers of at least 1 such as [8, 4]`,
    );
  }
  if (shape !== null && sizeOf(shape) > MOST_ELEMENTS) {
    problems.push(`${where}.shape: found ${showValue(shape)}, ${sizeOf(shape)} numbers; accepted: at most ${MOST_ELEMENTS}, and a few dozen are enough to check a loss`);
  }
  if (classes !== null && domain !== 'class-index') {
    problems.push(`${where}.classes: belongs to the domain class-index; found the domain ${showValue(domain)}`);
  }
  if (shape === null || domain === null) return problems;
  if (domain === 'boxes' && shape.at(-1) !== 4) {
    problems.push(`${where}.shape: found ${showValue(shape)}; boxes need 4 as the last axis, such as [8, 4]`);
  }
  if (NEEDS_AN_AXIS.has(domain) && shape.length === 0) {
    problems.push(`${where}.shape: found []; the domain ${showValue(domain)} needs at least one axis`);
  }
  return problems;
}

/** Domains that say something about a row, not about an element. */
const NEEDS_AN_AXIS: ReadonlySet<Domain> = new Set(
  DOMAIN_NAMES.filter((name) => name === 'distribution' || name === 'one-hot' || name === 'unit-vector'),
);
