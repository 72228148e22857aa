/**
 * Makes the pictures of the README from real runs: the terminal as SVG, the HTML report as a screenshot.
 *
 *   npm run build && node scripts/pictures.mjs
 *
 * The screenshot needs Chromium: LOSSCHECK_CHROMIUM, CHROME_PATH, or one on the PATH.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { toSvg } from './terminal-svg.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const program = path.join(root, 'bin', 'losscheck.js');
const pictures = path.join(root, 'docs', 'pictures');

/** The loss of the pictures: one line is wrong. Its mean divides by the batch, and the code divides once more. */
export const PICTURED = { file: 'focal.ts', target: 'focal.ts' };

const SOURCE = `import * as tf from '@tensorflow/tfjs';

/** Focal loss, as it is often written. */
export function focal(yPred: tf.Tensor, yTrue: tf.Tensor, gamma = 2) {
  const pt = tf.add(tf.mul(yTrue, yPred), tf.mul(tf.sub(1, yTrue), tf.sub(1, yPred)));
  const weight = tf.pow(tf.sub(1, pt), gamma);
  return tf.neg(tf.mean(tf.mul(weight, tf.log(pt))));
}
`;

function run(folder, flags) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, 'verify', PICTURED.target, '--no-cache', ...flags], { cwd: folder, encoding: 'utf8' });
  if (stderr !== '' || status !== 1) throw new Error(`the pictured run ended with ${status}: ${stderr}`);
  return stdout;
}

async function screenshot(page, file) {
  const executablePath = process.env['LOSSCHECK_CHROMIUM'] ?? process.env['CHROME_PATH'] ?? execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const context = await browser.newContext({ viewport: { width: 1200, height: 1400 }, deviceScaleFactor: 1, colorScheme: 'light' });
    const tab = await context.newPage();
    await tab.goto(pathToFileURL(page).href);
    await tab.waitForTimeout(500);
    await tab.screenshot({ path: file });
  } finally {
    await browser.close();
  }
}

const folder = mkdtempSync(path.join(tmpdir(), 'losscheck-pictures-'));
try {
  writeFileSync(path.join(folder, PICTURED.file), SOURCE);
  const output = run(folder, ['--color']);
  writeFileSync(path.join(pictures, 'terminal.svg'), toSvg(output, { title: `losscheck verify ${PICTURED.target}` }));
  const page = path.join(folder, 'report.html');
  run(folder, ['--reporter', `html:${page}`, '--reporter', 'table']);
  await screenshot(page, path.join(pictures, 'report.png'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
