import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(path.join(import.meta.dirname, '../../../src/reporters/html/client/theme.css'), 'utf8');

/** The colours of each block of the style sheet: light, dark by the system, dark by choice. */
const [light = {}, dark = {}, chosen = {}] = css
  .split(/^\s*:root[^{]*\{/m)
  .slice(1)
  .map((block) => Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value])));

/** Relative luminance of WCAG 2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const kinds = ['fail', 'pass', 'warn', 'open', 'note'];
const surfaces = ['page', 'card', 'plot', 'subtle', 'code'];
/** Text that stands on a surface. */
const TEXT = [
  ...surfaces.flatMap((surface) => ['text', 'muted'].map((color) => [color, surface] as const)),
  ...kinds.map((kind) => [kind, `${kind}-soft`] as const),
  ...['fail-soft', 'pass-soft'].map((surface) => ['text', surface] as const),
  ['accent', 'page'] as const,
  ['accent', 'card'] as const,
  ['on-accent', 'accent'] as const,
];
/** Lines and marks. */
const GRAPHICS = [
  ...[0, 1, 2, 3, 4, 5].map((at) => [`series-${at}`, 'plot'] as const),
  ...['mark', 'gap'].map((color) => [color, 'plot'] as const),
  ['heat-dot-0', 'heat-high-0'] as const,
  ['heat-dot-1', 'heat-high-1'] as const,
  ['border-strong', 'card'] as const,
  ['focus', 'page'] as const,
];

describe.each([
  ['light', light],
  ['dark', dark],
])('the %s theme', (_, colors) => {
  it.each(TEXT)('has text in %s on %s that can be read', (color, surface) => {
    expect(contrast(colors[color] ?? '', colors[surface] ?? '')).toBeGreaterThanOrEqual(4.5);
  });

  it.each(GRAPHICS)('has %s on %s that can be seen', (color, surface) => {
    expect(contrast(colors[color] ?? '', colors[surface] ?? '')).toBeGreaterThanOrEqual(3);
  });
});

it('is as dark by choice as by the system', () => {
  expect(Object.keys(dark)).toEqual(Object.keys(light));
  expect(chosen).toEqual(dark);
});
