#!/usr/bin/env node
import { existsSync } from 'node:fs';

// This file runs before anything else is loaded, so that an old Node gets a sentence and not a
// syntax error.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const main = new URL('../dist/cli/main.js', import.meta.url);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`error: losscheck needs Node.js 20.19 or newer; this is ${process.versions.node}\n`);
  process.exitCode = 2;
} else if (!existsSync(main)) {
  process.stderr.write('error: losscheck is not built yet; run `npm run build` first\n');
  process.exitCode = 2;
} else {
  const { start } = await import(main.href);
  await start();
}
