import path from 'node:path';
import { ROOT } from './machine.mjs';
import { importSources } from './sources.mjs';

/**
 * A loss on losscheck's own float64 engine, without the checks.
 *
 * @returns a function that evaluates value and gradient of the loss at a point once
 */
export async function valueAndGradient({ target, domains }) {
  const { bundleModule, SUPPLIED_PACKAGES, createReferenceEngine } = await importSources(`
    export { bundleModule } from './src/load/bundle.ts';
    export { SUPPLIED_PACKAGES } from './src/load/supply.ts';
    export { createReferenceEngine } from './src/engines/index.ts';
  `);
  const [prediction, ...others] = Object.keys(domains);
  const file = target.endsWith('.ts') ? target : path.join(ROOT, 'src', 'losses', `${target}.ts`);
  const bundle = await bundleModule(file, { cwd: ROOT, supplied: [...SUPPLIED_PACKAGES, 'zod'] });
  const module = await createReferenceEngine().evaluate(bundle, { locate: () => null });
  const probe = module.bind({ invoke: callable(module.exports), inputNames: [prediction, ...others], variables: () => new Map() });
  return (point) => {
    const { gradients, error } = probe.gradient(point, [prediction]);
    if (gradients === null || gradients[prediction] === null) throw new Error(error?.message ?? `${target} has no gradient`);
  };
}

/** The one loss of a module: a function, or a definition with its default parameters. */
function callable(exports) {
  const loss = Object.values(exports).find((value) => typeof value === 'function' || typeof value.loss === 'function');
  if (typeof loss === 'function') return (tensors) => loss(...tensors);
  const params = loss.params.parse({});
  return (tensors) => loss.loss(...tensors, params);
}
