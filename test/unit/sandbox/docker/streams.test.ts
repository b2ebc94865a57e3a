import { PassThrough, Readable, Writable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  copyOutput,
  jsonLines,
  readFramedLine,
  splitOutput,
} from '../../../../src/sandbox/docker/streams.js';

const frame = (stream: number, text: string | Buffer) => {
  const content = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
};

const collector = () => {
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  return { sink, text: () => Buffer.concat(chunks).toString('utf8') };
};

const cut = (bytes: Buffer, at: readonly number[]) => {
  const places = [
    0,
    ...[...new Set(at.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b),
    bytes.length,
  ];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
};

test('framed output is split the same however it was cut on the way', async () => {
  const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.string()), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(frames, fc.array(fc.nat(500), { maxLength: 6 }), async (list, places) => {
      const bytes = Buffer.concat(list.map(([stream, text]) => frame(stream, text)));
      const [out, err] = [collector(), collector()];
      await splitOutput(Readable.from(cut(bytes, places)), out.sink, err.sink);
      const of = (stream: number) => list.flatMap(([to, text]) => (to === stream ? [text] : [])).join('');
      expect(out.text()).toBe(Buffer.from(of(1)).toString());
      expect(err.text()).toBe(Buffer.from(of(2)).toString());
    }),
    { numRuns: 50 },
  );
});

test('framed output that ends within a frame is told as a broken connection, after what came of it', async () => {
  const whole = Buffer.concat([frame(1, 'out'), frame(2, 'error')]);
  for (let length = 0; length <= whole.length; length += 1) {
    const [out, err] = [collector(), collector()];
    const splitting = splitOutput(Readable.from([whole.subarray(0, length)]), out.sink, err.sink);
    if ([0, 11, whole.length].includes(length)) await splitting;
    else await expect(splitting).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect([out.text(), err.text()]).toEqual([
      'out'.slice(0, Math.max(length - 8, 0)),
      'error'.slice(0, Math.max(length - 19, 0)),
    ]);
  }
});

test('output waits for a slow reader, and does not wait for one that left', async () => {
  let release: (() => void) | undefined;
  const slow = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => {
      release = done;
    },
  });
  let ended = false;
  const copying = copyOutput(Readable.from([Buffer.from('a'), Buffer.from('b')]), slow).then(() => {
    ended = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(ended).toBe(false);
  release?.();
  slow.destroy();
  await copying;
  expect(ended).toBe(true);
});

test('the first line is read across frames, and a letter across chunks', async () => {
  const bytes = Buffer.concat([
    frame(1, Buffer.from('{"a":"ü').subarray(0, 7)),
    frame(1, Buffer.from('ü').subarray(1)),
    frame(1, '"}\nrest'),
  ]);
  const input = new PassThrough();
  const reading = readFramedLine(input, 1000);
  for (const byte of bytes) input.write(Buffer.of(byte));
  expect(await reading).toBe('{"a":"ü"}');
});

test('an early end is told in the words of the error stream', async () => {
  await expect(readFramedLine(Readable.from([frame(2, 'no settings\n')]), 1000)).rejects.toThrow(
    'no settings',
  );
  await expect(readFramedLine(Readable.from([]), 1000)).rejects.toThrow('ended without a word');
});

test('a stream that was destroyed before is not waited for', async () => {
  const input = new PassThrough();
  input.destroy();
  await new Promise((resolve) => input.once('close', resolve));
  await expect(readFramedLine(input, 1000)).rejects.toThrow('ended without a word');
});

test('an endless line is refused', async () => {
  const input = new PassThrough();
  const reading = readFramedLine(input, 100);
  input.write(frame(1, 'x'.repeat(101)));
  await expect(reading).rejects.toThrow('longer than 100 bytes');
});

test('JSON lines survive any cut; what is not JSON is passed over', async () => {
  const bytes = Buffer.from('{"a":1}\n\nnonsense\n{"b":"ü"}\r\n{"c":3}');
  for (const size of [1, 3, 1000]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    const values: unknown[] = [];
    for await (const value of jsonLines(Readable.from(chunks))) values.push(value);
    expect(values).toEqual([{ a: 1 }, { b: 'ü' }, { c: 3 }]);
  }
});
