import nodeModule from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bundleIn, evaluate, load, loadErrorOf, workspace } from './workspace.ts';

const call = (value: unknown, ...values: unknown[]): unknown => {
  if (typeof value !== 'function') throw new TypeError(`not a function: ${typeof value}`);
  return value(...values);
};

describe('imports that the engine supplies', () => {
  const tf = { log: (x: number) => `log ${x}`, name: 'tf' };

  it.each([
    '@tensorflow/tfjs',
    '@tensorflow/tfjs-core',
    '@tensorflow/tfjs-node',
    '@tensorflow/tfjs-core/dist/ops/loss_ops_utils',
  ])('serves named, default, namespace, require and dynamic imports of %s', async (specifier) => {
    const asked: string[] = [];
    const source = `
        import tf, { log as named } from '${specifier}';
        import * as space from '${specifier}';
        const required = require('${specifier}');
        export const answers = [named(1), tf.log(2), space.log(3), required.log(4)];
        export const later = async () => (await import('${specifier}')).log(5);
      `;
    const exports = await load({ 'loss.ts': source }, 'loss.ts', (wanted) => {
      asked.push(wanted);
      return tf;
    });
    expect(exports.answers).toEqual(['log 1', 'log 2', 'log 3', 'log 4']);
    expect(await call(exports.later)).toBe('log 5');
    expect(asked).toEqual([specifier]);
  });

  it('gives the whole package as default when it is a compiled CommonJS package without one', async () => {
    const compiled = Object.defineProperty({ log: () => 'log' }, '__esModule', { value: true });
    const exports = await load(
      { 'a.ts': `import tf from '@tensorflow/tfjs-node'; export const got = tf.log();` },
      'a.ts',
      () => compiled,
    );
    expect(exports.got).toBe('log');
  });

  it('supplies them inside installed packages and wherever an alias leads to an installed copy', async () => {
    const asked: string[] = [];
    const files = {
      'a.ts': `import { f } from 'helper'; import * as alias from 'tf-alias'; export const got = [f(), alias.name];`,
      'tsconfig.json': `{ "compilerOptions": { "paths": { "tf-alias": ["./node_modules/@tensorflow/tfjs-core/dist/index.js"] } } }`,
      'node_modules/@tensorflow/tfjs-core/dist/index.js': `throw new Error('a second copy of tfjs');`,
      'node_modules/helper/package.json': `{ "name": "helper", "main": "main.js" }`,
      'node_modules/helper/main.js': `const tf = require('@tensorflow/tfjs'); exports.f = () => tf.name;`,
    };
    const exports = await load(files, 'a.ts', (wanted) => {
      asked.push(wanted);
      return tf;
    });
    expect(exports.got).toEqual(['tf', 'tf']);
    expect(asked.toSorted()).toEqual(['@tensorflow/tfjs', '@tensorflow/tfjs-core']);
  });

  it('also through createRequire, which loads everything else as ever', async () => {
    const source = `
      import { createRequire, builtinModules } from 'node:module';
      const require = createRequire(import.meta.url);
      export const got = [require('@tensorflow/tfjs').name, require('./data.json').n, builtinModules.includes('fs')];
    `;
    const exports = await load({ 'a.mjs': source, 'data.json': '{ "n": 3 }' }, 'a.mjs', (specifier) => {
      return specifier === 'node:module' ? nodeModule : tf;
    });
    expect(exports.got).toEqual(['tf', 3, true]);
  });

  it('asks the engine for builtins of Node and native addons', async () => {
    const source = `import fs from 'fs'; import { join } from 'node:path'; export const got = [fs.specifier, join];
      export const addon = require('./native.node');`;
    const folder = workspace({ 'a.ts': source });
    const asked: string[] = [];
    await evaluate(await bundleIn(folder, 'a.ts'), (wanted) => {
      asked.push(wanted);
      return { specifier: wanted };
    });
    expect(asked).toEqual(expect.arrayContaining(['fs', 'node:path', path.join(folder, 'native.node')]));
  });
});

