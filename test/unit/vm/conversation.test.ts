import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { Conversation } from '../../../src/vm/conversation.js';
import { kinds, u32, windowBytes } from '../../../src/vm/frames.js';

function conversing(stdin?: PassThrough) {
  const sent: { kind: number; data: Buffer }[] = [];
  const written: (() => void)[] = [];
  const out: Buffer[] = [];
  // A reader that takes a chunk only when told to.
  const stdout = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      out.push(chunk);
      written.push(done);
    },
  });
  const talk = new Conversation({ stdin, stdout, stderr: new PassThrough() }, (kind, data) =>
    sent.push({ kind, data: Buffer.from(data) }),
  );
  return { talk, sent, written, out };
}
const soon = () => new Promise((resolve) => setImmediate(resolve));

test('output is acknowledged when it was taken, and the exit waits for it', async () => {
  const { talk, sent, written, out } = conversing();
  let code: number | undefined;
  void talk.ended.then((value) => {
    code = value;
  });
  talk.take({ channel: 1, kind: kinds.output, data: Buffer.from('abc') });
  talk.take({ channel: 1, kind: kinds.exit, data: u32(7) });
  await soon();
  expect({ code, sent, hasEnded: talk.hasEnded }).toEqual({ code: undefined, sent: [], hasEnded: true });
  written[0]?.();
  await soon();
  expect(Buffer.concat(out).toString()).toBe('abc');
  expect(sent).toEqual([{ kind: kinds.taken, data: u32(3) }]);
  expect(code).toBe(7);
});

test('input stops at the window and goes on when the machine has taken some', async () => {
  const stdin = new PassThrough({ highWaterMark: 4 * windowBytes });
  const { talk, sent } = conversing(stdin);
  talk.open();
  const bytes = () =>
    sent.filter(({ kind }) => kind === kinds.input).reduce((sum, { data }) => sum + data.length, 0);
  for (let at = 0; at < 8; at += 1) stdin.write(Buffer.alloc(windowBytes / 4));
  stdin.end();
  await soon();
  expect(bytes()).toBe(windowBytes);
  talk.take({ channel: 1, kind: kinds.taken, data: u32(windowBytes) });
  await soon();
  expect(bytes()).toBe(2 * windowBytes);
  talk.take({ channel: 1, kind: kinds.taken, data: u32(windowBytes) });
  await soon();
  expect(sent.at(-1)).toMatchObject({ kind: kinds.inputEnd });
});

test('sizes and signals are passed on', () => {
  const { talk, sent } = conversing();
  talk.resize(33, 99);
  talk.signal(15);
  expect(sent).toEqual([
    { kind: kinds.resize, data: u32(33, 99) },
    { kind: kinds.signal, data: u32(15) },
  ]);
});
