import { enginesFor } from '../engines.ts';
import type { ConfigRequest } from '../messages.ts';
import { openConfig } from './evaluate.ts';
import { factsOf, type ConfigFacts } from './facts.ts';

/** What a config that is code says, as far as it can be written down; in whichever process this runs. */
export async function configModule({ module, shown, options }: ConfigRequest): Promise<ConfigFacts> {
  const { reference } = await enginesFor('cpu', module.tensorflow);
  const { bundle, project } = module;
  return factsOf(await openConfig({ file: bundle.entry, shown, directory: project, named: null, value: null, bundle }, reference, options.cwd));
}
