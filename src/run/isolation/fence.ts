import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import type { EarlyEndCode } from '../../contracts/findings.ts';
import { LINE_FD } from './frames.ts';

/**
 * What a module tries is seen here and refused elsewhere: the permission model of Node refuses it, the fence says what
 * it was and where. It changes the functions of Node in this process, before the module runs.
 */

/** @param what was tried: 'reads /etc/passwd (fs.readFileSync)' */
export type OnIncident = (code: EarlyEndCode, what: string, error: Error, circumstances?: { readonly allow: string | null }) => void;

type Callable = (...args: unknown[]) => unknown;

const { apply, construct, defineProperty, get, ownKeys } = Reflect;
const { then } = Promise.prototype;
const { reject } = Promise;
const isCallable = (value: unknown): value is Callable => typeof value === 'function';

/** Functions that only ask whether something is there: an answer of no is an answer. */
const ASKS = /^(exists|access|stat|lstat|statfs|realpath|readlink|watch|unwatch|_toUnix)/;

/** Modules of Node with something to refuse, and what it is called that they do. */
const FENCED = {
  fs: '',
  'fs/promises': '',
  child_process: 'starts a process',
  worker_threads: 'starts a worker',
  inspector: 'opens the inspector',
  v8: 'writes a heap snapshot',
} as const;

const READS = /read|open|cp|copy/i;

/** What was given entry by entry: see `Access`. */
export interface Listed {
  readonly listed: readonly string[];
  readonly keptBack: readonly string[];
}

let isReporting = true;

/** While this works, what Node refuses is refused and no more is made of it; for code that is not the module's. */
export async function unreported<T>(work: () => Promise<T>): Promise<T> {
  isReporting = false;
  try {
    return await work();
  } finally {
    isReporting = true;
  }
}

/** Puts the fence up. */
export function fence({ listed, keptBack }: Listed, onIncident: OnIncident): void {
  const isMissing = (resource: unknown): resource is string => typeof resource === 'string' && listed.includes(path.dirname(resource)) && !keptBack.includes(resource);
  for (const name of Object.keys(FENCED) as (keyof typeof FENCED)[]) {
    const owner = process.getBuiltinModule(name) as unknown as Record<PropertyKey, unknown>;
    for (const key of ownKeys(owner)) {
      if (typeof key === 'symbol' || isConstant(key) || !isCallable(owner[key]) || isClass(name, key)) continue;
      const fenced = seen(owner[key], `${name.replace('/', '.')}.${key}`, { does: FENCED[name], isMissing, onIncident });
      put(owner, key, name === 'fs' && key === 'existsSync' ? falseWhereDenied(fenced) : fenced);
    }
  }
  // Not `process.binding`: it is refused as well, and lodash asks it for faster functions, whatever comes of it.
  const owner = process as unknown as Record<string, unknown>;
  if (isCallable(owner['dlopen'])) put(owner, 'dlopen', loaderOfLibraries(owner['dlopen'], onIncident));
  // Modules that are imported, and not required, see what was there when they were first linked.
  syncBuiltinESMExports();
}

/** `fs.F_OK`: Node 24 warns whoever reads it that it has moved. */
function isConstant(key: string): boolean {
  return /^[A-Z]_OK$/.test(key);
}

/** Constructors that other functions of the same module go through, or that nothing is refused to. */
function isClass(module: string, key: string): boolean {
  return /^[A-Z]/.test(key) && !(module === 'worker_threads' && key === 'Worker');
}

function put(owner: Record<PropertyKey, unknown>, key: PropertyKey, value: unknown): void {
  defineProperty(owner, key, { value, writable: true, enumerable: true, configurable: true });
}

