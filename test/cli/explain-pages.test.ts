import { describe, expect, it } from 'vitest';
import { CATALOGUE, FAILURES } from '../../src/contracts/catalogue.ts';
import { CHECKS } from '../../src/checks/index.ts';
import { fakeServices, fakeTerminal, run } from './fakes.ts';
import { services } from '../../src/cli/services.ts';

/** Every name that a report prints after `losscheck explain` must have something to say. */

const real = () => fakeServices(undefined, { checks: services.checks, catalogue: services.catalogue });

describe('explain, with the pages of the package', () => {
  it.each(CHECKS.map((check) => check.id))('shows the page of %s', async (id) => {
    const { exitCode, stdout, stderr } = await run(['explain', id], fakeTerminal(), real());
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^\S.*\n\n\S/);
  });

  it.each(Object.entries(CATALOGUE))('shows the section of %s', async (code, { title }) => {
    const { exitCode, stdout, stderr } = await run(['explain', code], fakeTerminal(), real());
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')[0]).toBe(`${code}: ${title}`);
    expect(stdout.length).toBeGreaterThan(200);
  });

  it.each([...Object.entries(FAILURES).map(([code, { title }]) => [code, title]), ['inconclusive', 'a check could not decide']])('shows the section of %s', async (code = '', title) => {
    const { exitCode, stdout, stderr } = await run(['explain', code], fakeTerminal(), real());
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')[0]).toBe(`${code}: ${title}`);
    expect(stdout.length).toBeGreaterThan(200);
  });
});
