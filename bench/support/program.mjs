import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './machine.mjs';

/** Whole processes, from outside. */

const LOSSCHECK = path.join(ROOT, 'bin', 'losscheck.js');
const POLL_MS = 10;

/** The command line of losscheck: `[command, args]`. */
export function losscheck(...args) {
  return [process.execPath, [LOSSCHECK, ...args]];
}

export function hasFlag(flag) {
  const [command, args] = losscheck('verify', '--help');
  return spawnSync(command, args, { encoding: 'utf8' }).stdout.includes(flag);
}

/** Seconds of a process from start to end, for `alternate`. A code other than 0 is a failure of the measurement. */
export async function timed([command, args], { env = {}, limit, cwd = ROOT }) {
  const started = performance.now();
  const { code, signal, said } = await ended(spawn(command, args, options(env, cwd)), limit);
  const value = (performance.now() - started) / 1000;
  return code === 0 ? { value } : failure(code, signal, said);
}

/**
 * Peak memory of a process and all that it starts, in MiB, for `alternate`: the largest sum of their resident sets,
 * looked at every 10 ms. Pages that several of them share count for each. Only where there is a /proc.
 */
export async function peakMemory([command, args], { env = {}, limit, cwd = ROOT }) {
  if (process.platform !== 'linux') return { error: 'needs /proc' };
  const child = spawn(command, args, options(env, cwd));
  let value = 0;
  const timer = setInterval(() => {
    value = Math.max(value, residentOf(child.pid) / 1024);
  }, POLL_MS);
  const { code, signal, said } = await ended(child, limit);
  clearInterval(timer);
  return code === 0 ? { value } : failure(code, signal, said);
}

function options(env, cwd) {
  // A group of its own: when it takes too long, all that it has started ends with it.
  return { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env }, detached: true };
}

const running = new Set();

/** The group of a process that has been waited for is gone already. */
function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

process.on('SIGINT', () => {
  for (const pid of running) endGroup(pid);
  process.exit(130);
});

function failure(code, signal, said) {
  if (signal === 'SIGKILL') return { over: true };
  return { error: `exit code ${code ?? signal}: ${said.trim().split('\n').at(-1) ?? ''}` };
}

function ended(child, limit) {
  return new Promise((resolve, reject) => {
    let said = '';
    running.add(child.pid);
    const timer = setTimeout(endGroup, limit * 1000, child.pid);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        said = `${said}${text}`.slice(-4000);
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      running.delete(child.pid);
      resolve({ code, signal, said });
    });
  });
}

/** Kilobytes, of a process and its descendants; nothing for one that has ended meanwhile. */
function residentOf(pid) {
  const resident = Number(/^VmRSS:\s+(\d+)/m.exec(fromProc(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? '')?.[1] ?? 0);
  // A process belongs to the thread that started it.
  const threads = fromProc(() => readdirSync(`/proc/${pid}/task`)) ?? [];
  const children = threads.flatMap((thread) => (fromProc(() => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')) ?? '').split(' '));
  return children.filter((child) => child !== '').reduce((total, child) => total + residentOf(child), resident);
}

function fromProc(read) {
  try {
    return read();
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return null;
    throw error;
  }
}
