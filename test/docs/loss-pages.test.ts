import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createReferenceEngine } from '../../src/engines/index.ts';
import { FAMILIES } from '../../src/losses/families.ts';
import { packageRoot } from '../../src/package-root.ts';
import { IDS, openBuiltIns, pointOf } from '../losses/built-ins.ts';
import { scalarIn } from '../losses/compare.ts';
import { problemOfXml } from './xml.ts';

/** The page of the built-in losses, made as the build makes it. */

const folder = mkdtempSync(path.join(tmpdir(), 'losscheck-pages-'));
const another = mkdtempSync(path.join(tmpdir(), 'losscheck-pages-'));
afterAll(() => {
  for (const one of [folder, another]) rmSync(one, { recursive: true, force: true });
});

function generate(folder: string): ReadonlyMap<string, Buffer> {
  execFileSync(process.execPath, [path.join(packageRoot(), 'scripts', 'build-loss-pages.mjs'), folder]);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => statSync(path.join(folder, file)).isFile());
  return new Map(files.toSorted().map((file) => [file, readFileSync(path.join(folder, file))]));
}

const files = generate(folder);
const page = String(files.get('losses.md'));
const headings = [...page.matchAll(/^(#+) (.*)$/gm)].map(([, marks = '', title = '']) => ({ level: marks.length, title }));
const bind = await openBuiltIns(createReferenceEngine());

function sectionOf(id: string): string {
  const [, section = ''] = page.split(`\n### ${id}\n`);
  return section.split(/^##/m)[0] ?? '';
}

function plotOf(id: string): string {
  return String(files.get(path.join('losses', `${id}.svg`)));
}

/** The two panels of a plot: the loss and its slope. */
function panelsOf(id: string): readonly string[] {
  return plotOf(id).split(/(?=<g class="(?:value|slope)">)/).slice(1);
}

/** The corners of each curve of a panel. */
function curvesIn(panel: string): readonly (readonly (readonly number[])[])[] {
  return [...panel.matchAll(/<path class="curve" d="([^"]*)"/g)].map(([, d = '']) => {
    // A single point, at the end of a domain, is a line closed upon itself.
    expect(d).toMatch(/^M[-\d.]+,[-\d.]+(?:Z|(?:L[-\d.]+,[-\d.]+)+)$/);
    return d.replaceAll(/[MZ]/g, '').split('L').map((corner) => corner.split(',').map(Number));
  });
}

describe('docs/losses.md', () => {
  it('has one section for each loss, under its family', () => {
    let family = '';
    const placed = headings.flatMap(({ level, title }) => {
      if (level === 2) family = title.toLowerCase();
      return level === 3 ? [[title, family]] : [];
    });
    expect(Object.fromEntries(placed)).toEqual(FAMILIES);
    expect(placed).toHaveLength(IDS.length);
  });

  it('links to what is there', () => {
    const anchors = headings.map(({ title }) => title.toLowerCase().replaceAll(' ', '-'));
    expect(new Set(anchors).size).toBe(anchors.length);
    const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => link.startsWith('#')).length).toBeGreaterThan(IDS.length);
    const dead = links.filter((link) => (link.startsWith('#') ? !anchors.includes(link.slice(1)) : !existsSync(path.join(folder, link))));
    expect(dead).toEqual([]);
  });

  it('names no number that is none, and no path of a machine', () => {
    expect(page).not.toMatch(/\b(NaN|Infinity|undefined)\b|\[object/);
    expect(page).not.toContain(packageRoot());
  });

  it('is the same wherever it is made', () => {
    expect(generate(another)).toEqual(files);
  });

  it('is written again only where it differs, and without plots of losses that are no more', () => {
    const modified = () => [...files.keys()].map((file) => statSync(path.join(folder, file)).mtimeMs);
    const before = modified();
    writeFileSync(path.join(folder, 'losses', 'no-such-loss.svg'), '<svg/>');
    expect(generate(folder)).toEqual(files);
    expect(modified()).toEqual(before);
  });
});

const commandSchema = z.tuple([z.string(), z.string(), z.string()]);

describe.each(IDS)('%s', (id) => {
  it('can be imported as the page says', async () => {
    const name = /import \{ (\w+) \} from 'losscheck\/losses'/.exec(sectionOf(id))?.[1];
    const module: unknown = await import(`../../src/losses/${id}.ts`);
    expect(Object.keys(z.looseObject({}).parse(module))).toEqual([name]);
  });

  it('gives the value of the worked example', () => {
    const [, value, command] = commandSchema.parse(/gives `(\S+)`:\n\n```sh\nlosscheck eval (.*)\n```/.exec(sectionOf(id))?.slice(0, 3));
    const given = (flag: string): Record<string, unknown> =>
      Object.fromEntries([...command.matchAll(new RegExp(`--${flag} (\\w+)='([^']*)'`, 'g'))].map(([, name = '', json = '']) => [name, JSON.parse(json)]));
    expect(command.split(' ')[0]).toBe(id);
    const computed = scalarIn(bind(id, given('param')).value(pointOf(id, given('input'))));
    expect(Math.abs(computed - Number(value))).toBeLessThanOrEqual(1e-14 * Math.max(1, Math.abs(computed)));
  });

  it('is plotted: well-formed, with both curves across the whole width', () => {
    expect(problemOfXml(plotOf(id))).toBeNull();
    const panels = panelsOf(id);
    expect(panels).toHaveLength(2);
    for (const panel of panels) {
      const corners = curvesIn(panel).flat();
      expect(corners.flat().every(Number.isFinite)).toBe(true);
      const across = corners.map(([x = NaN]) => x);
      expect(across).toEqual(across.toSorted((a, b) => a - b));
      const frame = z.tuple([z.string(), z.coerce.number(), z.coerce.number()]).parse(/<clipPath[^>]*><rect x="(\d+)" y="\d+" width="(\d+)"/.exec(panel)?.slice(0, 3));
      expect([across[0], across.at(-1)]).toEqual([frame[1], frame[1] + frame[2]]);
    }
  });
});

describe('what is not well-formed', () => {
  it.each(['<a><b></a></b>', '<a>', '<a/><b/>', '<a>&</a>', '<a x="1" x="2"/>', '<a x=1/>', '<a>1 < 2</a>', 'a <b/>', ''])('%s is found', (text) => {
    expect(problemOfXml(text)).not.toBeNull();
  });
});

describe('a plot', () => {
  it('shows the kinks of a slope where they are: at residuals of -1 and 1 for huber', () => {
    const [, slope = ''] = panelsOf('huber');
    const [corners = [], ...more] = curvesIn(slope);
    expect(more).toEqual([]);
    const levels = corners.map(([, y = NaN]) => y);
    const [lowest, highest] = [Math.max(...levels), Math.min(...levels)];
    const at = (level: number) => corners.filter(([, y = NaN]) => Math.abs(y - level) < 0.5).map(([x = NaN]) => x);
    // The target is 0.5 and the axis 6 wide around it, from -2.5 to 3.5: the kinks are a third of the way from either end.
    const [left = NaN, right = NaN] = [corners[0]?.[0], corners.at(-1)?.[0]];
    expect(Math.abs(Math.max(...at(lowest)) - (left + (right - left) / 3))).toBeLessThan(1);
    expect(Math.abs(Math.min(...at(highest)) - (right - (right - left) / 3))).toBeLessThan(1);
  });

  it('shows where the slope jumps, and nothing where the loss is smooth', () => {
    const jumps = (id: string) =>
      panelsOf(id).map((panel) => new Set([...panel.matchAll(/class="jump" x1="([\d.]+)"/g)].map(([, x]) => Math.round(Number(x)))).size);
    expect(jumps('mae')).toEqual([0, 1]);
    expect(jumps('gan-hinge')).toEqual([0, 1]);
    expect(jumps('total-variation')).toEqual([0, 2]);
    for (const smooth of ['mse', 'huber', 'bce', 'bce-with-logits', 'kl-divergence', 'dice']) expect(jumps(smooth)).toEqual([0, 0]);
  });

  it('says how far a curve goes beyond the axis', () => {
    expect(panelsOf('bce').map((panel) => /to ([^<]+)</.exec(panel)?.[1])).toEqual(['50', '−5e11']);
    expect(plotOf('mse')).not.toMatch(/class="mark"/);
  });
});
