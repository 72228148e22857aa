import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runTasks, type Task } from '../../src/run/many/pool.ts';

/** Tasks that end when they are told to, so that no test depends on the clock. */
function controlled(count: number) {
  const begun: number[] = [];
  const ends: { resolve: (value: number) => void; reject: (error: Error) => void }[] = [];
  const signals: AbortSignal[] = [];
  const tasks = Array.from({ length: count }, (_, index): Task<number> => (signal) => {
    begun.push(index);
    signals[index] = signal;
    return new Promise((resolve, reject) => {
      ends[index] = { resolve, reject };
    });
  });
  return { begun, ends, signals, tasks };
}

const turn = (): Promise<void> => sleep(0);

describe('tasks side by side', () => {
  it('come back in their order, whichever is first to end', async () => {
    const { ends, tasks } = controlled(3);
    const results = runTasks(tasks, 3);
    for (const index of [2, 0, 1]) ends[index]?.resolve(index * 10);
    expect(await results).toEqual([0, 10, 20]);
  });

  it('are never more than allowed, and the next begins as soon as one ends', async () => {
    const { begun, ends, tasks } = controlled(4);
    const results = runTasks(tasks, 2);
    expect(begun).toEqual([0, 1]);
    ends[1]?.resolve(1);
    await turn();
    expect(begun).toEqual([0, 1, 2]);
    for (const index of [0, 2]) ends[index]?.resolve(index);
    await turn();
    ends[3]?.resolve(3);
    expect(await results).toEqual([0, 1, 2, 3]);
  });

  it('fail with the first error in order, not in time, and stop what comes after it', async () => {
    const { begun, ends, signals, tasks } = controlled(5);
    const results = runTasks(tasks, 3);
    ends[2]?.reject(new Error('third'));
    await turn();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false, false]);
    ends[1]?.reject(new Error('second'));
    ends[0]?.resolve(0);
    await expect(results).rejects.toThrow('second');
    expect(begun).toEqual([0, 1, 2]);
  });

  it('tell the later ones that are under way', async () => {
    const { ends, signals, tasks } = controlled(3);
    const results = runTasks(tasks, 3);
    ends[0]?.reject(new Error('first'));
    await turn();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true, true]);
    ends[1]?.resolve(1);
    ends[2]?.resolve(2);
    await expect(results).rejects.toThrow('first');
  });

  it('are none for an empty list', async () => {
    expect(await runTasks([], 4)).toEqual([]);
  });
});

describe('tasks that are stopped from outside', () => {
  it('hear of it, and no other is begun', async () => {
    const { begun, ends, signals, tasks } = controlled(3);
    const stop = new AbortController();
    const results = runTasks(tasks, 2, stop.signal);
    stop.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    for (const end of ends) end.resolve(1);
    await results;
    expect(begun).toEqual([0, 1]);
  });
});
