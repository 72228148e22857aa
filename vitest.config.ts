import { defineConfig } from 'vitest/config';
import { buildHtmlClient } from './scripts/build-html-client.mjs';

const { define } = await buildHtmlClient(import.meta.dirname);

export default defineConfig({
  define,
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'node_modules/.cache/losscheck-tests.json' },
    globalSetup: ['test/global-setup.ts'],
    // The engines and whole runs of the program take longer than the default on a busy machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
