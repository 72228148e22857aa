/**
 * Writes `docs/losses.md`, the page of the built-in losses, and a plot for each beside it, from what `build.mjs` has
 * built: the definitions, and the engines that compute. The same bytes each time.
 *
 *   node scripts/build-loss-pages.mjs [folder]   into docs/, or another folder
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { importSources } from './build-program.mjs';
import { curveOf } from './loss-pages/curve.mjs';
import { edgeTable } from './loss-pages/edges.mjs';
import { renderPage } from './loss-pages/page.mjs';
import { pathOf } from './loss-pages/path.mjs';
import { renderPlot } from './loss-pages/plot.mjs';
import { openLosses } from './loss-pages/probes.mjs';
import { put } from './put.mjs';

/** Parts of the program that the page is made with. */
export const PAGE_SOURCES = `
  export { createProductionEngine, createReferenceEngine } from './src/engines/index.ts';
  export { ownTensorflow } from './src/load/tensorflow/copy.ts';
  export { FAMILY_ORDER } from './src/losses/families.ts';
  export { domainBounds, edgeCombinations, isIntegerDomain } from './src/numerics/domains.ts';
  export { builtInBundle, builtIns } from './src/run/builtins.ts';
`;

/** As `buildLossPages`, unless the page that is there was made from the same build. */
export async function refreshLossPages(sources, root, folder) {
  const plots = sources.builtIns().ids.map((id) => path.join(folder, 'losses', `${id}.svg`));
  const page = path.join(folder, 'losses.md');
  const isThere = [page, ...plots].every((file) => existsSync(file)) && readFileSync(page, 'utf8').includes(stampOf(root));
  if (!isThere) await buildLossPages(sources, root, folder);
}

/** What the page is made from: the build, and the scripts that make it. */
function stampOf(root) {
  const scripts = path.join(root, 'scripts', 'loss-pages');
  const files = [fileURLToPath(import.meta.url), ...readdirSync(scripts).toSorted().map((file) => path.join(scripts, file))];
  const hash = createHash('sha256');
  for (const file of [path.join(root, 'dist', 'build-id'), ...files]) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

/**
 * @param sources what `PAGE_SOURCES` exports
 * @param folder gets `losses.md` and, in `losses/`, the plots
 */
async function buildLossPages(sources, root, folder) {
  const reference = await openLosses(sources.createReferenceEngine(), sources);
  // tfjs-node is not everywhere, and its last digits are not those of the CPU backend.
  const production = await openLosses(await sources.createProductionEngine('cpu', sources.ownTensorflow()), sources);
  const losses = sources.builtIns().descriptions.map((description) => {
    const { id, example } = description;
    const along = pathOf(reference(id, example.params), sources);
    const plot = renderPlot(description, along, curveOf(along));
    return { ...description, along, plot, edges: edgeTable(production(id, {}), sources) };
  });
  const plots = path.join(folder, 'losses');
  for (const { id, plot } of losses) put(path.join(plots, `${id}.svg`), Buffer.from(plot));
  put(path.join(folder, 'losses.md'), Buffer.from(renderPage(losses, sources.FAMILY_ORDER, stampOf(root))));
  removeOthers(plots, losses.map(({ id }) => `${id}.svg`));
}

/** Plots of losses that are no more. */
function removeOthers(folder, kept) {
  for (const file of readdirSync(folder)) {
    if (file.endsWith('.svg') && !kept.includes(file)) rmSync(path.join(folder, file));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
  await buildLossPages(await importSources(root, PAGE_SOURCES), root, path.resolve(process.argv[2] ?? path.join(root, 'docs')));
}
