import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createChildSupply } from '../../src/run/many/child-supply.ts';
import { startChild } from '../../src/run/spawn.ts';

async function end(...children: readonly ChildProcess[]): Promise<void> {
  await Promise.all(children.map(async (child) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }));
}

describe('the supply of child processes', () => {
  it('gives another process each time, and one that was given back unused again', async () => {
    const supply = createChildSupply(() => false);
    const [first, second] = [supply.take(), supply.take()];
    expect(first.pid).not.toBe(second.pid);
    supply.giveBack(first);
    expect(supply.take()).toBe(first);
    await end(first, second);
    supply.close();
  });

  it('does not give one that has ended while it waited', async () => {
    const supply = createChildSupply(() => false);
    const first = supply.take();
    supply.giveBack(first);
    await end(first);
    const second = supply.take();
    expect(second).not.toBe(first);
    supply.giveBack(first);
    const third = supply.take();
    expect(third).not.toBe(first);
    await end(second, third);
  });

  it('starts the next one ahead when there is more to come, and ends it when it closes', async () => {
    const started: ChildProcess[] = [];
    const start = (): ChildProcess => {
      const child = startChild();
      started.push(child);
      return child;
    };
    const more = [true, false];
    const supply = createChildSupply(() => more.shift() ?? true, start);
    const first = supply.take();
    expect(started).toHaveLength(2);
    const second = supply.take();
    expect([second === started[1], started.length]).toEqual([true, 2]);
    supply.giveBack(second);
    const ended = once(second, 'exit');
    supply.close();
    expect((await ended)[1]).toBe('SIGKILL');
    await end(first);
  });
});
