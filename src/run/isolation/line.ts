import { createSecretKey, type KeyObject } from 'node:crypto';
import fs from 'node:fs';
import { z } from 'zod';
import { requestSchema, type Event, type Request } from '../messages.ts';
import { frameOf, FrameReader, KEY_BYTES, LINE_FD } from './frames.ts';

/** The end of the line that lies in the process of a user's module. */
export interface Line {
  readonly request: Request;
  /** Names of environment variables that were kept back. */
  readonly withheld: readonly string[];
  /** See `Access`. */
  readonly listed: readonly string[];
  readonly keptBack: readonly string[];
  /** Nothing of a user runs here: this process may write down its compiled code. */
  readonly keepsCode: boolean;
  /** Returns when the message is on its way: the next thing that this process does may be its end. */
  post(event: Event): void;
}

const openingSchema = z.object({ request: requestSchema, withheld: z.array(z.string()), listed: z.array(z.string()), keptBack: z.array(z.string()), keepsCode: z.boolean() });

// Kept before the module runs: it may replace any of them.
const { readSync, writeSync } = fs;
const write = writeSync as (fd: number, data: Uint8Array, offset: number, length: number) => number;

/** Milliseconds until a line that is full is tried again. */
const FULL_MS = 1;
const waiting = new Int32Array(new SharedArrayBuffer(4));
const { wait } = Atomics;

/** Waits for the request. @returns null when the parent ended before it had asked */
export function openLine(): Line | null {
  const key = readExactly(KEY_BYTES);
  if (key === null) return null;
  const reader = new FrameReader(key);
  const opening = nextMessage(reader);
  if (opening === null) return null;
  const { request, withheld, listed, keptBack, keepsCode } = openingSchema.parse(opening);
  const secret: KeyObject = createSecretKey(key);
  key.fill(0);
  let sent = 0;
  return { request, withheld, listed, keptBack, keepsCode, post: (event) => writeAll(frameOf(event, secret, sent++)) };
}

function nextMessage(reader: FrameReader): unknown {
  const chunk = Buffer.alloc(2 ** 16);
  for (;;) {
    const bytes = read(chunk, chunk.length);
    if (bytes === 0) return null;
    const [message] = reader.push(Buffer.from(chunk.subarray(0, bytes)));
    if (message !== undefined) return message;
  }
}

function readExactly(length: number): Buffer | null {
  const bytes = Buffer.alloc(length);
  for (let filled = 0; filled < length; ) {
    const part = bytes.subarray(filled);
    const count = read(part, part.length);
    if (count === 0) return null;
    filled += count;
  }
  return bytes;
}

function read(into: Buffer, length: number): number {
  return again(() => readSync(LINE_FD, into, 0, length, null));
}

function writeAll(bytes: Buffer): void {
  const { length } = bytes;
  for (let written = 0; written < length; ) written += again(() => write(LINE_FD, bytes, written, length - written));
}

/** The line may be one that does not block: then it says so, and is asked again. */
function again(attempt: () => number): number {
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      wait(waiting, 0, 0, FULL_MS);
    }
  }
}
