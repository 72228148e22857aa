import type { DoctorReport } from '../../src/contracts/doctor.ts';

/** A machine on which everything works. */
export const healthy: DoctorReport = {
  schemaVersion: 1,
  tool: { name: 'losscheck', version: '1.2.3' },
  node: { version: '22.11.0', required: '>=20.19', supported: true },
  platform: 'linux x64',
  compiler: { name: 'esbuild', version: '0.28.2' },
  engines: {
    reference: { backend: 'cpu', precision: 64, tfjs: '4.22.0', fallbackReason: null },
    production: { backend: 'tensorflow', precision: 32, tfjs: '4.22.0', fallbackReason: null },
  },
  backends: [
    { name: 'node', chosen: true, problem: null, fix: null },
    { name: 'wasm', chosen: false, problem: null, fix: null },
    { name: 'cpu', chosen: false, problem: null, fix: null },
  ],
  packages: [{ name: '@tensorflow/tfjs-core', version: '4.22.0', path: 'node_modules/@tensorflow/tfjs-core' }],
  cache: { folder: 'node_modules/.cache/losscheck', writable: true },
  isolation: { flag: '--permission', refused: ['reading a file', 'writing a file', 'starting a process', 'starting a worker'], notRefused: [], memory: 'resident', orphans: 'ended' },
  config: 'losscheck.config.ts',
  problems: [],
  exitCode: 0,
};
