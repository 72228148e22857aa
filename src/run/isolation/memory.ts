import { readFileSync } from 'node:fs';

/**
 * Ends a child that holds more memory than it may. The heap flag of V8 does not count what typed arrays and a native
 * backend hold; the operating system does. On Windows there is only the heap flag.
 */

const EVERY_MS = 50;
/** Where the number has to be asked of another program. */
const EVERY_MS_ASKING = 1000;

/**
 * @param onExceeded called once
 * @returns ends the watch
 */
export function watchMemory(pid: number, megabytes: number, onExceeded: () => void): () => void {
  const limit = megabytes * 2 ** 20;
  let isOver = false;
  const judge = (bytes: number | null): void => {
    if (isOver || bytes === null || bytes <= limit) return;
    isOver = true;
    onExceeded();
  };
  if (process.platform === 'win32') return () => {};
  const timer = process.platform === 'linux' ? setInterval(() => judge(residentOf(pid)), EVERY_MS) : setInterval(() => askForResident(pid, judge), EVERY_MS_ASKING);
  timer.unref();
  return () => {
    isOver = true;
    clearInterval(timer);
  };
}

/** Without the pages of programs and libraries, which are files: a native backend has hundreds of megabytes of those. */
function residentOf(pid: number): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const kilobytes = [...status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB/gm)].map(([, amount]) => Number(amount));
    return kilobytes.length === 0 ? null : kilobytes.reduce((sum, each) => sum + each, 0) * 1024;
  } catch {
    // It has ended: whoever waits for it is told so by its own event.
    return null;
  }
}

function askForResident(pid: number, judge: (bytes: number | null) => void): void {
  const { execFile } = process.getBuiltinModule('node:child_process');
  execFile('ps', ['-o', 'rss=', '-p', String(pid)], (error, stdout) => judge(error === null ? Number(stdout) * 1024 : null));
}
