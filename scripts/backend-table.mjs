/**
 * Writes the table of built-in losses by backend into docs/backends.md, from a run on each backend. By hand, where
 * all of them load: node scripts/backend-table.mjs
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { verify } from 'losscheck';
import { put } from './put.mjs';

const PAGE = path.join(import.meta.dirname, '..', 'docs', 'backends.md');
const BACKENDS = { cpu: 'cpu', wasm: 'wasm', tensorflow: 'node' };
/** Of a float32 number. */
const BITS = 24;

function cell({ verdict, checks }) {
  const { metrics } = checks.find(({ id }) => id === 'precision');
  const digits = (lost) => (Math.max(0, BITS - lost) * Math.log10(2)).toFixed(1);
  return `${verdict} ${digits(metrics.valueBits ?? BITS)} / ${digits(metrics.gradientBits ?? BITS)}`;
}

const reports = [];
for (const backend of Object.values(BACKENDS)) reports.push(await verify({ all: true, backend, cache: false }));
const rows = reports[0].losses.map(({ id }) => `| \`${id}\` | ${reports.map(({ losses }) => cell(losses.find((loss) => loss.id === id))).join(' | ')} |`);
const table = [`| loss | ${Object.keys(BACKENDS).join(' | ')} |`, '|---|---|---|---|', ...rows].join('\n');
const page = readFileSync(PAGE, 'utf8');
const [begin, end] = ['<!-- table of built-in losses -->', '<!-- end of the table -->'];
if (!page.includes(begin) || !page.includes(end)) throw new Error(`${PAGE} does not say where the table goes`);
put(PAGE, Buffer.from(`${page.slice(0, page.indexOf(begin) + begin.length)}\n${table}\n${page.slice(page.indexOf(end))}`));
