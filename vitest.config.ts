import { defineConfig } from 'vitest/config';

export default defineConfig({
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
