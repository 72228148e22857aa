import { afterEach, describe, expect, it, vi } from 'vitest';
import { processTerminal } from '../../src/cli/terminal.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('processTerminal', () => {
  it('sends what others write to stdout to stderr, until that is ended', () => {
    const toStdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const toStderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const end = processTerminal().divertStdout();
    process.stdout.write('noise');
    expect(toStderr).toHaveBeenCalledWith('noise', undefined);
    expect(toStdout).not.toHaveBeenCalled();
    end();
    process.stdout.write('report');
    expect(toStdout).toHaveBeenCalledWith('report');
  });

  it('calls the callback of a diverted write, so that nobody waits for ever', async () => {
    const end = processTerminal().divertStdout();
    await new Promise<void>((resolve) => process.stdout.write('', 'utf8', () => resolve()));
    end();
  });
});
