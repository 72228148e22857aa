import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { verify } from '../../src/index.ts';
import { builtIns } from '../../src/run/builtins.ts';
import { tryBackend } from '../../src/run/doctor/engines.ts';

/** The table of built-in losses by backend: what it says is tried on each backend that loads here. */

const PAGE = readFileSync('docs/backends.md', 'utf8');
const COLUMNS = { cpu: 'cpu', wasm: 'wasm', tensorflow: 'node' } as const;

const rows = [...PAGE.matchAll(/^\| `([a-z0-9-]+)` \| (\w+) [\d./ ]+ \| (\w+) [\d./ ]+ \| (\w+) [\d./ ]+ \|$/gm)].map(([, id, cpu, wasm, tensorflow]) => ({ id, cpu, wasm, tensorflow }));

describe('docs/backends.md', () => {
  it('has every built-in loss in its table', () => {
    expect(rows.map(({ id }) => id)).toEqual(builtIns().ids);
  });

  it.each(Object.entries(COLUMNS))('tells the verdicts on %s', async (column, backend) => {
    const { problem } = await tryBackend(backend, process.cwd());
    if (problem !== null) {
      // The other two come with losscheck: only the native one may be missing.
      expect({ column, problem }).toMatchObject({ column: 'tensorflow' });
      return;
    }
    const { losses } = await verify({ all: true, backend, cache: false });
    expect(losses.map(({ id, verdict }) => [id, verdict])).toEqual(rows.map((row) => [row.id, row[column as keyof typeof COLUMNS]]));
  });

  it('speaks of fixtures that are there', () => {
    const named = [...PAGE.matchAll(/\(`([\w-]+\.ts)`\)/g)].map(([, file]) => file);
    expect(named).toHaveLength(6);
    for (const file of named) expect(() => readFileSync(`fixtures/losses/bad/${file}`) && readFileSync(`fixtures/losses/fixed/${file}`)).not.toThrow();
  });
});
