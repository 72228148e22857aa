import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addScript } from '../../../src/cli/init/manifest.ts';

const add = (text: string) => addScript(text, 'losscheck', 'losscheck verify');

describe('a script is added to package.json', () => {
  it.each([
    ['behind the last one', '{\n  "name": "a",\n  "scripts": {\n    "test": "x"\n  },\n  "z": 1\n}\n', '{\n  "name": "a",\n  "scripts": {\n    "test": "x",\n    "losscheck": "losscheck verify"\n  },\n  "z": 1\n}\n'],
    ['with tabs', '{\n\t"scripts": {\n\t\t"test": "x"\n\t}\n}', '{\n\t"scripts": {\n\t\t"test": "x",\n\t\t"losscheck": "losscheck verify"\n\t}\n}'],
    ['with the line ends of Windows', '{\r\n  "scripts": {\r\n    "a": "b"\r\n  }\r\n}\r\n', '{\r\n  "scripts": {\r\n    "a": "b",\r\n    "losscheck": "losscheck verify"\r\n  }\r\n}\r\n'],
    ['into empty scripts', '{\n    "scripts": {}\n}\n', '{\n    "scripts": {\n        "losscheck": "losscheck verify"\n    }\n}\n'],
    ['where there are no scripts', '{\n  "name": "a"\n}\n', '{\n  "name": "a",\n  "scripts": {\n    "losscheck": "losscheck verify"\n  }\n}\n'],
    ['on one line', '{"scripts":{"a":"b"}}', '{"scripts":{"a":"b", "losscheck": "losscheck verify"}}'],
    ['beside arrays on one line', '{\n  "files": ["a", "b"],\n  "scripts": {\n    "a": "{ \\"b\\": } "\n  }\n}', '{\n  "files": ["a", "b"],\n  "scripts": {\n    "a": "{ \\"b\\": } ",\n    "losscheck": "losscheck verify"\n  }\n}'],
    ['and not into scripts of something else', '{\n  "jest": { "scripts": {} },\n  "scripts": {\n    "a": "b"\n  }\n}', '{\n  "jest": { "scripts": {} },\n  "scripts": {\n    "a": "b",\n    "losscheck": "losscheck verify"\n  }\n}'],
    ['behind a byte order mark', '\uFEFF{\n  "scripts": {\n    "a": "b"\n  }\n}', '\uFEFF{\n  "scripts": {\n    "a": "b",\n    "losscheck": "losscheck verify"\n  }\n}'],
  ])('%s', (_, before, after) => {
    expect(add(before)).toBe(after);
  });

  it.each(['{"scripts":{"losscheck":"mine"}}', '{"scripts":"odd"}', '{"scripts":null}'])('but not to %s', (text) => {
    expect(add(text)).toBeNull();
  });

  it('with every other member as it was', () => {
    const member = fc.oneof(fc.string(), fc.jsonValue());
    const manifest = fc.dictionary(fc.string().filter((name) => name !== 'scripts' && name !== '__proto__'), member);
    const scripts = fc.option(fc.dictionary(fc.string().filter((name) => name !== 'losscheck' && name !== '__proto__'), fc.string()));
    fc.assert(
      fc.property(manifest, scripts, fc.constantFrom(undefined, 1, 2, '\t'), (fields, present, space) => {
        const before = { ...fields, ...(present === null ? {} : { scripts: present }) };
        const added = add(JSON.stringify(before, null, space));
        expect(JSON.parse(added ?? 'null')).toEqual(JSON.parse(JSON.stringify({ ...before, scripts: { ...present, losscheck: 'losscheck verify' } })));
      }),
    );
  });
});
