import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startProgress } from '../../src/cli/progress.ts';
import { fakeTerminal } from './fakes.ts';

const PROGRESS = { done: 2, total: 9, loss: 'myloss.ts#focal', check: 'gradient-match' };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('startProgress', () => {
  it('is silent for a run that is over within a second', () => {
    const terminal = fakeTerminal({ stderrIsTty: true });
    const line = startProgress(terminal);
    line.update(PROGRESS);
    vi.advanceTimersByTime(900);
    line.end();
    vi.advanceTimersByTime(1000);
    expect(terminal.written.error).toBe('');
  });

  it('shows one line after a second, redraws it and erases it', () => {
    const terminal = fakeTerminal({ stderrIsTty: true });
    const line = startProgress(terminal);
    line.update(PROGRESS);
    vi.advanceTimersByTime(1000);
    line.update({ ...PROGRESS, done: 3, check: null });
    line.end();
    expect(terminal.written.error.split('\r\u001b[2K')).toEqual([
      '',
      '2 of 9 losses done, myloss.ts#focal: gradient-match',
      '3 of 9 losses done, myloss.ts#focal',
      '',
    ]);
  });

  it('fits the terminal', () => {
    const terminal = fakeTerminal({ stderrIsTty: true, stderrColumns: 20 });
    const line = startProgress(terminal);
    line.update(PROGRESS);
    vi.advanceTimersByTime(1000);
    expect(terminal.written.error).toBe('\r\u001b[2K2 of 9 losses done…');
  });

  it('writes nothing when stderr is no terminal', () => {
    const terminal = fakeTerminal();
    const line = startProgress(terminal);
    line.update(PROGRESS);
    vi.advanceTimersByTime(5000);
    line.end();
    expect(terminal.written.error).toBe('');
  });
});
