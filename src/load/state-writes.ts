import { parse, type Node } from 'acorn';

/** Where the functions of a module write what outlives their calls: variables around them, and fields of `this`. */

export interface StateWrite {
  /** 1-based place in the code. */
  readonly line: number;
  readonly column: number;
}

/** Methods that change the array, map or set they are called on, whatever becomes of their result. */
const CHANGING: ReadonlySet<string> = new Set(['push', 'unshift', 'pop', 'shift', 'splice']);
/** And where nobody looks at the result: `tf.add(a, b)` changes nothing, a bare `seen.add(a)` does. */
const CHANGING_ALONE: ReadonlySet<string> = new Set(['fill', 'set', 'add', 'delete', 'clear', 'assign']);

/** A function that is not a callback: what its callbacks write into its own variables ends with the call. */
interface Call {
  readonly declared: ReadonlySet<string>;
  readonly isConstructor: boolean;
}

/**
 * @param code the body of an async function, as a bundle is run
 */
export function stateWrites(code: string): readonly StateWrite[] {
  try {
    return writesIn(code);
  } catch (error) {
    // Nested deeper than a parser can follow: what is not seen is not said.
    if (error instanceof RangeError || error instanceof SyntaxError) return [];
    throw error;
  }
}

function writesIn(code: string): readonly StateWrite[] {
  const found: StateWrite[] = [];
  const program = parse(`async () => {${code}\n}`, { ecmaVersion: 'latest', sourceType: 'script', locations: true, checkPrivateFields: false });
  const outermost = firstFunction(program);
  const visit = (node: Node, call: Call | null, parent: Node | null): void => {
    const written = call === null ? null : writtenBy(node, parent);
    if (written !== null && call !== null && outlives(written, call) && node.loc) {
      // The wrapper stands before the first line only.
      found.push({ line: node.loc.start.line, column: node.loc.start.column + 1 - (node.loc.start.line === 1 ? WRAPPER : 0) });
    }
    const inner = isFunction(node) && node !== outermost && !isCallback(node, parent) ? { declared: namesIn(node), isConstructor: isConstructor(parent) } : call;
    for (const child of childrenOf(node)) visit(child, inner, node);
  };
  visit(program, null, null);
  return found;
}

const WRAPPER = 'async () => {'.length;

function firstFunction(node: Node): Node | null {
  if (isFunction(node)) return node;
  for (const child of childrenOf(node)) {
    const found = firstFunction(child);
    if (found !== null) return found;
  }
  return null;
}

function isFunction({ type }: Node): boolean {
  return type === 'FunctionExpression' || type === 'ArrowFunctionExpression' || type === 'FunctionDeclaration';
}

function isCallback(node: Node, parent: Node | null): boolean {
  return parent !== null && parent.type === 'CallExpression' && listOf(parent, 'arguments').includes(node);
}

function isConstructor(parent: Node | null): boolean {
  return parent?.type === 'MethodDefinition' && Reflect.get(parent, 'kind') === 'constructor';
}

interface Written {
  /** Name of the variable, or of the one whose property changes; 'this' for a field. */
  readonly root: string;
}

function writtenBy(node: Node, parent: Node | null): Written | null {
  switch (node.type) {
    case 'AssignmentExpression':
      return rootOf(field(node, 'left'));
    case 'UpdateExpression':
      return rootOf(field(node, 'argument'));
    case 'CallExpression': {
      const callee = field(node, 'callee');
      if (callee?.type !== 'MemberExpression') return null;
      const method = nameOf(field(callee, 'property'));
      const isAlone = parent?.type === 'ExpressionStatement';
      const changes = method !== null && (CHANGING.has(method) || (isAlone && CHANGING_ALONE.has(method)));
      return changes ? rootOf(field(callee, 'object')) : null;
    }
    default:
      return null;
  }
}

function rootOf(target: Node | null): Written | null {
  let node = target;
  while (node?.type === 'MemberExpression') node = field(node, 'object');
  if (node?.type === 'ThisExpression') return { root: 'this' };
  const name = nameOf(node);
  return name === null ? null : { root: name };
}

function outlives({ root }: Written, { declared, isConstructor: constructs }: Call): boolean {
  return root === 'this' ? !constructs : !declared.has(root);
}

/** Names that a function declares anywhere inside: parameters, variables, functions. */
function namesIn(node: Node): ReadonlySet<string> {
  const names = new Set<string>();
  const pattern = (part: Node | null): void => {
    if (part === null) return;
    const name = nameOf(part);
    if (name !== null) names.add(name);
    else for (const child of childrenOf(part)) pattern(child);
  };
  const visit = (part: Node): void => {
    if (isFunction(part)) {
      for (const parameter of listOf(part, 'params')) pattern(parameter);
      pattern(field(part, 'id'));
    }
    if (part.type === 'VariableDeclarator' || part.type === 'ClassDeclaration') pattern(field(part, 'id'));
    if (part.type === 'CatchClause') pattern(field(part, 'param'));
    for (const child of childrenOf(part)) visit(child);
  };
  visit(node);
  return names;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function field(node: Node, name: string): Node | null {
  const value: unknown = Reflect.get(node, name);
  return isNode(value) ? value : null;
}

function listOf(node: Node, name: string): readonly Node[] {
  const value: unknown = Reflect.get(node, name);
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function nameOf(node: Node | null): string | null {
  if (node?.type !== 'Identifier') return null;
  const name: unknown = Reflect.get(node, 'name');
  return typeof name === 'string' ? name : null;
}

function childrenOf(node: Node): readonly Node[] {
  return Object.values(node).flatMap((value: unknown) => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []));
}
