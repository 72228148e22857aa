import type { ParsedConfig } from '../../contracts/config.ts';
import type { Engine } from '../../contracts/engine.ts';
import { UsageError } from '../../contracts/errors.ts';
import { ModuleError } from '../../engines/index.ts';
import { parseConfig } from '../../load/config/parse.ts';
import { createLocator } from '../../load/source-map.ts';
import type { RunConfig } from './loaded.ts';

/**
 * What a config says, with its functions: code is run, in whichever process this is.
 *
 * @throws UsageError for code that throws or exports no config, and for a wrong field
 */
export async function openConfig({ shown, value, bundle }: RunConfig, engine: Engine, cwd: string): Promise<ParsedConfig> {
  if (bundle === null) return parseConfig(value, shown);
  const locator = createLocator(bundle, cwd);
  try {
    const { exports } = await engine.evaluate(bundle, locator);
    if (!('default' in exports)) {
      throw new UsageError(`${shown}: has no default export`, 'export default defineConfig({ ... }), with defineConfig from losscheck');
    }
    return parseConfig(await settled(exports['default'], shown), shown);
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
    const { location, message } = error;
    const place = location === null ? shown : `${location.file}:${location.line}:${location.column}`;
    throw new UsageError(`${place}: the config throws while it is read: ${message}`, 'Mend the line shown: code at the top level of a config runs before anything is checked.');
  }
}

/** What the default export comes to, where it is a promise. */
async function settled(exported: unknown, shown: string): Promise<unknown> {
  try {
    return await exported;
  } catch (error) {
    throw new UsageError(`${shown}: the promise that it exports was rejected: ${error instanceof Error ? error.message : String(error)}`, 'Mend what rejects it, or export an object.');
  }
}
