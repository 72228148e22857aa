import { z } from 'zod';
import { DOMAIN_NAMES } from '../contracts/domain.ts';
import { LoadError } from '../contracts/errors.ts';
import { metadataSchema, METADATA_FIELDS, type LossMetadata } from '../contracts/metadata.ts';
import { didYouMean } from './nearest.ts';

/**
 * Validates metadata.
 *
 * @param label how a person would write the way to it: `losscheck`, `losscheck.focal`
 * @throws LoadError `invalid-metadata`, one line for each problem: field, what was found, what is accepted
 */
export function parseMetadata(value: unknown, label: string): LossMetadata {
  const parsed = metadataSchema.safeParse(value);
  if (!parsed.success) throw invalidMetadata(problemsIn(parsed.error, value, { schema: metadataSchema, label }));
  return parsed.data;
}

/** One line for each thing that is wrong: the field, what was found, what is accepted. */
export function problemsIn(error: z.core.$ZodError, value: unknown, about: { readonly schema: z.ZodType; readonly label: string }): readonly string[] {
  return error.issues.flatMap((issue) => linesOf(issue, value, about));
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
        const where = `${label}.edges[${index}].${name}`;
        return `${where}: no input has this name${didYouMean(name, names)}; accepted: ${names.join(', ')}`;
      }),
  );
  if (problems.length > 0) throw invalidMetadata(problems);
}

export function invalidMetadata(problems: readonly string[]): LoadError {
  return new LoadError('invalid-metadata', problems.join('\n'), {
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
    return issue.keys.map(
      (key) => `${where === '' ? '' : `${where}.`}${key}: unknown field${didYouMean(key, known)}; accepted: ${known.join(', ')}`,
    );
  }
  const found = valueAt(root, issue.path);
  const suggestion = typeof found === 'string' ? didYouMean(found, valuesOf(issue)) : '';
  return [`${where}: found ${formatValue(found)}; accepted: ${acceptedBy(issue)}${suggestion}`];
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

function acceptedBy(issue: Issue): string {
  if (issue.code === 'invalid_value') return issue.values.map(String).join(', ');
  // zod's own sentences begin with "Invalid" or "Too"; the schemas' say what is accepted.
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid')) return article(issue.expected);
  if (issue.code === 'too_small' && issue.message.startsWith('Too')) return `at least ${issue.minimum}`;
  if (issue.code === 'too_big' && issue.message.startsWith('Too')) return `at most ${issue.maximum}`;
  return issue.message;
}

function article(type: string): string {
  if (type === 'record' || type === 'object') return 'an object';
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function formatPath(label: string, place: readonly PropertyKey[]): string {
  return place.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    return path === '' ? String(key) : `${path}.${String(key)}`;
  }, label);
}

function valueAt(root: unknown, place: readonly PropertyKey[]): unknown {
  return place.reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  }, root);
}

/** Longer values are cut: the message is about the field, not about its data. */
const SHOWN_LETTERS = 60;

export function formatValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  const text = asJson(value);
  return text.length > SHOWN_LETTERS ? `${text.slice(0, SHOWN_LETTERS)}…` : text;
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    // Cycles and bigints cannot be written; the kind of value is enough to find the field.
    return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
  }
}
