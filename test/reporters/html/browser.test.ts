import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/contracts/report.ts';
import { coordinates, descent, drawnLoss, manyLosses, slice, steps } from '../sample-evidence.ts';
import { check, loss, report, unloadableLoss } from '../sample-report.ts';
import { findChromium } from './chromium.ts';
import { render } from './render.ts';

const executablePath = findChromium();

/** Parts of a page that a script looks at, as text: the tests have no types of a browser. */
const DRAWN = `[...document.querySelectorAll('canvas')].map((canvas) =>
  new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size)`;
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
const FOCUSED = `(document.activeElement.id || document.activeElement.className || document.activeElement.tagName)`;

describe.skipIf(executablePath === null)('the HTML report in a browser (skipped without Chromium: set LOSSCHECK_CHROMIUM or CHROME_PATH)', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'losscheck-html-'));
  let browser: Browser;
  let pages = 0;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath ?? '' });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A report as a person opens it, from a file. Whatever the console says or the network is asked for is kept. */
  async function open(what: Report, options: BrowserContextOptions = {}) {
    const file = path.join(folder, `${pages++}.html`);
    writeFileSync(file, render(what));
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    const page = await context.newPage();
    const heard: string[] = [];
    const url = pathToFileURL(file).href;
    page.on('console', (message) => heard.push(message.text()));
    page.on('pageerror', (error) => heard.push(String(error)));
    page.on('request', (request) => heard.push(...(request.url() === url ? [] : [request.url()])));
    page.on('dialog', (dialog) => heard.push(dialog.message()));
    await page.goto(url);
    return { page, heard };
  }

  /** A page that is as high as what it shows has everything drawn. */
  async function unroll(page: Page): Promise<void> {
    for (let pass = 0; pass < 2; pass++) {
      const height = await page.evaluate<number>('document.documentElement.scrollHeight');
      await page.setViewportSize({ width: page.viewportSize()?.width ?? 0, height });
    }
    // Not waitForFunction, which compiles text in the page: its policy refuses that.
    const isDrawn = (): Promise<boolean> => page.evaluate(`[...document.querySelectorAll('details.loss[open] [data-plot]')].every((host) => host.childElementCount > 0)`);
    await expect.poll(isDrawn, { timeout: 30_000 }).toBe(true);
  }

  it('draws every picture, says nothing on the console and asks for nothing', async () => {
    const { page, heard } = await open(report([drawnLoss()]));
    await unroll(page);
    const colors = await page.evaluate<number[]>(DRAWN);
    // Two panels, one heat map, one, three, two and one.
    expect(colors).toHaveLength(10);
    for (const each of colors) expect(each).toBeGreaterThan(3);
    expect(heard).toEqual([]);
  });

  it('draws what is not finite, what is constant and what is empty without a complaint', async () => {
    const gone = ['NaN', 'Infinity', '-Infinity'] as const;
    const evidence = [
      slice({ x: [0, 1, 2], loss: [1, 1, 1], analytic: gone, numeric: [0, 'NaN', 0] }),
      slice({ x: [], loss: [], analytic: [], numeric: [] }),
      steps({ relativeErrors: steps().steps.map(() => 0) }),
      coordinates({ shape: [], positions: [0], analytic: [1], numeric: ['NaN'], relativeErrors: ['NaN'], errorBounds: [0], compared: 1 }),
      descent({ losses: [[1e300, 1e-300, 1], [...gone]], atMatch: null }),
    ];
    const { page, heard } = await open(report([loss({ verdict: 'fail', checks: [check({ status: 'fail', evidence })] })]));
    await unroll(page);
    expect(await page.getByText('no finite number to draw').count()).toBe(2);
    expect(await page.getByText('not a finite number').count()).toBe(2);
    expect(heard).toEqual([]);
  });

  it('reads values of plots and cells with the arrow keys', async () => {
    const { page } = await open(report([drawnLoss()]));
    await unroll(page);
    const [curve, heat] = [page.locator('figure').nth(0), page.locator('figure').nth(1)];
    await curve.locator('[data-plot]').focus();
    await page.keyboard.press('End');
    expect(await curve.locator('.readout').textContent()).toBe('value of yPred[2, 1] 1: loss 0.4625, autograd’s gradient -0.25, measured slope 0.25');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await curve.locator('.readout').textContent()).toContain('value of yPred[2, 1] -0.95:');
    await heat.locator('[data-plot]').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
    expect(await heat.locator('.readout').textContent()).toMatch(/^yPred\[1, 1\]: autograd -0\.144531, numeric 0\.144531 ± 3e-12, relative error 1\.75$/);
    await page.mouse.move(0, 0);
    await heat.locator('canvas').hover({ position: { x: 40, y: 25 } });
    expect(await heat.locator('.readout').textContent()).toMatch(/^yPred\[0, 0\]:/);
  });

  it('is walked with the keyboard alone', async () => {
    const { page } = await open(report([drawnLoss(), loss()]));
    await page.keyboard.press('Tab');
    expect(await page.evaluate(FOCUSED)).toBe('skip-link');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(FOCUSED)).toBe('losses');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(FOCUSED)).toBe('SUMMARY');
    expect(await page.locator('details.loss').first().getAttribute('open')).toBe('');
    await page.keyboard.press('Space');
    expect(await page.locator('details.loss').first().getAttribute('open')).toBeNull();
    await page.keyboard.press('/');
    expect(await page.evaluate(FOCUSED)).toBe('search');
    expect(await page.evaluate(`getComputedStyle(document.activeElement).outlineStyle`)).toBe('solid');
  });

  it('changes its theme, and the pictures with it', async () => {
    const { page } = await open(report([drawnLoss()]), { colorScheme: 'light' });
    await unroll(page);
    const look = () => page.evaluate(`[getComputedStyle(document.body).backgroundColor, document.querySelector('canvas').toDataURL()]`);
    const system = await look();
    await page.locator('#theme').click();
    expect(await page.locator('#theme').textContent()).toBe('Theme: light');
    expect(await look()).toEqual(system);
    await page.locator('#theme').click();
    const [background, picture] = (await look()) as [string, string];
    expect([background, picture === (system as string[])[1]]).toEqual(['rgb(13, 17, 23)', false]);
  });

  it('filters by verdict and by words, and says how many are left', async () => {
    const { page } = await open(report([...manyLosses(20), unloadableLoss()]));
    const visible = () => page.locator('details.loss:visible').count();
    expect(await visible()).toBe(21);
    await page.getByRole('button', { name: 'failed 2' }).click();
    expect(await visible()).toBe(2);
    expect(await page.locator('#shown').textContent()).toBe('2 of 21 shown');
    await page.locator('#search').fill('loss13 MISMATCH');
    expect(await visible()).toBe(1);
    await page.locator('#search').fill('no such loss');
    expect([await visible(), await page.locator('#nothing').isVisible()]).toEqual([0, true]);
    await page.locator('#clear').click();
    expect([await visible(), await page.locator('#nothing').isVisible()]).toEqual([21, false]);
  });

  it('opens what a link leads to', async () => {
    const { page } = await open(report([drawnLoss({ id: 'first' }), drawnLoss({ id: 'second' })]));
    await page.locator('#close-all').click();
    expect(await page.locator('details.loss[open]').count()).toBe(0);
    await page.locator('.overview a.name', { hasText: 'second' }).click();
    expect(await page.locator('details.loss[open] > summary .name').allTextContents()).toEqual(['second']);
  });

  it('copies a command', async () => {
    const { page } = await open(report([drawnLoss()]), { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('button', { name: 'Copy the command: See it again' }).first().click();
    await page.getByRole('button', { name: 'Copy the command: See it again' }).getByText('Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('losscheck verify myloss.ts --check gradient-match --seed 0');
  });

  it('fits a telephone, and shows every check there', async () => {
    const { page } = await open(report([drawnLoss(), ...manyLosses(12), unloadableLoss()]), { viewport: { width: 360, height: 700 } });
    await page.locator('#open-all').click();
    expect(await page.evaluate(OVERFLOW)).toBe(0);
    const rows = await page.evaluate(`[...document.querySelectorAll('#loss-1 .checks tbody th')].map((cell) => cell.getBoundingClientRect().height > 0)`);
    expect(rows).toEqual(drawnLoss().checks.map(() => true));
  });

  it('has the rows of its table below each other, skipped checks too', async () => {
    const { page } = await open(report([loss()]));
    await page.locator('details.loss > summary').click();
    const tops = await page.evaluate<number[]>(`[...document.querySelectorAll('.checks tr')].map((row) => row.getBoundingClientRect().top)`);
    expect(tops).toHaveLength(6);
    expect(tops).toEqual([...new Set(tops)].toSorted((a, b) => a - b));
    expect(await page.getByRole('row', { name: 'term-balance' }).isVisible()).toBe(true);
  });

  it.each([
    '<img src=x onerror=alert(1)>',
    '</script><script>alert(1)</script>',
    '"><svg onload=alert(1)>',
    '<!--<script>alert(1)',
    `</summary></details><style>*{display:none}</style>`,
  ])('does nothing that a name tells it: %s', async (name) => {
    const evidence = [slice({ input: name }), coordinates({ input: name })];
    const named = drawnLoss({ id: name, name, file: name, checks: [check({ id: name, summary: name, evidence })], source: { startLine: 1, lines: [name] } });
    const { page, heard } = await open(report([named, loss()]));
    await unroll(page);
    expect(await page.locator('details.loss > summary .name').first().textContent()).toBe(name);
    expect(await page.locator('.source .line').first().textContent()).toContain(name);
    expect(await page.locator('img, body svg[onload], body style').count()).toBe(0);
    expect(heard).toEqual([]);
  });

  it('shows all text and numbers without JavaScript', async () => {
    const { page, heard } = await open(report([drawnLoss(), loss()]), { javaScriptEnabled: false });
    expect(await page.locator('.js-only:visible').count()).toBe(0);
    expect(await page.locator('#loss-1 table.numbers:visible').count()).toBe(6);
    expect(await page.locator('#loss-1 .message').first().isVisible()).toBe(true);
    expect(heard).toEqual([]);
  });

  it('is usable with 200 losses: only what is near the screen is drawn', async () => {
    const { page, heard } = await open(report(manyLosses(200)));
    expect(await page.locator('details.loss').count()).toBe(200);
    await page.locator('#open-all').click();
    await page.mouse.wheel(0, 20_000);
    await page.waitForTimeout(300);
    expect(await page.locator('canvas').count()).toBeLessThan(60);
    await page.locator('#search').fill('loss199');
    expect(await page.locator('details.loss:visible').count()).toBe(1);
    expect(heard).toEqual([]);
  });

  it('prints with the colours of paper', async () => {
    const { page } = await open(report([drawnLoss()]), { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate(`getComputedStyle(document.body).backgroundColor`)).toBe('rgb(245, 246, 248)');
    await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
    expect(await page.locator('canvas').count()).toBe(10);
    await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
    expect(await page.evaluate('document.documentElement.dataset.theme ?? null')).toBeNull();
  });
});
