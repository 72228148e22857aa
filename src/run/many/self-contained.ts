import { parse, type Node } from 'acorn';
import { SUPPLIED_PACKAGES } from '../../load/supply.ts';

/**
 * Whether a bundle can see nothing but itself and what losscheck hands it: only then is its verdict a function
 * of its text.
 *
 * Answered on the safe side: a name that is not known to be harmless, a builtin of Node, an `import()` that
 * the bundler could not follow or a call that compiles text, and the answer is no.
 */
export function isSelfContained(code: string): boolean {
  const names = { declared: new Set<string>(), used: new Set<string>() };
  try {
    const program = parse(`async () => {${code}\n}`, { ecmaVersion: 'latest', sourceType: 'script', checkPrivateFields: false });
    if (!looksInside(program, null, names)) return false;
  } catch (error) {
    // Nested deeper than anybody can follow: nothing is known of it.
    if (error instanceof RangeError || error instanceof SyntaxError) return false;
    throw error;
  }
  return [...names.used].every((name) => !OUTSIDE.has(name) && (HARMLESS.has(name) || names.declared.has(name)));
}

const REQUIRE = '__losscheck_require';

/** What a script always has and what gives the same each time, or, like `Math.random`, is held by the engines. */
const HARMLESS: ReadonlySet<string> = new Set(
  [
    'undefined NaN Infinity isNaN isFinite parseInt parseFloat arguments structuredClone queueMicrotask',
    'Object Array Map Set WeakMap WeakSet Symbol String Number Boolean BigInt Math JSON RegExp Promise Proxy Reflect',
    'Error TypeError RangeError SyntaxError ReferenceError EvalError URIError AggregateError TextEncoder TextDecoder',
    'ArrayBuffer DataView Float32Array Float64Array Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array',
    'Int32Array Uint32Array BigInt64Array BigUint64Array',
    `${REQUIRE} __losscheck_exports __losscheck_meta`,
  ].flatMap((names) => names.split(' ')),
);

/** Not even as a name of the module's own: what it stands for in one place says nothing of another. */
const OUTSIDE: ReadonlySet<string> = new Set(['process', 'global', 'globalThis', 'require', 'eval', 'Function', 'fetch', 'performance', 'Date', 'console', 'crypto', 'setTimeout', 'setInterval', 'setImmediate']);

/** Members of TensorFlow.js that reach files, the network, the terminal or the global object. */
const OUTSIDE_MEMBERS: ReadonlySet<string> = new Set(['io', 'node', 'global', 'platform', 'browser', 'fetch', 'print', 'loadLayersModel', 'loadGraphModel', 'loadGraphModelSync', 'save']);

/** `tf.io`, `const { io } = tf` and `tf['io']` alike. */
function isOutsideMember(name: unknown): boolean {
  return typeof name === 'string' && OUTSIDE_MEMBERS.has(name);
}

interface Names {
  readonly declared: Set<string>;
  readonly used: Set<string>;
}

/** Collects names, and stops with false at what leads outside whatever it is called. */
function looksInside(node: Node, parent: Node | null, names: Names): boolean {
  const name = nameOf(node);
  if (name !== null) return !isOutsideMember(name) && (isPropertyName(node, parent) || noteName(name, node, parent, names));
  if (node.type === 'ImportExpression' || node.type === 'MetaProperty') return false;
  if (node.type === 'Literal' && isOutsideMember(Reflect.get(node, 'value'))) return false;
  // `(() => {}).constructor('…')` compiles text like `Function`.
  if (node.type === 'CallExpression' && memberName(field(node, 'callee')) === 'constructor') return false;
  if (declares(node)) for (const part of declaredParts(node)) addPattern(part, names.declared);
  return childrenOf(node).every((child) => looksInside(child, node, names));
}

function noteName(name: string, node: Node, parent: Node | null, { used }: Names): boolean {
  // The bundle's first line gives the module system its usual name; any other use of it goes around the bundler.
  const isBanner = parent?.type === 'VariableDeclarator' && nameOf(field(parent, 'init')) === REQUIRE;
  if (name === REQUIRE) return isBanner || asksForSupplied(node, parent);
  if (!isBanner) used.add(name);
  return true;
}

function asksForSupplied(node: Node, parent: Node | null): boolean {
  if (parent?.type !== 'CallExpression' || field(parent, 'callee') !== node) return false;
  const argument = childrenOf(parent).find((child) => child !== node);
  const value: unknown = argument === undefined ? undefined : Reflect.get(argument, 'value');
  return typeof value === 'string' && SUPPLIED_PACKAGES.includes(value);
}

function isPropertyName(node: Node, parent: Node | null): boolean {
  if (parent === null || Reflect.get(parent, 'computed') === true) return false;
  if (parent.type === 'MemberExpression') return field(parent, 'property') === node;
  // A shorthand `{ name }` is a use as well: acorn has the same node as key and value.
  if (parent.type === 'Property') return field(parent, 'key') === node && field(parent, 'value') !== node && Reflect.get(parent, 'shorthand') !== true;
  if (parent.type === 'MethodDefinition' || parent.type === 'PropertyDefinition') return field(parent, 'key') === node;
  return parent.type === 'LabeledStatement' || parent.type === 'BreakStatement' || parent.type === 'ContinueStatement';
}

function memberName(callee: Node | null): string | null {
  if (callee?.type !== 'MemberExpression') return null;
  const property = field(callee, 'property');
  const value: unknown = property === null ? null : Reflect.get(property, 'value');
  return nameOf(property) ?? (typeof value === 'string' ? value : null);
}

const FUNCTIONS = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'];
const DECLARATIONS = [...FUNCTIONS, 'VariableDeclarator', 'ClassDeclaration', 'ClassExpression', 'CatchClause'];

function declares({ type }: Node): boolean {
  return DECLARATIONS.includes(type);
}

function declaredParts(node: Node): readonly Node[] {
  const params: unknown = Reflect.get(node, 'params');
  const named = node.type === 'CatchClause' ? field(node, 'param') : field(node, 'id');
  return [...(named === null ? [] : [named]), ...(Array.isArray(params) ? params.filter(isNode) : [])];
}

/** Names bound by a pattern; a default value inside may name more than it binds, and binds none of it. */
function addPattern(pattern: Node, declared: Set<string>): void {
  const name = nameOf(pattern);
  if (name !== null) declared.add(name);
  else if (pattern.type === 'AssignmentPattern') addPart(pattern, 'left', declared);
  else if (pattern.type === 'RestElement') addPart(pattern, 'argument', declared);
  else if (pattern.type === 'Property') addPart(pattern, 'value', declared);
  else for (const child of childrenOf(pattern)) addPattern(child, declared);
}

function addPart(pattern: Node, part: string, declared: Set<string>): void {
  const node = field(pattern, part);
  if (node !== null) addPattern(node, declared);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function field(node: Node, name: string): Node | null {
  const value: unknown = Reflect.get(node, name);
  return isNode(value) ? value : null;
}

function nameOf(node: Node | null): string | null {
  if (node?.type !== 'Identifier') return null;
  const name: unknown = Reflect.get(node, 'name');
  return typeof name === 'string' ? name : null;
}

function childrenOf(node: Node): readonly Node[] {
  return Object.values(node).flatMap((value: unknown) => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []));
}
