import type { Readable } from 'node:stream';

/** What a module prints goes to stderr, as stdout belongs to the report; up to a point. */

/** Passed on; the rest is dropped, and one line says so. */
const SHOWN_BYTES = 2 ** 20;
/** Nobody prints this much on purpose. */
export const MOST_MEGABYTES = 64;
/** Enough of the last words of a process to know an allocation failure when it sees one. */
const KEPT_BYTES = 4096;
/** What V8 and Node print before they give up is about themselves, and says nothing that the finding does not. */
const LAST_WORDS = /\n?<--- Last few GCs --->|\n?(#\n)?# Fatal |\n?\s*#  \S+\[\d+\]: |FATAL ERROR: |----- Native stack trace -----/;

export interface Output {
  /** The end of what was printed. */
  tail(): string;
}

/** @param onFlood called once when it is too much */
export function passOn(streams: readonly (Readable | null)[], onFlood: () => void): Output {
  let bytes = 0;
  let tail = '';
  let isDying = false;
  let isFlood = false;
  const onChunk = (chunk: Buffer): void => {
    const shown = Math.max(0, SHOWN_BYTES - bytes);
    bytes += chunk.length;
    tail = (tail + chunk.subarray(-KEPT_BYTES).toString('latin1')).slice(-KEPT_BYTES);
    if (bytes > MOST_MEGABYTES * 2 ** 20) {
      if (!isFlood) onFlood();
      isFlood = true;
      return;
    }
    if (isDying || shown === 0) return;
    const dying = LAST_WORDS.exec(chunk.toString('latin1'));
    isDying = dying !== null;
    process.stderr.write(chunk.subarray(0, Math.min(shown, dying?.index ?? shown)));
    if (chunk.length >= shown) process.stderr.write('\nlosscheck: the module prints more than 1 MB; what follows is not shown\n');
  };
  for (const stream of streams) stream?.on('data', onChunk);
  return { tail: () => tail };
}