/** A function that does what it did, and whose refusals are seen, however they come: thrown, by callback, by promise. */
function seen(original: Callable, name: string, watch: Watch): Callable {
  const { does, isMissing, onIncident } = watch;
  const quiet = ASKS.test(name.slice(name.lastIndexOf('.') + 1));
  /** @returns what the module is to see */
  const look = (error: unknown, at: Error): unknown => {
    if (!isDenied(error)) return error;
    if (error.permission === 'FileSystemRead' && isMissing(error.resource)) return missing(error.resource);
    if (!quiet && isReporting) onIncident('forbidden-access', told(error, name, does), at, { allow: allowing(error) });
    return error;
  };
  const watched = (act: () => unknown, args: unknown[], here: Error): unknown => {
    if (writesOnLine(name, args)) onIncident('forged-message', `it uses the line between losscheck and its process (${name})`, here);
    try {
      const result = act();
      if (!(result instanceof Promise)) return result;
      return apply(then, result, [undefined, (error: unknown) => apply(reject, Promise, [look(error, here)])]);
    } catch (error) {
      throw look(error, here);
    }
  };
  // Some properties of Node's functions cannot be changed, and a proxy of the function itself would have to show them.
  const outside: Callable = new Proxy(function () {} as Callable, {
    apply(_, self, args: unknown[]) {
      const here = new Error(name);
      const last = args.at(-1);
      if (isCallable(last)) {
        args[args.length - 1] = function (this: unknown, error: unknown, ...rest: unknown[]) {
          return apply(last, this, [look(error, here), ...rest]);
        };
      }
      return watched(() => apply(original, self, args), args, here);
    },
    construct(_, args: unknown[], newTarget) {
      const here = new Error(name);
      return watched(() => construct(original, args, newTarget === outside ? original : newTarget) as unknown, args, here) as object;
    },
    has: (_, key) => key in original,
    get(_, key) {
      const value = get(original, key) as unknown;
      // `util.promisify(exec)` takes another function, which hangs on this one.
      return typeof key === 'symbol' && isCallable(value) ? seen(value, name, watch) : value;
    },
  });
  return outside;
}

interface Watch {
  /** What is refused, in words; '' where that is in the error. */
  readonly does: string;
  /** Whether what was refused is refused only because it is not there. */
  readonly isMissing: (resource: unknown) => resource is string;
  readonly onIncident: OnIncident;
}

/** Where there is a native backend Node refuses no library, and the backend needs none but its own. */
function loaderOfLibraries(load: Callable, onIncident: OnIncident): Callable {
  return new Proxy(load, {
    apply(target, self, args: unknown[]) {
      if (isReporting) {
        const what = `it loads a native library (process.dlopen) ${String(args[1])}`;
        onIncident('forbidden-access', what, new Error(what));
      }
      return apply(target, self, args);
    },
  });
}

/** As Node says of a file that is not there. */
function missing(file: string): Error {
  return Object.assign(new Error(`ENOENT: no such file or directory, open '${file}'`), { code: 'ENOENT', errno: -2, syscall: 'open', path: file });
}

interface Denied {
  readonly permission?: unknown;
  readonly resource?: unknown;
}

function isDenied(error: unknown): error is Error & Denied {
  return error instanceof Error && /^ERR_(ACCESS_DENIED|DLOPEN_DISABLED)$/.test(String(get(error, 'code')));
}

function told({ permission, resource }: Denied, name: string, does: string): string {
  const at = typeof resource === 'string' && resource !== '' ? ` ${resource}` : '';
  if (permission === 'FileSystemRead') return `it reads${at} (${name})`;
  if (permission === 'FileSystemWrite') return `it writes${at} (${name})`;
  if (does !== '') return `it ${does}${at} (${name})`;
  return `it ${READS.test(name) ? 'reads' : 'writes'}${at} (${name})`;
}

function allowing({ permission, resource }: Denied): string | null {
  return permission === 'FileSystemRead' && typeof resource === 'string' ? `--allow-read ${resource}` : null;
}

/** The line is ours, whoever finds its number. */
function writesOnLine(name: string, [fd]: unknown[]): boolean {
  return fd === LINE_FD && /^fs\.(write|close|read|fchmod|fchown|ftruncate|fsync|fdatasync|futimes)/.test(name);
}

function falseWhereDenied(exists: Callable): Callable {
  return new Proxy(exists, {
    apply(target, self, args: unknown[]) {
      try {
        return apply(target, self, args);
      } catch (error) {
        if (isDenied(error)) return false;
        throw error;
      }
    },
  });
}
