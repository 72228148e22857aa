import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { z } from 'zod';
import { cacheKey, type Cache } from '../../cache.ts';
import { enginesReportSchema, lossReportSchema } from '../../contracts/report.ts';
import type { FileTarget } from '../../load/targets.ts';
import type { ModuleRequest } from '../messages.ts';
import type { RunOptions } from '../options.ts';
import { isSelfContained } from './self-contained.ts';
import { endedEarly } from '../summary.ts';
import type { Tally } from '../tally.ts';

/**
 * Verdicts on users' modules that were reached before, by everything they depend on: the bundle, the engines,
 * the options, and the paths that the report shows. Cache entries belong to one build of losscheck and one
 * version of Node (see `openCache`).
 */
export interface ResultCache {
  /** True when this file, as it is now, was remembered before: a hint, for what it imports may have changed. */
  expects(target: FileTarget): boolean;
  read(module: ModuleRequest): Tally | null;
  /** Remembers what a child process said of a module, unless it may say something else the next time. */
  write(target: FileTarget, module: ModuleRequest, tally: Tally): void;
}

const entrySchema = z.object({
  engines: enginesReportSchema,
  found: z.array(z.string()),
  parameters: z.array(z.string()),
  inputs: z.array(z.string()),
  losses: z.array(lossReportSchema),
});

export function createResultCache(cache: Cache, options: RunOptions): ResultCache {
  const settings = JSON.stringify(options);
  const around = surroundings();
  const keyOf = (module: ModuleRequest): string => {
    const { bundle, ...about } = module;
    return cacheKey('result', bundle.code, bundle.map, bundle.entry, JSON.stringify([bundle.sources, about, librariesOf(module)]), settings, around);
  };
  const hintOf = (target: FileTarget): string => cacheKey('hint', JSON.stringify(target), readFileSync(target.file), settings);
  return {
    expects(target) {
      try {
        return cache.read('result', hintOf(target)) !== null;
      } catch {
        // A file that cannot be read is told so where it is bundled.
        return false;
      }
    },
    read(module) {
      const entry = cache.read('result', keyOf(module));
      if (entry === null) return null;
      const parsed = entrySchema.safeParse(decode(entry));
      if (!parsed.success) return null;
      const { engines, found, parameters, inputs, losses } = parsed.data;
      return {
        engines,
        found: new Set(found),
        parameters: new Set(parameters),
        inputs: new Set(inputs),
        losses: losses.map((loss) => ({ ...loss, cached: true as const })),
      };
    },
    write(target, module, tally) {
      const { engines, found, parameters, inputs, losses } = tally;
      if (engines === null || mayDiffer(tally, module) || !isSelfContained(module.bundle.code) || !isSelfContained(options.config?.bundle?.code ?? '')) return;
      const entry: z.infer<typeof entrySchema> = { engines, found: [...found], parameters: [...parameters], inputs: [...inputs], losses };
      // Not JSON: numbers such as NaN and -0 and typed arrays come back as they were.
      cache.write('result', keyOf(module), serialize(entry));
      cache.write('result', hintOf(target), '');
    },
  };
}

function decode(entry: Buffer): unknown {
  try {
    return deserialize(entry);
  } catch {
    // Whatever it is, it is no entry: the module is checked anew.
    return null;
  }
}

/** What ended early, threw on import or ran on a fallback may go otherwise the next time. */
function mayDiffer({ engines, losses }: Tally, { tensorflow }: ModuleRequest): boolean {
  const isFallback = 'root' in tensorflow.native && engines?.production.fallbackReason !== null;
  // A backend that the package brings along and that did not start may do so the next time.
  const isShort = engines?.unavailable?.some(({ backend }) => backend !== 'tensorflow') === true;
  return isFallback || isShort || losses.some((loss) => endedEarly(loss) || loss.findings.some(({ code }) => code === 'import-threw'));
}

/** The native libraries that a module would run on: another build of one may compute otherwise. */
function librariesOf({ tensorflow: { native } }: ModuleRequest): readonly string[] {
  if (!('root' in native)) return [];
  return ['lib', 'deps/lib'].flatMap((name) => {
    const folder = path.join(native.root, name);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => {
      const { size, mtimeMs } = statSync(path.join(folder, file));
      return `${name}/${file} ${size} ${mtimeMs}`;
    });
  });
}

/** What numbers and their spelling may depend on beside the program. */
function surroundings(): string {
  const named = Object.entries(process.env).filter(([name]) => /^(TF_|OMP_|LC_|LANG$|LANGUAGE$|TZ$|NODE_OPTIONS$)/.test(name));
  return JSON.stringify([process.platform, cpus()[0]?.model ?? '', named.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}
