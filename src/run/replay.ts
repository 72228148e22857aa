import { formatDomain } from '../contracts/domain.ts';
import type { InputMetadata } from '../contracts/metadata.ts';
import { displayPath } from '../load/paths.ts';
import { DEFAULT_MAX_MEMORY } from './isolation/confinement.ts';
import { DEFAULT_TIMEOUT, type RunOptions } from './options.ts';

/** The command line that shows a finding again. */
export function verifyCommand(target: string, options: RunOptions, check?: string): string {
  const words = ['losscheck', 'verify', target];
  if (check !== undefined) words.push('--check', check);
  if (options.against !== null) words.push('--against', options.against);
  words.push('--seed', String(options.seed));
  if (options.samples !== null) words.push('--samples', String(options.samples));
  if (options.rtol !== null) words.push('--rtol', String(options.rtol));
  if (options.backend !== 'auto') words.push('--backend', options.backend);
  if (options.timeout !== DEFAULT_TIMEOUT) words.push('--timeout', String(options.timeout));
  words.push(...isolationWords(options));
  for (const [name, value] of Object.entries(options.param)) words.push('--param', `${name}=${JSON.stringify(value)}`);
  for (const [name, about] of Object.entries(options.input)) words.push('--input', `${name}=${declaration(about)}`);
  return [...words, ...configWords(options)].map(quote).join(' ');
}

/** What a module may hold and read. */
function isolationWords({ maxMemory, allowRead, allowEnv, cwd }: RunOptions): readonly string[] {
  return [
    ...(maxMemory === DEFAULT_MAX_MEMORY ? [] : ['--max-memory', String(maxMemory)]),
    ...allowRead.flatMap((place) => ['--allow-read', displayPath(place, cwd)]),
    ...allowEnv.flatMap((name) => ['--allow-env', name]),
  ];
}

/** A config that was found is found again. */
function configWords({ config, withoutConfig }: RunOptions): readonly string[] {
  if (withoutConfig) return ['--no-config'];
  return config === null || config.named === null ? [] : ['--config', config.named];
}

/** How the point of a finding is to be evaluated: which loss, on which engine. */
export interface Evaluated {
  readonly target: string;
  readonly options: RunOptions;
  readonly precision: 32 | 64;
  /** What the finding calls the backend that it is about, if it is about one. */
  readonly backend: unknown;
}

const CHOICES: Readonly<Record<string, string>> = { tensorflow: 'node', wasm: 'wasm', cpu: 'cpu' };

/** Without a word for it `eval` takes the backend that `auto` takes, as `all` does for what it does not compare. */
function backendWords(precision: 32 | 64, about: unknown, { backend }: RunOptions): readonly string[] {
  if (precision === 64) return [];
  const named = typeof about === 'string' ? CHOICES[about] : undefined;
  const chosen = backend === 'all' ? named : backend;
  return chosen === undefined || chosen === 'auto' ? [] : ['--backend', chosen];
}

/**
 * The command line that computes value and gradient at the point of a finding; null for a point that is too
 * large to be written down.
 */
export function evalCommand(point: unknown, { target, options, precision, backend }: Evaluated): string | null {
  if (typeof point !== 'object' || point === null) return null;
  const values = Object.entries(point);
  if (values.length === 0 || values.some(([, value]) => typeof value === 'string')) return null;
  const words = ['losscheck', 'eval', target];
  if (precision === 32) words.push('--precision', '32');
  words.push(...backendWords(precision, backend, options));
  words.push(...isolationWords(options));
  for (const [name, value] of Object.entries(options.param)) words.push('--param', `${name}=${JSON.stringify(value)}`);
  for (const [name, value] of values) words.push('--input', `${name}=${toJson(value)}`);
  return words.map(quote).join(' ');
}

/** As JSON, with NaN and infinities as `eval` accepts them. */
function toJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** As `--input` accepts it: `probability[8,4]`, `0:1[8]`, `class-index:10[8]`. */
function declaration({ domain, shape, classes }: InputMetadata): string {
  const range = typeof domain === 'object' ? `${domain.min}:${domain.max}` : domain === undefined ? '' : formatDomain(domain);
  return `${range}${classes === undefined ? '' : `:${classes}`}${shape === undefined ? '' : `[${shape.join(',')}]`}`;
}

/** Quoted for a POSIX shell where it has to be. */
function quote(word: string): string {
  return /^[\w@%+=:,./#-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
