import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ForgedMessage, frameOf, FrameReader, KEY_BYTES } from '../../../src/run/isolation/frames.ts';

const key = randomBytes(KEY_BYTES);
const messages = [{ kind: 'found', ids: ['a#b'] }, { value: NaN, list: [1, -0, Infinity], text: 'é\u{1f600}' }, null, 'x'.repeat(300_000)];

describe('messages on the line', () => {
  it('come out as they went in, cut in any way', () => {
    const bytes = Buffer.concat(messages.map((message, index) => frameOf(message, createSecretKey(key), index)));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 20 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const reader = new FrameReader(key);
        const read = places.flatMap((place, index) => (index === 0 ? [] : [...reader.push(bytes.subarray(places[index - 1], place))]));
        expect(read).toEqual(messages);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it.each([
    ['a word', (): Buffer => Buffer.from('{"kind":"finished","report":{"verdict":"pass"}}\n'.repeat(2))],
    ['another key', () => frameOf(messages[0], randomBytes(KEY_BYTES), 0)],
    ['a message said again', () => Buffer.concat([frameOf(messages[0], key, 0), frameOf(messages[0], key, 0)])],
    ['a message left out', () => frameOf(messages[1], key, 1)],
    ['a length beyond all bounds', () => Buffer.alloc(64, 0xff)],
  ])('%s is forged', (_, bytes) => {
    expect(() => [...new FrameReader(key).push(bytes())]).toThrow(ForgedMessage);
  });

  it('what came before a forged one in the same piece counts', () => {
    const told: unknown[] = [];
    const piece = Buffer.concat([frameOf(messages[0], key, 0), Buffer.alloc(64, 0xff)]);
    const read = (): void => {
      for (const message of new FrameReader(key).push(piece)) told.push(message);
    };
    expect(read).toThrow(ForgedMessage);
    expect(told).toEqual([messages[0]]);
  });

  it('a changed byte anywhere is forged, or a message that never ends', () => {
    const bytes = frameOf(messages[0], key, 0);
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8((changed.readUInt8(index) + 1) % 256, index);
      const read = (): readonly unknown[] => [...new FrameReader(key).push(changed)];
      if (index < 4 && changed.readUInt32LE(0) > bytes.readUInt32LE(0) && changed.readUInt32LE(0) <= 2 ** 28) expect(read()).toEqual([]);
      else expect(read).toThrow(ForgedMessage);
    }
  });
});
