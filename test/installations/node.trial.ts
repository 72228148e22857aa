import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOSS, notPassed, Project, WRONG } from './project.ts';

/** The versions of Node.js that losscheck is for, with the native backend and without it. */

const RELEASES = [20, 22, 24];
/** From here on, Node lacks a function that tfjs-node calls. */
const WITHOUT_IS_NULL = 23;

describe.each(RELEASES)('Node.js %s', (release) => {
  // The package `node` fetches one of these by an install script.
  const name = `node-${process.platform}-${process.arch}`;
  const programs = new Project([`${name}@${release}`]);
  const program = path.join(programs.folder, 'node_modules', name, 'bin', 'node');
  afterAll(() => programs.remove());

  describe.each(['with', 'without'])('%s the native backend', (which) => {
    let project: Project;
    const backend = which === 'with' ? 'tensorflow' : 'cpu';
    beforeAll(() => {
      project = new Project(which === 'with' ? ['@tensorflow/tfjs-node@4.22.0'] : [], { 'loss.ts': LOSS, 'wrong.ts': WRONG });
      if (which === 'with') project.addNativeBackend();
    });
    afterAll(() => project.remove());

    it('verifies a loss in a process of its own', async () => {
      const { code, stderr, report } = await project.verify(['loss.ts', '--strict'], program);
      expect([code, notPassed(report)]).toEqual([0, []]);
      expect(report.engines.production).toMatchObject({ backend, tfjs: '4.22.0' });
      expect(stderr).toBe('');
    });

    it('finds a wrong gradient', async () => {
      expect((await project.verify(['wrong.ts'], program)).code).toBe(1);
    });

    it('passes every built-in loss', async () => {
      const { code, report } = await project.verify(['--all', '--strict'], program);
      expect([code, notPassed(report)]).toEqual([0, []]);
      expect(report.engines.production.backend).toBe(backend);
    });

    it('has a doctor that finds nothing wrong, and says what the native backend lacks here', async () => {
      const { code, stdout } = await project.losscheck(['doctor', '--reporter', 'json'], program);
      const { node, engines } = JSON.parse(stdout) as { node: { version: string }; engines: { production: { backend: string }; notes?: { message: string }[] } };
      expect([code, engines.production.backend]).toEqual([0, backend]);
      expect(node.version).toMatch(new RegExp(`^${release}\\.`));
      const isTold = (engines.notes ?? []).some(({ message }) => message.includes('util.isNullOrUndefined'));
      expect(isTold).toBe(which === 'with' && release >= WITHOUT_IS_NULL);
    });
  });
});
