import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ModuleBundle } from '../../src/contracts/engine.ts';
import { createLocator } from '../../src/load/source-map.ts';
import { bundleIn, evaluate, workspace } from './workspace.ts';

const FILES = {
  'src/my loss.ts': [
    `import { helper } from './helper.ts';`,
    `import { inside } from 'pkg';`,
    `const labels = 1;`,
    `export function focal(logits: number, labels: number): number {`,
    `  const p: number = helper(logits);`,
    `  return MARK_A(p) + inside(labels);`,
    `}`,
    `export const unused = labels;`,
  ].join('\r\n'),
  'src/helper.ts': `type T = number;\nexport const helper = (x: T): T =>\n    MARK_B(x);\n`,
  'node_modules/pkg/package.json': `{ "name": "pkg", "main": "i.js" }`,
  'node_modules/pkg/i.js': `exports.inside = (x) => MARK_C(x);\n`,
};

/** Line and column, both from 1 as V8 reports them, of a word in the bundle. */
function positionOf(bundle: ModuleBundle, word: string): [line: number, column: number] {
  const before = bundle.code.slice(0, bundle.code.indexOf(word));
  return [before.split('\n').length, before.length - before.lastIndexOf('\n')];
}

describe('createLocator', () => {
  it('finds the line and column of the source, with paths relative to where losscheck runs', async () => {
    const folder = workspace(FILES);
    const bundle = await bundleIn(folder, 'src/my loss.ts');
    const locator = createLocator(bundle, folder);
    expect(locator.locate(...positionOf(bundle, 'MARK_A'))).toEqual({ file: 'src/my loss.ts', line: 6, column: 10 });
    expect(locator.locate(...positionOf(bundle, 'MARK_B'))).toEqual({ file: 'src/helper.ts', line: 3, column: 5 });
    expect(createLocator(bundle, path.join(folder, 'src')).locate(...positionOf(bundle, 'MARK_B'))?.file).toBe(
      'helper.ts',
    );
  });

  it('gives null inside node_modules and in what the bundler made up', async () => {
    const folder = workspace(FILES);
    const bundle = await bundleIn(folder, 'src/my loss.ts');
    const locator = createLocator(bundle, folder);
    expect(locator.locate(...positionOf(bundle, 'MARK_C'))).toBeNull();
    expect(locator.locate(1, 1)).toBeNull();
    expect(locator.locate(...positionOf(bundle, '__losscheck_exports(my'))).toBeNull();
    expect(locator.locate(99999, 1)).toBeNull();
  });

  it('shows the lines around, cut at the ends of the file', async () => {
    const folder = workspace(FILES);
    const locator = createLocator(await bundleIn(folder, 'src/my loss.ts'), folder);
    expect(locator.frame({ file: 'src/helper.ts', line: 1, column: 1 }, 1)).toEqual({
      startLine: 1,
      lines: ['type T = number;', 'export const helper = (x: T): T =>'],
    });
    expect(locator.frame({ file: 'src/my loss.ts', line: 8, column: 1 })?.lines).toEqual([
      '  return MARK_A(p) + inside(labels);',
      '}',
      'export const unused = labels;',
    ]);
    expect(locator.frame({ file: 'src/helper.ts', line: 99, column: 1 })).toBeNull();
    expect(locator.frame({ file: 'gone.ts', line: 1, column: 1 })).toBeNull();
  });

  it('finds a function by its text, and the names that the bundler changed', async () => {
    const folder = workspace(FILES);
    const bundle = await bundleIn(folder, 'src/my loss.ts');
    const locator = createLocator(bundle, folder);
    const { focal } = await evaluate(bundle);
    const text = String(focal);
    expect(locator.locateText(text)).toEqual({ file: 'src/my loss.ts', line: 4, column: 8 });
    expect(locator.locateText('function that is not there() {}')).toBeNull();
    expect(text).toContain('labels2');
    expect(locator.originalName(text, text.indexOf('labels2'))).toBe('labels');
    expect(locator.originalName(text, text.indexOf('logits'))).toBeNull();
  });
});
