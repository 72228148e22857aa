/** The part of a terminal's input that keys need. */
interface KeyInput {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
  on(event: 'data', listener: (bytes: Buffer) => void): unknown;
  off(event: 'data', listener: (bytes: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

const CTRL_C = '\u0003';
const ESCAPE = '\u001b';

/**
 * Reads single keys from the terminal. In raw mode the terminal hands Ctrl-C over as a key: it becomes the signal
 * again that it is everywhere else.
 *
 * @returns what gives the terminal back as it was; null where there is none
 */
export function readKeys(onKey: (key: string) => void, input: KeyInput = process.stdin): (() => void) | null {
  if (input.isTTY !== true || input.setRawMode === undefined) return null;
  const listen = (bytes: Buffer): void => {
    const typed = bytes.toString('utf8');
    // Arrows and the like arrive as an escape sequence, whose letters nobody typed.
    if (typed.startsWith(ESCAPE)) return;
    for (const key of typed) {
      if (key === CTRL_C) process.kill(process.pid, 'SIGINT');
      else onKey(key);
    }
  };
  const release = (): void => {
    process.off('exit', release);
    input.off('data', listen);
    input.setRawMode?.(false);
    input.pause();
  };
  input.setRawMode(true);
  input.on('data', listen);
  input.resume();
  process.once('exit', release);
  return release;
}
