import { describe, expect, it } from 'vitest';
import type { DoctorReport } from '../../src/contracts/doctor.ts';
import { renderDoctor } from '../../src/reporters/doctor.ts';
import { healthy } from './sample-doctor.ts';

const render = (report: DoctorReport, color = false) => renderDoctor(report, { color, quiet: false, verbose: false, width: 80, root: '' });

describe('doctor, for a person', () => {
  it('says what there is', () => {
    expect(render(healthy)).toBe(`losscheck 1.2.3
✓ Node.js       22.11.0 on linux x64; needed: >=20.19
✓ compiler      esbuild 0.28.2 compiles TypeScript
✓ float64       TensorFlow.js 4.22.0 on cpu, self-test passed; judges gradients
✓ float32       TensorFlow.js 4.22.0 on tensorflow, self-test passed; judges
                edges, as in production
✓ backends      node: works, and --backend auto takes it
                wasm: works, on request; it lacks operations that losses use
                cpu: works, on request
✓ this project  4.22.0 in node_modules/@tensorflow: tfjs-core
✓ cache         node_modules/.cache/losscheck can be written
✓ isolation     node --permission refuses a module: reading a file, writing a
                file, starting a process, starting a worker
                memory is limited in all that its process holds; its process
                ends with losscheck
                not refused by Node: the network (seen and stopped in JavaScript
                only); no defence against a determined attacker: SECURITY.md
✓ config        losscheck.config.ts

✓ losscheck can verify losses here
`);
  });

  it('says what is wrong and how to mend it, errors and warnings apart', () => {
    const text = render({
      ...healthy,
      compiler: null,
      engines: null,
      backends: [{ name: 'node', chosen: false, problem: 'its process ended with signal SIGILL', fix: null }],
      packages: [],
      cache: { folder: '/x', writable: false },
      config: null,
      problems: [
        { severity: 'error', about: 'compiler', message: 'esbuild does not work', fix: 'Install again.' },
        { severity: 'warning', about: 'cache', message: 'the cache cannot be written', fix: 'Make it writable.' },
      ],
      exitCode: 3,
    });
    for (const line of ['✗ compiler      does not work', '✗ float64       no engine', '✗ backends      node: cannot be used, its process ended with signal SIGILL', '- this project  no TensorFlow.js installed; losscheck brings its own', '! cache         /x cannot be written', '- config        none; `losscheck init` writes one']) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).toContain(`
✗ esbuild does not work.
  fix  Install again.

! the cache cannot be written.
  fix  Make it writable.

✗ losscheck cannot verify losses here: 1 error, with 1 warning
`);
  });

  it('steers no terminal by what packages are called, and writes no colours unless asked', () => {
    const odd = { ...healthy, packages: [{ name: '@tensorflow/tfjs-\u001b[31mx', version: '1\u0007', path: 'a/b' }] };
    for (const control of ['\u001b', '\u0007']) expect(render(odd)).not.toContain(control);
    expect(render(healthy, true)).toContain('\u001b[32m✓\u001b[39m losscheck can');
  });
});
