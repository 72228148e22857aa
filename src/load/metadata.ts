import type { z } from 'zod';
import { DOMAIN_NAMES } from '../contracts/domain.ts';
import { LoadError } from '../contracts/errors.ts';
import {
  allowSchema,
  expectSchema,
  inputMetadataSchema,
  metadataSchema,
  METADATA_FIELDS,
  toleranceSchema,
  type LossMetadata,
} from '../contracts/metadata.ts';
import { didYouMean } from './nearest.ts';

/**
 * Validates metadata.
 *
 * @param label how a person would write the way to it: `losscheck`, `losscheck.focal`
 * @throws LoadError `invalid-metadata`, one line for each problem: field, what was found, what is accepted
 */
export function parseMetadata(value: unknown, label: string): LossMetadata {
  const parsed = metadataSchema.safeParse(value);
  if (!parsed.success) throw invalidMetadata(parsed.error.issues.flatMap((issue) => linesOf(issue, value, label)));
  return parsed.data;
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

function linesOf(issue: Issue, root: unknown, label: string): readonly string[] {
  const where = formatPath(label, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsAt(issue.path);
    return issue.keys.map(
      (key) => `${where}.${key}: unknown field${didYouMean(key, known)}; accepted: ${known.join(', ')}`,
    );
  }
  const found = valueAt(root, issue.path);
  const suggestion = typeof found === 'string' ? didYouMean(found, valuesOf(issue)) : '';
  return [`${where}: found ${formatValue(found)}; accepted: ${acceptedBy(issue)}${suggestion}`];
}

/** The fields of the object at this place in the metadata. */
function fieldsAt(place: readonly PropertyKey[]): readonly string[] {
  const [field, , inner] = place;
  if (field === undefined) return METADATA_FIELDS;
  if (field === 'inputs') return inner === 'domain' ? ['min', 'max'] : Object.keys(inputMetadataSchema.shape);
  if (field === 'tolerance') return Object.keys(toleranceSchema.shape);
  if (field === 'expect') return Object.keys(expectSchema.shape);
  return field === 'allow' ? Object.keys(allowSchema.shape) : [];
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
    return typeof key === 'number' ? `${path}[${key}]` : `${path}.${String(key)}`;
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
