import { existsSync } from 'node:fs';
import type { DoctorProblem, DoctorReport } from '../../contracts/doctor.ts';
import { permissionFlag } from '../isolation/confinement.ts';

/** What a module would be kept from, as far as this can be tried: each is attempted under the flag that modules run under. */
const ATTEMPTS = {
  'reading a file': `require('node:fs').readFileSync(process.execPath)`,
  'writing a file': `require('node:fs').writeFileSync(require('node:path').join(require('node:os').tmpdir(), 'losscheck-doctor-' + process.pid), '')`,
  'starting a process': `require('node:child_process').spawnSync(process.execPath, ['--version'])`,
  'starting a worker': `new (require('node:worker_threads').Worker)('', { eval: true })`,
} as const;

const SCRIPT = `const done = [];
for (const [name, code] of ${JSON.stringify(Object.entries(ATTEMPTS))}) {
  try { new Function('require', code)(require); done.push(name); } catch (error) { if (error.code !== 'ERR_ACCESS_DENIED') done.push(name + ' (' + error.message + ')'); }
}
process.stdout.write(JSON.stringify(done));
process.exit(0);`;

const TIMEOUT_MS = 30_000;

/** Tries whether Node refuses what it is asked to refuse. */
export async function tryIsolation(): Promise<DoctorReport['isolation']> {
  const flag = permissionFlag();
  const { execFile } = process.getBuiltinModule('node:child_process');
  const said = await new Promise<string | Error>((resolve) => {
    execFile(process.execPath, [flag, '-e', SCRIPT], { timeout: TIMEOUT_MS, env: {} }, (error, stdout) => resolve(error ?? stdout));
  });
  const allowed = said instanceof Error ? [said.message.split('\n', 1)[0] ?? said.message] : (JSON.parse(said) as string[]);
  return {
    flag,
    refused: Object.keys(ATTEMPTS).filter((name) => !allowed.some((each) => each.startsWith(name)) && !(said instanceof Error)),
    notRefused: allowed,
    memory: process.platform === 'win32' ? 'heap' : 'resident',
    orphans: process.platform !== 'win32' && existsSync('/bin/sh') ? 'ended' : 'may survive a kill of losscheck',
  };
}

export function problemsOfIsolation({ notRefused, flag }: DoctorReport['isolation']): readonly DoctorProblem[] {
  if (notRefused.length === 0) return [];
  return [{
    severity: 'warning',
    about: 'isolation',
    message: `node ${flag} does not refuse: ${notRefused.join(', ')}`,
    fix: 'Check no code that you do not trust with this Node.js; install a current release: https://nodejs.org',
  }];
}