describe('what a module may be', () => {
  it('keeps no import or export statement, and runs in strict mode with top-level await', async () => {
    const exports = await load(
      { 'a.mts': `export const mode = await Promise.resolve((function () { return this; })());` },
      'a.mts',
    );
    expect(exports).toEqual({ mode: undefined });
  });

  it.each([
    ['a.js', `export const f = (a, b) => a;`],
    ['a.mjs', `export const f = (a, b) => a;`],
    ['a.cjs', `exports.f = (a, b) => a;`],
    ['a.js', `module.exports = { f: (a, b) => a };`],
    ['a.cts', `export const f = (a: number, b: number) => a;`],
  ])('%s: %s', async (name, source) => {
    const exports = await load({ [name]: source }, name);
    expect(call(exports.f, 7, 8)).toBe(7);
  });

  it('reads a BOM, CRLF, JSON, tsconfig paths with extends, and names with spaces', async () => {
    const files = {
      'my losses/fo cal.ts': `\uFEFFimport { k } from '@lib/k';\r\nimport data from './data.json';\r\nimport type { T } from './gone';\r\nexport const got: T = [k, data.n];\r\n`,
      'my losses/data.json': `{ "n": 3 }`,
      'lib/k.ts': `export const k = 2;`,
      'tsconfig.base.json': `{ "compilerOptions": { "baseUrl": ".", "paths": { "@lib/*": ["lib/*"] } } }`,
      'tsconfig.json': `{ "extends": "./tsconfig.base.json" }`,
    };
    const folder = workspace(files);
    const bundle = await bundleIn(folder, 'my losses/fo cal.ts');
    expect((await evaluate(bundle)).got).toEqual([2, 3]);
    expect(bundle.sources.toSorted()).toEqual(
      ['lib/k.ts', 'my losses/data.json', 'my losses/fo cal.ts'].map((name) => path.join(folder, name)),
    );
  });

  it.each(['odd#name.ts', 'what?.ts', "it's 100%.ts", '[slug].ts', 'vèrlust.ts'])(
    'bundles a file called %s',
    async (name) => {
      expect((await load({ [name]: `export const got = 1;` }, name)).got).toBe(1);
    },
  );

  it('says where it is: import.meta and the names of CommonJS', async () => {
    const folder = workspace({
      'a.ts': `export const got = [import.meta.url, import.meta.dirname, import.meta.filename, __dirname, __filename];`,
    });
    const file = path.join(folder, 'a.ts');
    const exports = await evaluate(await bundleIn(folder, 'a.ts'));
    expect(exports.got).toEqual([pathToFileURL(file).href, folder, file, folder, file]);
  });

  it('leaves a require of a computed name to the engine', async () => {
    const exports = await load(
      { 'a.cjs': `const name = 'left' + '-pad'; exports.got = require(name).specifier;` },
      'a.cjs',
    );
    expect(exports.got).toBe('left-pad');
  });

  it('keeps code that no export uses, also in packages that claim to have no side effects', async () => {
    const files = {
      'a.ts': `import 'quiet'; export const got = (globalThis as Record<string, unknown>).__losscheckQuiet;`,
      'node_modules/quiet/package.json': `{ "name": "quiet", "sideEffects": false, "main": "index.js" }`,
      'node_modules/quiet/index.js': `globalThis.__losscheckQuiet = 'ran';`,
    };
    expect((await load(files, 'a.ts')).got).toBe('ran');
    Reflect.deleteProperty(globalThis, '__losscheckQuiet');
  });
});

describe('modules that cannot be bundled', () => {
  it('shows a syntax error where it is, counting letters', async () => {
    const folder = workspace({
      'sub/bad.ts': `export const a = 1;\r\nconst é = 'ü'; let let x;\r\nexport default a;\r\n`,
    });
    const error = await loadErrorOf(() => bundleIn(folder, 'sub/bad.ts'), 'syntax-error');
    expect(error.location).toEqual({ file: 'sub/bad.ts', line: 2, column: 20 });
    expect(error.frame).toEqual({
      startLine: 1,
      lines: ['export const a = 1;', `const é = 'ü'; let let x;`, 'export default a;', ''],
    });
    expect(error.message).not.toMatch(/\n|node_modules|at /);
  });

  it('says which import cannot be found, and how to mend it', async () => {
    const folder = workspace({
      'a.ts': `import { b } from './b';\nexport const f = b;`,
      'b.ts': `\nimport x from 'left-pad/deep';\nexport const b = x;`,
    });
    const error = await loadErrorOf(() => bundleIn(folder, 'a.ts'), 'missing-import');
    expect(error.message).toContain('"left-pad/deep"');
    expect(error.fix).toContain('npm install left-pad)');
    expect(error.location).toEqual({ file: 'b.ts', line: 2, column: 15 });
    expect(error.frame?.lines).toContain(`import x from 'left-pad/deep';`);
  });

  it.each([
    [`import './gone';`, /relative to the importing file/],
    [`import '@/gone';`, /tsconfig/],
    [`import { gone } from './b';\nexport const a = gone;`, /spelling of the name/],
  ])('%s', async (source, fix) => {
    const folder = workspace({ 'a.ts': source, 'b.ts': 'export const here = 1;' });
    expect((await loadErrorOf(() => bundleIn(folder, 'a.ts'), 'missing-import')).fix).toMatch(fix);
  });

  it('refuses UTF-16, binary content, folders and files that are not there', async () => {
    const folder = workspace({
      'wide.ts': Buffer.from('\uFEFFexport const a = 1;', 'utf16le'),
      'binary.ts': Uint8Array.of(1, 0, 2),
      'folder.ts/inside.txt': '',
    });
    expect((await loadErrorOf(() => bundleIn(folder, 'wide.ts'), 'syntax-error')).message).toBe(
      'wide.ts is written in UTF-16',
    );
    expect((await loadErrorOf(() => bundleIn(folder, 'binary.ts'), 'syntax-error')).message).toBe(
      'binary.ts is no text file',
    );
    await loadErrorOf(() => bundleIn(folder, 'folder.ts'), 'unsupported-file');
    await loadErrorOf(() => bundleIn(folder, 'gone.ts'), 'file-not-found');
  });

  it('explains an import of a file that is no code', async () => {
    const folder = workspace({ 'a.ts': `import './style.xyz';`, 'style.xyz': 'x' });
    await loadErrorOf(() => bundleIn(folder, 'a.ts'), 'unsupported-file');
  });
});
