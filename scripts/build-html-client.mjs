/**
 * The part of the HTML report that runs in a browser, as text that the reporter puts into the page. Typechecked by
 * src/reporters/html/client/tsconfig.json.
 */
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import path from 'node:path';

const FOLDER = 'src/reporters/html/client';

/** The name that src/reporters/html/assets.ts reads it by. */
const NAME = 'LOSSCHECK_HTML_CLIENT';

/** @returns what `define` of a bundler takes, and the files that it is made of */
export async function buildHtmlClient(root) {
  const { outputFiles, metafile } = await build({
    entryPoints: [path.join(root, FOLDER, 'main.ts'), path.join(root, FOLDER, 'style.css')],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: ['chrome100', 'firefox100', 'safari15.4'],
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'error',
    outdir: path.join(root, 'dist'),
    metafile: true,
    write: false,
  });
  const text = (ending) => outputFiles.find((file) => file.path.endsWith(ending)).text.trim();
  const [script, style] = [text('.js'), text('.css')];
  if (/<\/(?:script|style)|<!--/i.test(script + style)) throw new Error('the script of the HTML report would end its own element');
  const client = { script, style, scriptHash: hash(script), styleHash: hash(style) };
  return { define: { [NAME]: JSON.stringify(client) }, inputs: Object.keys(metafile.inputs) };
}

function hash(text) {
  return createHash('sha256').update(text).digest('base64');
}
