/**
 * Makes the pictures of the README from real runs: the terminal as SVG, the HTML report as a screenshot.
 *
 *   npm run build && node scripts/pictures.mjs
 *
 * The screenshot needs Chromium: LOSSCHECK_CHROMIUM, CHROME_PATH, or one on the PATH.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { toSvg } from './terminal-svg.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const program = path.join(root, 'bin', 'losscheck.js');
const pictures = path.join(root, 'docs', 'pictures');

/** The loss of the pictures: its own derivative of the logarithm is a little wrong, and nothing else. */
const FILE = 'focal.ts';

function run(folder, flags) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, 'verify', FILE, '--no-cache', ...flags], { cwd: folder, encoding: 'utf8' });
  if (stderr !== '' || status !== 1) throw new Error(`the pictured run ended with ${status}: ${stderr}`);
  return stdout;
}

/** The findings, and two of the plots below them. */
async function screenshots(page, { findings, plots }) {
  const executablePath = process.env['LOSSCHECK_CHROMIUM'] ?? process.env['CHROME_PATH'] ?? execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const context = await browser.newContext({ viewport: { width: 1200, height: 1100 }, colorScheme: 'light' });
    const tab = await context.newPage();
    await tab.goto(pathToFileURL(page).href);
    await tab.screenshot({ path: findings });
    // Plots are drawn once they come into view.
    const [left, right] = await tab.locator('.figures').first().locator('figure').all();
    await left.scrollIntoViewIfNeeded();
    for (const figure of [left, right]) await figure.locator('canvas').first().waitFor();
    const [from, to] = [await left.boundingBox(), await right.boundingBox()];
    await tab.screenshot({ path: plots, clip: { x: from.x, y: from.y, width: to.x + to.width - from.x, height: from.height } });
  } finally {
    await browser.close();
  }
}

const folder = mkdtempSync(path.join(tmpdir(), 'losscheck-pictures-'));
try {
  copyFileSync(path.join(root, 'fixtures', 'pictures', FILE), path.join(folder, FILE));
  const output = run(folder, ['--color']);
  writeFileSync(path.join(pictures, 'terminal.svg'), toSvg(output, { title: `losscheck verify ${FILE}`, columns: 88 }));
  const page = path.join(folder, 'report.html');
  run(folder, ['--reporter', `html:${page}`, '--reporter', 'table']);
  await screenshots(page, { findings: path.join(pictures, 'report.png'), plots: path.join(pictures, 'plots.png') });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
