import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOSS, notPassed, Project, WRONG } from './project.ts';

/** The versions of TensorFlow.js that people have, each with its native backend. */

const VERSIONS = [
  // 3.21.0 of tfjs-node was published without its scripts.
  { tfjs: '3.21.0', node: '3.21.1' },
  { tfjs: '4.10.0', node: '4.10.0' },
  { tfjs: '4.17.0', node: '4.17.0' },
  { tfjs: '4.22.0', node: '4.22.0' },
];

/** Kernels that version 3 lacks on wasm. */
const MISSING_ON_WASM = /missing-kernel|threw-at-edge/;

describe.each(VERSIONS)('a project with TensorFlow.js $tfjs', ({ tfjs, node }) => {
  let project: Project;
  beforeAll(() => {
    project = new Project([`@tensorflow/tfjs-node@${node}`, `@tensorflow/tfjs-backend-wasm@${tfjs}`], { 'loss.ts': LOSS, 'wrong.ts': WRONG });
  });
  afterAll(() => project.remove());

  it('has its losses verified on the CPU backend, and is told why, before the native library is there', async () => {
    const { code, report } = await project.verify(['loss.ts']);
    expect([code, notPassed(report)]).toEqual([0, []]);
    expect(report.engines).toMatchObject({ reference: { tfjs }, production: { tfjs, backend: 'cpu', fallbackReason: expect.stringMatching(/^@tensorflow\/tfjs-node does not load/) as string } });
  });

  it('gets the native backend from package registries', () => {
    expect(project.addNativeBackend()).toMatch(new RegExp(`@tensorflow/tfjs-node ${node} works on TensorFlow 2\\.12\\.1`));
  });

  it('has its losses verified on the native backend, in a process of their own', async () => {
    const { code, report } = await project.verify(['loss.ts', '--strict']);
    expect([code, notPassed(report)]).toEqual([0, []]);
    expect(report.engines).toMatchObject({ reference: { tfjs }, production: { tfjs, backend: 'tensorflow', fallbackReason: null } });
    expect(report.isolation).toBe('on');
  });

  it.each(['node', 'cpu', 'wasm'])('has a wrong gradient found, on %s', async (backend) => {
    const { code, report } = await project.verify(['wrong.ts', '--backend', backend]);
    expect(code).toBe(1);
    const found = report.losses.flatMap(({ checks }) => checks).find(({ id }) => id === 'gradient-match')?.findings.find(({ severity }) => severity === 'error');
    expect(found?.location).toMatchObject({ file: 'wrong.ts', op: 'customGrad' });
  });

  it.each(['node', 'cpu'])('passes every built-in loss, on %s', async (backend) => {
    const { code, report } = await project.verify(['--all', '--strict', '--backend', backend]);
    expect([code, notPassed(report)]).toEqual([0, []]);
    expect(report.engines.production.tfjs).toBe(tfjs);
  });

  it('passes every built-in loss whose kernels it has, on wasm', async () => {
    const { report } = await project.verify(['--all', '--backend', 'wasm']);
    expect(report.summary.losses).toBeGreaterThan(70);
    const failed = notPassed(report);
    expect(failed.filter((line) => !MISSING_ON_WASM.test(line))).toEqual([]);
    if (!tfjs.startsWith('3.')) expect(failed).toEqual([]);
  });
});

describe('a project whose packages do not go together', () => {
  it('is told so, in the report and by doctor', async () => {
    const project = new Project(['@tensorflow/tfjs-node@4.22.0', '@tensorflow/tfjs-core@4.10.0'], { 'loss.ts': LOSS });
    try {
      const { report } = await project.verify(['loss.ts', '--backend', 'cpu']);
      expect(report.engines.notes?.map(({ message }) => message)).toEqual([expect.stringContaining('2 copies of @tensorflow/tfjs-core')]);
      const { stdout } = await project.losscheck(['doctor']);
      expect(stdout).toMatch(/@tensorflow\/tfjs-core is installed in 2 versions: 4\.10\.0, 4\.22\.0/);
    } finally {
      project.remove();
    }
  });
});
