import { createHmac, timingSafeEqual, type Hmac, type KeyObject } from 'node:crypto';
import { DefaultSerializer, deserialize, Serializer } from 'node:v8';

/**
 * How messages cross between this process and that of a user's module: length, digest, contents. The digest is made
 * with a key that only the two ends know and with the number of the message, so that nothing that a module writes on
 * the line by itself is taken for a message.
 *
 * The functions are those that there were before any module ran: the end in the child goes on after one has.
 */

/** The line of a child: the first descriptor after stdin, stdout and stderr. */
export const LINE_FD = 3;

const LENGTH_BYTES = 4;
const DIGEST_BYTES = 32;
export const KEY_BYTES = 32;

/** No report comes near it. */
const LARGEST_MESSAGE = 256 * 2 ** 20;

const { apply } = Reflect;
const OwnSerializer = DefaultSerializer;
const { writeHeader, writeValue, releaseBuffer } = Serializer.prototype;
const hmac = createHmac;
const { update, digest } = createHmac('sha256', 'any').constructor.prototype as Hmac;
const { alloc, concat, from } = Buffer;
const { writeUInt32LE } = Buffer.prototype;

/** One message as it goes over the line. @param index how many went before it */
export function frameOf(message: unknown, key: KeyObject | Buffer, index: number): Buffer {
  const serializer = new OwnSerializer();
  apply(writeHeader, serializer, []);
  apply(writeValue, serializer, [message]);
  const contents = apply(releaseBuffer, serializer, []);
  const length = alloc(LENGTH_BYTES);
  apply(writeUInt32LE, length, [contents.length]);
  return apply(concat, Buffer, [[length, digestOf(contents, key, index), contents]]);
}

function digestOf(contents: Buffer, key: KeyObject | Buffer, index: number): Buffer {
  const made = hmac('sha256', key);
  apply(update as (data: string | Buffer) => Hmac, made, [apply(from as (text: string) => Buffer, Buffer, [`${index} `])]);
  apply(update as (data: string | Buffer) => Hmac, made, [contents]);
  return apply(digest as () => Buffer, made, []);
}

/** Whoever wrote on the line does not have its key. */
export class ForgedMessage extends Error {
  override readonly name = 'ForgedMessage';
}

/** Puts together again what comes over the line in pieces of any size. */
export class FrameReader {
  readonly #key: Buffer;
  #pending: Buffer[] = [];
  #bytes = 0;
  #index = 0;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /**
   * The messages that are whole by now, one after the other: those that came before a forged one count.
   *
   * @throws ForgedMessage on the way
   */
  push(chunk: Buffer): Iterable<unknown> {
    this.#pending.push(chunk);
    this.#bytes += chunk.length;
    return this.#messages();
  }

  *#messages(): Generator<unknown> {
    for (let contents = this.#next(); contents !== null; contents = this.#next()) yield deserialize(contents);
  }

  #next(): Buffer | null {
    if (this.#bytes < LENGTH_BYTES + DIGEST_BYTES) return null;
    const length = this.#peek(LENGTH_BYTES).readUInt32LE(0);
    if (length > LARGEST_MESSAGE) throw new ForgedMessage('a message of an impossible length');
    const whole = LENGTH_BYTES + DIGEST_BYTES + length;
    if (this.#bytes < whole) return null;
    const all = this.#peek(whole);
    this.#pending = all.length === whole ? [] : [all.subarray(whole)];
    this.#bytes -= whole;
    const contents = all.subarray(LENGTH_BYTES + DIGEST_BYTES, whole);
    if (!timingSafeEqual(digestOf(contents, this.#key, this.#index++), all.subarray(LENGTH_BYTES, LENGTH_BYTES + DIGEST_BYTES))) throw new ForgedMessage('a message without the right digest');
    return contents;
  }

  /** The first bytes in one piece. Joined once for each message, not for each piece. */
  #peek(bytes: number): Buffer {
    const [first] = this.#pending;
    if (first !== undefined && first.length >= bytes) return first;
    const joined = Buffer.concat(this.#pending);
    this.#pending = [joined];
    return joined;
  }
}
