import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  decodeFields,
  encodeFields,
  encodeFrame,
  FrameReader,
  kinds,
  mostFrameBytes,
  u32,
  windowBytes,
} from '../../../src/vm/frames.js';
import { repositoryRoot } from '../../support/repository.js';

test('frames come out whole, whatever chunks they came in', () => {
  const frames = [
    { channel: 0, kind: kinds.hello, data: Buffer.from('Linux') },
    { channel: 7, kind: kinds.inputEnd, data: Buffer.alloc(0) },
    { channel: 2 ** 32 - 1, kind: kinds.output, data: Buffer.alloc(3_000, 'x') },
  ];
  const bytes = Buffer.concat(frames.map(({ channel, kind, data }) => encodeFrame(channel, kind, data)));
  for (const size of [1, 5, 12, 13, 2_000, bytes.length]) {
    const reader = new FrameReader();
    const seen = [];
    for (let at = 0; at < bytes.length; at += size) seen.push(...reader.push(bytes.subarray(at, at + size)));
    expect(seen, `${size} bytes at a time`).toEqual(frames);
  }
});

test('a frame that is too long is refused before it is held', () => {
  const head = u32(1, kinds.output, mostFrameBytes + 1);
  expect(() => new FrameReader().push(head)).toThrow(RangeError);
});

test('fields keep their order, their letters and every byte of their text', () => {
  const fields = [
    ['a', 'sh'],
    ['a', ''],
    ['e', 'X=ä\n"\''],
    ['t', '24 80'],
  ] as const;
  expect(decodeFields(encodeFields(fields))).toEqual(fields);
  expect(() => encodeFields([['e', 'x'.repeat(mostFrameBytes)]])).toThrow(RangeError);
});

test('the machine’s own program knows the same numbers', () => {
  const header = readFileSync(join(repositoryRoot, 'images/vm/machine.h'), 'utf8');
  const inHeader = Object.fromEntries(
    [...header.matchAll(/^ {2}FRAME_([A-Z_]+) = (\d+),$/gm)].map(([, name, number]) => [
      name,
      Number(number),
    ]),
  );
  const here = Object.fromEntries(
    Object.entries(kinds).map(([name, number]) => [name.replace(/[A-Z]/g, '_$&').toUpperCase(), number]),
  );
  expect(inHeader).toEqual(here);
  expect(header).toContain(
    `FRAME_MOST = ${mostFrameBytes / 1024} * 1024, WINDOW = ${windowBytes / 1024} * 1024`,
  );
});
