#!/usr/bin/env node
'use strict';

// This file runs before anything else is loaded, so that an old Node gets a sentence and not a
// syntax error.
const { existsSync } = require('fs');
const { join } = require('path');

const [major, minor] = process.versions.node.split('.').map(Number);
const launcher = join(__dirname, '..', 'dist', 'program', 'launch.cjs');

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`error: losscheck needs Node.js 20.19 or newer; this is ${process.versions.node}\n`);
  process.exitCode = 2;
} else if (!existsSync(launcher)) {
  process.stderr.write('error: losscheck is not built yet; run `npm run build` first\n');
  process.exitCode = 2;
} else {
  require(launcher).launch(process.argv.slice(2));
}
