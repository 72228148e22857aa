import type { Domain, DomainName, InputSpec } from '../contracts/domain.ts';
import { classesOf, type Argument } from './arguments.ts';
import type { LoadedLoss } from './discover.ts';
import type { Trial } from './trial.ts';
import { domainByName, domainsByLoss, isSetting, type DomainPair } from './names.ts';

/** A guess at the domains of all inputs, and how it would be justified in a note. */
export interface Scheme extends DomainPair {
  /** Completes "domain of yPred: probability, because …". */
  readonly why: string;
  /** Whether names of arguments, where they suggest a domain, go before the pair. */
  readonly byName: boolean;
}

/** Shapes that are tried, in order. */
const SHAPES: readonly (readonly number[])[] = [[8, 4], [8], [8, 1], [2, 8, 8, 1]];

/** Why a scheme of the fixed list was taken: those before it failed. */
export const FALLBACK_REASON = 'real numbers did not work and this did';

const REAL: Scheme = { prediction: 'real', target: 'real', why: 'real numbers gave finite results', byName: false };

/** Tried in this order after what names suggest; each is right only when those before it fail. */
const FIXED: readonly Scheme[] = [
  REAL,
  scheme('probability', 'binary'),
  scheme('distribution', 'one-hot'),
  scheme('distribution', 'distribution'),
  scheme('probability', 'probability'),
  scheme('logit', 'class-index'),
  scheme('distribution', 'class-index'),
  scheme('real', 'binary'),
  scheme('real', 'one-hot'),
  scheme('real', 'positive'),
  scheme('positive', 'positive'),
  scheme('positive', 'real'),
  scheme('real', 'sign'),
  scheme('boxes', 'boxes'),
  scheme('unit-vector', 'unit-vector'),
];

function scheme(prediction: DomainName, target: DomainName): Scheme {
  return { prediction, target, why: FALLBACK_REASON, byName: false };
}

/** Every scheme worth trying for a loss, the most telling first. */
export function schemesFor(loss: LoadedLoss, known: readonly Argument[]): readonly Scheme[] {
  return [...namedSchemes(known), ...lossSchemes(loss), ...FIXED];
}

function lossSchemes(loss: LoadedLoss): readonly Scheme[] {
  return domainsByLoss(loss.name, loss.functionText).map((pair) => ({ ...pair, byName: false }));
}

/** The domain that goes with a hint on the other side. */
const TARGET_FOR: Partial<Record<DomainName, DomainName>> = {
  logit: 'binary',
  probability: 'binary',
  boxes: 'boxes',
  'unit-vector': 'unit-vector',
  positive: 'positive',
};
const PREDICTIONS_FOR: Partial<Record<DomainName, readonly DomainName[]>> = {
  'one-hot': ['logit', 'distribution'],
  binary: ['logit', 'probability'],
  'class-index': ['logit', 'distribution'],
  boxes: ['boxes'],
  probability: ['probability', 'distribution'],
};

function namedSchemes(known: readonly Argument[]): readonly Scheme[] {
  const hintOf = (role: 'prediction' | 'target'): DomainName | null => {
    const first = known.find((argument) => argument.role === role && argument.domain === null);
    return (first === undefined ? null : domainByName(first.name, role)) ?? declaredName(known, role);
  };
  const isTelling = known.some(
    ({ name, role, domain }) => role !== 'weight' && domain === null && domainByName(name, role) !== null,
  );
  const prediction = hintOf('prediction');
  const target = hintOf('target');
  if (prediction === null && target === null && !isTelling) return [];
  const targetDomain = target ?? (prediction === null ? undefined : TARGET_FOR[prediction]) ?? 'real';
  const predictions = prediction !== null ? [prediction] : (PREDICTIONS_FOR[targetDomain] ?? ['real']);
  return predictions.map((domain) => ({ prediction: domain, target: targetDomain, why: 'names say so', byName: true }));
}

