/** What zod found wrong with a value, as far as messages need it. The schema may be of another copy of zod. */
export interface SchemaIssue {
  readonly code?: unknown;
  readonly message: string;
  readonly expected?: unknown;
  readonly values?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly inclusive?: unknown;
  readonly origin?: unknown;
}

/** What a schema accepts, in words: its own where it has some, else for what zod says by itself. */
export function acceptedBy(issue: SchemaIssue): string {
  const { code, message, expected, values, minimum, maximum, inclusive } = issue;
  if (code === 'invalid_value' && Array.isArray(values)) return values.map(String).join(', ');
  // zod's own sentences begin with "Invalid" or "Too"; the schemas' say what is accepted.
  if (code === 'invalid_type' && message.startsWith('Invalid')) return article(String(expected));
  if (code === 'too_small' && message.startsWith('Too')) return `${inclusive === false ? 'above' : 'at least'} ${String(minimum)}${unitOf(issue)}`;
  if (code === 'too_big' && message.startsWith('Too')) return `${inclusive === false ? 'below' : 'at most'} ${String(maximum)}${unitOf(issue)}`;
  return message;
}

function unitOf({ origin }: SchemaIssue): string {
  if (origin === 'string') return ' letters';
  return origin === 'array' ? ' entries' : '';
}

function article(type: string): string {
  if (type === 'record' || type === 'object') return 'an object';
  if (type === 'boolean') return 'true or false';
  if (type === 'int') return 'a whole number';
  if (type === 'string') return 'a text';
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}
