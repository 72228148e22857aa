import { once } from 'node:events';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createChildSupply } from '../../src/run/many/child-supply.ts';
import { startChild, type Child } from '../../src/run/isolation/child-process.ts';
import { USUAL, type Confinement } from '../../src/run/isolation/confinement.ts';

const FROM = path.resolve('fixtures/losses/good/chamfer.ts');

async function end(...children: readonly Child[]): Promise<void> {
  await Promise.all(children.map(async ({ process: child }) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }));
}

describe('the supply of child processes', () => {
  it('gives another process each time, and one that was given back unused again', async () => {
    const supply = createChildSupply(USUAL, () => false);
    const [first, second] = [supply.take(FROM), supply.take(FROM)];
    expect(first.process.pid).not.toBe(second.process.pid);
    supply.giveBack(first);
    expect(supply.take(FROM)).toBe(first);
    await end(first, second);
    supply.close();
  });

  it('does not give one that has ended while it waited', async () => {
    const supply = createChildSupply(USUAL, () => false);
    const first = supply.take(FROM);
    supply.giveBack(first);
    await end(first);
    const second = supply.take(FROM);
    expect(second).not.toBe(first);
    supply.giveBack(first);
    const third = supply.take(FROM);
    expect(third).not.toBe(first);
    await end(second, third);
  });

  it('starts the next one ahead when there is more to come, and ends it when it closes', async () => {
    const started: Child[] = [];
    const start = (confinement: Confinement): Child => {
      const child = startChild(confinement);
      started.push(child);
      return child;
    };
    const more = [true, false];
    const supply = createChildSupply(USUAL, () => more.shift() ?? true, start);
    const first = supply.take(FROM);
    expect(started).toHaveLength(2);
    const second = supply.take(FROM);
    expect([second === started[1], started.length]).toEqual([true, 2]);
    supply.giveBack(second);
    const ended = once(second.process, 'exit');
    supply.close();
    expect((await ended)[1]).toBe('SIGKILL');
    await end(first);
  });
});
