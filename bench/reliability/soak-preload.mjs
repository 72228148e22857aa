/**
 * Loaded into a process before the program, which runs with --expose-gc: at SIGUSR2 it collects its garbage and writes
 * what it holds to a file, as JSON.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const file = process.env.LOSSCHECK_BENCH_MEMORY;
const MIB = 2 ** 20;

process.on('SIGUSR2', async () => {
  globalThis.gc();
  await sleep(1);
  // Twice: what the first finds to have no owner may own something itself.
  globalThis.gc();
  const { rss, heapUsed, external } = process.memoryUsage();
  const listeners = process.eventNames().reduce((total, name) => total + process.listenerCount(name), 0);
  writeFileSync(`${file}.part`, JSON.stringify({ rss: rss / MIB, heap: heapUsed / MIB, buffers: external / MIB, handles: process.getActiveResourcesInfo().length, listeners }));
  renameSync(`${file}.part`, file);
});
