import path from 'node:path';
import { cacheKey, openCache } from '../../cache.ts';
import type { VerifyOptions } from '../../contracts/options.ts';
import { EXIT, EvaluationError, LoadError, UsageError } from '../../contracts/errors.ts';
import { findConfig, namedConfig, type FoundConfig } from '../../load/config/find.ts';
import { parseConfig } from '../../load/config/parse.ts';
import { fileRequest } from '../bundle.ts';
import { describeStop, fixFor } from '../early-end.ts';
import { ask } from '../isolation/ask.ts';
import { spawnChild } from '../isolation/child-process.ts';
import { confinementOf } from '../isolation/confinement.ts';
import type { Ending } from '../isolation/ending.ts';
import { isSelfContained } from '../many/self-contained.ts';
import type { ConfigRequest, Event } from '../messages.ts';
import { DEFAULT_TIMEOUT, toRunOptions } from '../options.ts';
import { serve, toError } from '../serve.ts';
import { watchInProcess } from '../unhandled.ts';
import { configFactsSchema, factsOf, type ConfigFacts } from './facts.ts';
import type { LoadedConfig } from './loaded.ts';

/** What the code of a config may do is what a module may. */
type Confined = Pick<VerifyOptions, 'maxMemory' | 'allowRead' | 'allowEnv'>;

export interface LoadConfigOptions extends Confined {
  /** A file; false for none; otherwise the nearest one is looked for. */
  readonly config?: string | false;
  readonly cwd?: string;
  /** Run a config that is code in a child process (default) or in this one. */
  readonly isolate?: boolean;
  readonly cache?: boolean;
  /** Seconds that a config which is code may take. */
  readonly timeout?: number;
}

/**
 * Finds and reads the config of a project.
 *
 * @throws UsageError for a file that is wrong in any way, one line a problem
 */
export async function loadConfig(options: LoadConfigOptions): Promise<LoadedConfig | null> {
  const { config, cwd = process.cwd(), isolate = true, cache = false } = options;
  if (config === false) return null;
  const found = config === undefined ? await findConfig(cwd) : namedConfig(config, cwd);
  if (found === null) return null;
  const about = { file: found.file, shown: found.shown, directory: path.dirname(found.file), named: config ?? null };
  if (!found.isCode) {
    const facts = factsOf(parseConfig(found.value, found.shown));
    return { file: found.file, facts, transfer: { ...about, value: found.value, bundle: null }, sources: [found.file] };
  }
  const request = await requestFor(found, cwd, options);
  const { bundle } = request.module;
  const facts = await evaluated(request, { isolate, cache, directory: about.directory });
  const { checks: _, hasFunctions, ...value } = facts;
  const transfer = hasFunctions ? { ...about, value: null, bundle } : { ...about, value, bundle: null };
  return { file: found.file, facts, transfer, sources: bundle.sources };
}

async function requestFor({ file, shown }: FoundConfig, cwd: string, { timeout = DEFAULT_TIMEOUT, maxMemory, allowRead, allowEnv }: LoadConfigOptions): Promise<ConfigRequest> {
  const limits = { timeout, ...(maxMemory === undefined ? {} : { maxMemory }), ...(allowRead === undefined ? {} : { allowRead }), ...(allowEnv === undefined ? {} : { allowEnv }) };
  try {
    return { kind: 'config', shown, module: await fileRequest(file, shown, null, true, { cwd, backend: null }), options: toRunOptions({ cwd, ...limits }) };
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    const place = error.location === null ? shown : `${error.location.file}:${error.location.line}:${error.location.column}`;
    throw new UsageError(`${place}: the config cannot be read: ${error.message}`, error.fix);
  }
}

/** What depends on nothing but its own text is evaluated once. */
async function evaluated(request: ConfigRequest, { isolate, cache, directory }: { isolate: boolean; cache: boolean; directory: string }): Promise<ConfigFacts> {
  const { code } = request.module.bundle;
  const kept = cache && isSelfContained(code) ? openCache(directory) : null;
  const key = cacheKey('config', request.shown, code);
  const known = kept?.read('result', key) ?? null;
  const remembered = known === null ? null : factsFrom(known);
  if (remembered !== null) return remembered;
  const facts = await evaluate(request, isolate);
  kept?.write('result', key, JSON.stringify(facts));
  return facts;
}

/** Null for what is no entry, whoever wrote it: the config is evaluated anew. */
function factsFrom(entry: Buffer): ConfigFacts | null {
  try {
    return configFactsSchema.safeParse(JSON.parse(entry.toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}

async function evaluate(request: ConfigRequest, isolate: boolean): Promise<ConfigFacts> {
  const answered: ConfigFacts[] = [];
  const emit = (event: Event): void => {
    if (event.kind === 'refused' || event.kind === 'failed') throw toError(event);
    if (event.kind === 'configured') answered.push(event.facts);
  };
  const { options, module } = request;
  const ended: Ending | null = isolate
    ? await ask(spawnChild(confinementOf(module.bundle.entry, options), 'evaluate'), request, emit)
    : await watchInProcess(request, () => serve(request, emit));
  if (ended?.kind === 'stopped') {
    const place = ended.location === null ? request.shown : `${ended.location.file}:${ended.location.line}:${ended.location.column}`;
    throw new EvaluationError(`${place}: the config gave no answer: ${describeStop(ended, options)}`, { fix: fixFor(ended), exitCode: EXIT.usage });
  }
  const [facts] = answered;
  if (facts === undefined) throw new Error(`${request.shown}: the process of the config ended without an answer`);
  return facts;
}
