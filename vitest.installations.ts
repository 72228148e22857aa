import { defineConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** Losscheck in projects as people have them: other versions of TensorFlow.js and Node.js, installed from the registry. */
export default defineConfig({
  ...usual,
  test: {
    ...usual.test,
    include: ['test/installations/**/*.trial.ts'],
    globalSetup: ['test/global-setup.ts', 'test/installations/setup.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
