import { existsSync } from 'node:fs';
import path from 'node:path';
import { isDefinedLoss } from '../contracts/define-loss.ts';
import { resolveLinks } from '../load/paths.ts';
import { packageRoot } from '../package-root.ts';
import type { FunctionPlace } from '../run/messages.ts';
import { locate, type Place } from './locate.ts';

/** What losscheck is to verify for the value that a test has. */
export interface Target {
  readonly target: string;
  readonly place: FunctionPlace | null;
}

/** No target can be made of what a test expects to pass; the message says what to do. */
class NoTarget extends Error {}

const METHODS = ['loss', 'call', 'forward', 'apply', 'fn'];
const NAME_IT = `export it from a module, or name it: expect('./losses.ts#focal')`;

/**
 * @param testFile the file of the test, where it is known
 * @throws NoTarget
 */
export function targetOf(received: unknown, testFile: string | null, cwd: string): Target {
  if (typeof received === 'string') return { target: fromTest(received, testFile, cwd), place: null };
  const { file, lines, name } = placeOf(received);
  const form = formOf(received);
  if (testFile !== null && resolveLinks(file) === resolveLinks(testFile)) {
    throw new NoTarget(`${name === '' ? 'the loss' : name} is made in the test itself, and losscheck verifies what a module exports: ${NAME_IT}`);
  }
  const own = path.relative(path.join(packageRoot(), 'dist', 'losses'), file);
  if (isDefinedLoss(received) && /^[\w-]+\.js$/.test(own)) return { target: own.replace(/\.js$/, ''), place: null };
  return { target: file, place: { lines, name, form } };
}

/** A path that begins with a dot is seen from the test, as imports are; from the working directory if it is not there. */
function fromTest(target: string, testFile: string | null, cwd: string): string {
  if (testFile === null || !/^\.{1,2}[\\/]/.test(target)) return target;
  const hash = target.lastIndexOf('#');
  const [file, rest] = hash < 0 ? [target, ''] : [target.slice(0, hash), target.slice(hash)];
  const place = path.resolve(path.dirname(testFile), file);
  return existsSync(place) || !existsSync(path.resolve(cwd, file)) ? place + rest : target;
}

function placeOf(received: unknown): { readonly file: string; readonly lines: number[]; readonly name: string } {
  const functions = functionsOf(received);
  if (functions.length === 0) throw new NoTarget(`found ${describe(received)}, expected a loss (a function, a class, an instance or defineLoss), './file.ts#name' or the id of a built-in loss`);
  const places = locate(functions).filter((place): place is Place => place !== null);
  const [first] = places;
  const name = nameOf(received);
  if (first === undefined) throw new NoTarget(`the file of ${name === '' ? 'the loss' : name} cannot be told, as for functions made by bind or by a mock: ${NAME_IT}`);
  const lines = places.flatMap(({ file, line }) => (file === first.file && line !== null ? [line] : []));
  return { file: first.file, lines, name };
}

type Callable = (...values: never[]) => unknown;

function isCallable(value: unknown): value is Callable {
  return typeof value === 'function';
}

/** The functions that a loss consists of: itself, or its class and its methods. */
function functionsOf(received: unknown): readonly Callable[] {
  if (isDefinedLoss(received)) return methodsOf(received).slice(0, 1);
  if (isCallable(received)) return [received, ...(isClass(received) ? methodsOf(received.prototype) : [])];
  if (typeof received !== 'object' || received === null) return [];
  const methods = methodsOf(received);
  return methods.length === 0 || !isCallable(received.constructor) || received.constructor.name === 'Object' ? methods : [received.constructor, ...methods];
}

function methodsOf(owner: unknown): readonly Callable[] {
  if (!isDefinedLoss(owner) && (typeof owner !== 'object' || owner === null)) return [];
  return METHODS.map((name): unknown => Reflect.get(owner, name)).filter(isCallable);
}

function isClass(callable: Callable): boolean {
  return methodsOf(callable.prototype).length > 0;
}

function formOf(received: unknown): FunctionPlace['form'] {
  if (isDefinedLoss(received)) return 'definition';
  if (!isCallable(received)) return 'instance';
  return isClass(received) || /^class\b/.test(Function.prototype.toString.call(received)) ? 'class' : 'function';
}

function nameOf(received: unknown): string {
  if (isDefinedLoss(received)) return '';
  return isCallable(received) ? received.name : '';
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? 'an object without call, forward or apply' : `the ${typeof value} ${JSON.stringify(value)}`;
}
