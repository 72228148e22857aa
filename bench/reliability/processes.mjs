import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../support/machine.mjs';

/** Processes as /proc shows them. One is known by its id and the tick it was started in, as ids are used again. */

const DIST = path.join(ROOT, 'dist') + path.sep;
const INIT = 1;
/** Ending a process and closing its pipes takes a moment. */
const REST_MS = 1000;
const POLL_MS = 10;

/** What a process has gone away from meanwhile, or may not be looked at, is not there. */
function fromProc(read, otherwise) {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code)) return otherwise;
    throw error;
  }
}

/** Null for one that has ended, also where nobody has collected it yet. */
function look(pid) {
  const stat = fromProc(() => readFileSync(`/proc/${pid}/stat`, 'utf8'), null);
  if (stat === null) return null;
  // The name before may hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, started] = [fields[0], Number(fields[1]), Number(fields[19])];
  return state === 'Z' || state === 'X' ? null : { pid: Number(pid), parent, started };
}

export function allProcesses() {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(look).filter((found) => found !== null);
}

export const keyOf = ({ pid, started }) => `${pid}:${started}`;

export function descendantsOf(pid, all = allProcesses()) {
  return all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...descendantsOf(child.pid, all)]);
}

export function commandOf({ pid }) {
  return fromProc(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'), '').replaceAll('\0', ' ').trim();
}

/**
 * Counts what a process holds while it rests: again and again, until that is no more than it ever was at rest, or a
 * second has gone by.
 */
export function restOf(pid) {
  const most = { files: 0, processes: 0 };
  return async () => {
    const look = () => ({ files: openFilesOf(pid), processes: descendantsOf(pid).length });
    const isMore = ({ files, processes }) => files > most.files || processes > most.processes;
    let seen = look();
    for (const deadline = Date.now() + REST_MS; Date.now() < deadline && isMore(seen); seen = look()) await sleep(POLL_MS);
    for (const name of Object.keys(most)) most[name] = Math.max(most[name], seen[name]);
    return seen;
  };
}

function openFilesOf(pid) {
  return fromProc(() => readdirSync(`/proc/${pid}/fd`), []).length;
}

/** MiB. */
export function residentOf(pid) {
  return Number(/^VmRSS:\s+(\d+)/m.exec(fromProc(() => readFileSync(`/proc/${pid}/status`, 'utf8'), ''))?.[1] ?? 0) / 1024;
}

/**
 * What runs of a command: whatever it had started when it was last looked at (`known`), has its marker in the
 * environment or works in its folder. And code of this package that nobody waits for: a process in another folder, with
 * another environment, that lost its parent before anyone looked.
 *
 * @param before keys of processes that were there earlier
 */
export function remaining({ known, marker, folder, before }) {
  return allProcesses().filter((found) => {
    if (known.has(keyOf(found))) return true;
    if (found.pid === process.pid || before.has(keyOf(found))) return false;
    const cwd = fromProc(() => readlinkSync(`/proc/${found.pid}/cwd`), '');
    if (cwd === folder || cwd.startsWith(folder + path.sep)) return true;
    if (fromProc(() => readFileSync(`/proc/${found.pid}/environ`, 'latin1'), '').includes(marker)) return true;
    return found.parent === INIT && commandOf(found).includes(DIST);
  });
}

/** Ends a process that is still the one that was found. */
export function end(found) {
  if (look(found.pid)?.started !== found.started) return;
  try {
    process.kill(found.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
