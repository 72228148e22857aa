import { z } from 'zod';
import { acceptedBy } from '../contracts/accepted.ts';
import { DOMAIN_NAMES } from '../contracts/domain.ts';
import { LoadError } from '../contracts/errors.ts';
import { metadataSchema, METADATA_FIELDS, type LossMetadata } from '../contracts/metadata.ts';
import { reasonFor, showName, showValue } from '../contracts/shown.ts';
import { didYouMean } from './nearest.ts';
import { plainCopy } from './plain-data.ts';

/**
 * Validates metadata.
 *
 * @param label how a person would write the way to it: `losscheck`, `losscheck.focal`
 * @throws LoadError `invalid-metadata`, one line for each problem: field, what was found, what is accepted
 */
export function parseMetadata(value: unknown, label: string): LossMetadata {
  const plain = plainCopy(value, label, isArguments);
  if (plain.problems.length > 0) throw invalidMetadata(plain.problems);
  const parsed = validate(plain.value, { schema: metadataSchema, label });
  if (parsed.problems !== null) throw invalidMetadata(parsed.problems);
  return parsed.data;
}

/** What a constructor is given is the user's own. */
function isArguments(place: readonly string[]): boolean {
  return place.length === 1 && place[0] === 'args';
}

type Validated<T> = { readonly problems: null; readonly data: T } | { readonly problems: readonly string[] };

/** Validates plain data: what it is, or one line for each thing that is wrong. */
export function validate<S extends z.ZodType>(value: unknown, about: { readonly schema: S; readonly label: string }): Validated<z.infer<S>> {
  try {
    const parsed = about.schema.safeParse(value);
    return parsed.success ? { problems: null, data: parsed.data } : { problems: problemsIn(parsed.error, value, about) };
  } catch (error) {
    // zod gives up where there are more problems than one call can hand over.
    return { problems: [`${about.label === '' ? 'it' : about.label}: cannot be validated: ${reasonFor(error)}; accepted: as the documentation shows`] };
  }
}

/** The first problems say what is wrong: nobody reads a thousand. */
const MOST_PROBLEMS = 20;

export function firstOf(problems: readonly string[]): readonly string[] {
  if (problems.length <= MOST_PROBLEMS) return problems;
  return [...problems.slice(0, MOST_PROBLEMS), `and ${problems.length - MOST_PROBLEMS} more`];
}

/** One line for each thing that is wrong: the field, what was found, what is accepted. */
function problemsIn(error: z.core.$ZodError, value: unknown, about: { readonly schema: z.ZodType; readonly label: string }): readonly string[] {
  const lines: string[] = [];
  for (const issue of error.issues) lines.push(...linesOf(issue, value, about));
  return lines;
}

/**
 * Checks that `edges` name inputs that exist: a misspelt one would never be run.
 *
 * @throws LoadError `invalid-metadata`
 */
export function requireKnownEdges(metadata: LossMetadata, names: readonly string[], label: string): void {
  const problems = (metadata.edges ?? []).flatMap((edge, index) =>
    Object.keys(edge)
      .filter((name) => !names.includes(name))
      .map((name) => {
        const where = `${label}.edges[${index}].${showName(name)}`;
        return `${where}: no input has this name${didYouMean(name, names)}; accepted: ${showName(names.join(', '))}`;
      }),
  );
  if (problems.length > 0) throw invalidMetadata(problems);
}

export function invalidMetadata(problems: readonly string[]): LoadError {
  return new LoadError('invalid-metadata', firstOf(problems).join('\n'), {
    fix: problems.length === 1 ? 'Correct this field.' : 'Correct these fields.',
  });
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for an object that reads like metadata of one loss: at least one field has a known name. */
export function looksLikeMetadata(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).some((key) => METADATA_FIELDS.includes(key));
}

type Issue = z.core.$ZodIssue;

function linesOf(issue: Issue, root: unknown, { schema, label }: { readonly schema: z.ZodType; readonly label: string }): readonly string[] {
  const where = formatPath(label, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsAt(schema, issue.path);
    return issue.keys.slice(0, MOST_PROBLEMS + 1).map(
      (key) => `${where === '' ? '' : `${where}.`}${showName(key)}: unknown field${didYouMean(key, known)}; accepted: ${known.join(', ')}`,
    );
  }
  const found = valueAt(root, issue.path);
  const suggestion = typeof found === 'string' ? didYouMean(found, valuesOf(issue)) : '';
  return [`${where === '' ? '' : `${where}: `}found ${showValue(found)}; accepted: ${acceptedBy(issue)}${suggestion}`];
}

/** The fields that a schema has at this place; none where it is no object. */
function fieldsAt(schema: z.core.$ZodType, place: readonly PropertyKey[]): readonly string[] {
  const plain = unwrapped(schema);
  const [key, ...rest] = place;
  if (plain instanceof z.ZodUnion) {
    const found = plain.options.map((option) => fieldsAt(option, place)).find((fields) => fields.length > 0);
    return found ?? [];
  }
  if (key === undefined) return plain instanceof z.ZodObject ? Object.keys(plain.shape) : [];
  const inner = innerAt(plain, key);
  return inner === undefined ? [] : fieldsAt(inner, rest);
}

function innerAt(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[String(key)] as z.core.$ZodType | undefined;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return schema instanceof z.ZodArray ? schema.element : undefined;
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap()) : schema;
}

function valuesOf(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.path.at(-1) === 'domain' ? DOMAIN_NAMES : [];
}


function formatPath(label: string, place: readonly PropertyKey[]): string {
  return place.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    return path === '' ? showName(String(key)) : `${path}.${showName(String(key))}`;
  }, label);
}

function valueAt(root: unknown, place: readonly PropertyKey[]): unknown {
  return place.reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  }, root);
}
