import { parse, type Expression, type Node, type Pattern } from 'acorn';

/** Anything that can be called; what it takes and returns is not known here. */
export type Callable = (...values: readonly unknown[]) => unknown;

interface Parameter {
  /** As written, or `arg1`, `arg2`, … for a pattern, which has no name. */
  readonly name: string;
  /** Where the name stands in the function's text; null for a pattern. */
  readonly offset: number | null;
}

/** The parameter list of a function, read from its source text. */
export interface ParameterList {
  /** In order, without the rest parameter. */
  readonly parameters: readonly Parameter[];
  /** How many of them come before the first that can be left out. */
  readonly required: number;
  readonly acceptsRest: boolean;
  /** The function looks at `arguments`, so the list need not be the whole story. */
  readonly usesArguments: boolean;
}

export function isCallable(value: unknown): value is Callable {
  return typeof value === 'function';
}

/** The text that a function was written with, whatever its own `toString` says. */
export function textOf(callable: Callable): string {
  return Function.prototype.toString.call(callable);
}

/**
 * Reads the parameters of a function, arrow function or method.
 *
 * A bound or native function has no text to read: it gets one nameless parameter for each that its
 * `length` counts.
 */
export function parametersOf(callable: Callable): ParameterList {
  const text = textOf(callable);
  const list = lists.get(text) ?? listOf(callable, text);
  // A native function shows no parameters in its text: two of them may differ.
  if (!text.endsWith('{ [native code] }')) lists.set(text, list);
  return list;
}

/** A module is evaluated several times, and its text is the same each time. */
const lists = new Map<string, ParameterList>();

function listOf(callable: Callable, text: string): ParameterList {
  for (const wrapper of WRAPPERS) {
    const patterns = parsePatterns(text, wrapper);
    if (patterns === null) continue;
    return { ...describe(patterns, wrapper.prefix.length), usesArguments: /\barguments\b/.test(text) };
  }
  const parameters = Array.from({ length: callable.length }, (_, index) => nameless(index));
  return { parameters, required: callable.length, acceptsRest: false, usesArguments: true };
}

interface Wrapper {
  readonly prefix: string;
  readonly suffix: string;
}

/** A method's text is no expression of its own: it must stand in an object. */
const WRAPPERS: readonly Wrapper[] = [
  { prefix: '(', suffix: '\n)' },
  { prefix: '({', suffix: '\n})' },
];

function parsePatterns(text: string, { prefix, suffix }: Wrapper): readonly Pattern[] | null {
  try {
    const program = parse(`${prefix}${text}${suffix}`, {
      ecmaVersion: 'latest',
      sourceType: 'script',
      checkPrivateFields: false,
    });
    const [statement] = program.body;
    return statement?.type === 'ExpressionStatement' ? patternsOf(statement.expression) : null;
  } catch (error) {
    // Not in this wrapper: the next one, or no text to read at all.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function patternsOf(expression: Expression): readonly Pattern[] | null {
  if (expression.type === 'FunctionExpression' || expression.type === 'ArrowFunctionExpression')
    return expression.params;
  if (expression.type !== 'ObjectExpression') return null;
  const [property] = expression.properties;
  return property?.type === 'Property' && property.value.type === 'FunctionExpression' ? property.value.params : null;
}

function describe(patterns: readonly Pattern[], shift: number): Omit<ParameterList, 'usesArguments'> {
  const positional = patterns.filter((pattern) => pattern.type !== 'RestElement');
  const required = positional.findLastIndex((pattern) => pattern.type !== 'AssignmentPattern') + 1;
  return {
    parameters: positional.map((pattern, index) => describeOne(pattern, index, shift)),
    required,
    acceptsRest: positional.length < patterns.length,
  };
}

function describeOne(pattern: Pattern, index: number, shift: number): Parameter {
  const target = pattern.type === 'AssignmentPattern' ? pattern.left : pattern;
  return target.type === 'Identifier' ? { name: target.name, offset: startOf(target) - shift } : nameless(index);
}

function startOf(node: Node): number {
  return node.start;
}

function nameless(index: number): Parameter {
  return { name: `arg${index + 1}`, offset: null };
}