/** A declared domain says as much about the other side as a name does. */
function declaredName(known: readonly Argument[], role: 'prediction' | 'target'): DomainName | null {
  const domain = known.find((argument) => argument.role === role && argument.domain !== null)?.domain ?? null;
  return typeof domain === 'string' ? domain : null;
}

/**
 * The inputs under a scheme: one list for each way in which weights and class indices may be laid out.
 * Empty when the scheme cannot have this shape. What is declared always stays.
 */
export function layouts(
  known: readonly Argument[],
  chosen: Scheme,
  base: readonly number[],
): readonly (readonly InputSpec[])[] {
  const domains = known.map((argument, index) => domainFor(argument, index, chosen));
  if (known.some((argument, index) => !allows(domains[index] ?? 'real', argument.shape ?? base))) return [];
  const options = known.map((argument, index) => shapesFor(argument, index, domains[index] ?? 'real', base));
  const longest = Math.max(1, ...options.map((shapes) => shapes.length));
  return Array.from({ length: longest }, (_, layout) => {
    const shaped = known.map((argument, index) => {
      const shapes = options[index] ?? [base];
      return { ...argument, shape: shapes[Math.min(layout, shapes.length - 1)] ?? base };
    });
    return shaped.map((argument, index) =>
      specOf(argument, known[index] ?? argument, domains[index] ?? 'real', shaped),
    );
  });
}

function specOf(
  argument: Argument & { readonly shape: readonly number[] },
  declared: Argument,
  domain: Domain,
  all: readonly Argument[],
): InputSpec {
  return {
    name: argument.name,
    role: argument.role,
    shape: argument.shape,
    domain,
    classes: classesOf(declared, domain, argument.shape, all),
    inferred: declared.shape === null || declared.domain === null,
  };
}

function domainFor(argument: Argument, index: number, chosen: Scheme): Domain {
  if (argument.domain !== null) return argument.domain;
  const hint = domainByName(argument.name, argument.role);
  if (argument.role === 'weight') return hint ?? 'positive';
  if (chosen.byName && hint !== null) return hint;
  if (argument.role === 'target') return chosen.target;
  // A third input without a telling name is not another prediction of the same kind.
  return index >= 2 && !chosen.byName && chosen.prediction !== 'boxes' && hint === null ? 'real' : chosen.prediction;
}

/** Rows of one element hold no class, and boxes have four corners. */
function allows(domain: Domain, shape: readonly number[]): boolean {
  const last = shape.at(-1) ?? 0;
  if (domain === 'boxes') return shape.length === 2 && last === 4;
  if (domain === 'distribution' || domain === 'one-hot' || domain === 'unit-vector') return last > 1;
  return true;
}

function shapesFor(
  argument: Argument,
  index: number,
  domain: Domain,
  base: readonly number[],
): readonly (readonly number[])[] {
  if (argument.shape !== null) return [argument.shape];
  if (domain === 'class-index') {
    const rows = base.length > 1 && (base.at(-1) ?? 1) > 1 ? base.slice(0, -1) : base;
    return [rows, [...rows, 1]];
  }
  if (argument.role !== 'weight') return [base];
  const rows = base.slice(0, 1);
  const perWeight = [base, rows, [...rows, 1], base.slice(-1), []];
  return isSetting(argument.name, index) ? [[], ...perWeight] : perWeight;
}

/** The shapes to try: what a prediction or target declares, else the list. */
export function baseShapes(known: readonly Argument[]): readonly (readonly number[])[] {
  const prediction = known.find((argument) => argument.role === 'prediction' && argument.shape !== null)?.shape;
  if (prediction !== undefined && prediction !== null) return [prediction];
  const target = known.find((argument) => argument.role === 'target' && argument.shape !== null);
  if (target === undefined || target.shape === null) return SHAPES;
  return target.domain === 'class-index' ? [[...target.shape, target.classes ?? 4], target.shape] : [target.shape];
}

/** A guess that was run. */
export interface Attempt {
  readonly scheme: Scheme;
  readonly shape: readonly number[];
  readonly trial: Trial;
}
