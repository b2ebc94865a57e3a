import { Duplex, PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { encodeFrame, type Frame, FrameReader, kinds, u32 } from '../../../src/vm/frames.js';
import { Switchboard } from '../../../src/vm/switchboard.js';

function switchboard() {
  const toRunner = new PassThrough();
  const reader = new FrameReader();
  const sent: Frame[] = [];
  const link = Duplex.from({
    readable: toRunner,
    writable: new PassThrough().on('data', (chunk: Buffer) => sent.push(...reader.push(chunk))),
  });
  return {
    board: new Switchboard(link),
    sent,
    say: (...frame: Parameters<typeof encodeFrame>) => toRunner.write(encodeFrame(...frame)),
  };
}
const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

test('the machine’s word is its kernel; frames go to the channel they name, until its process has ended', async () => {
  const { board, say } = switchboard();
  say(0, kinds.hello, Buffer.from('Linux 6.1'));
  expect(await board.booted).toBe('Linux 6.1');
  const seen: string[] = [];
  const one = board.open(({ kind }) => seen.push(`one ${kind}`));
  const two = board.open(({ kind }) => seen.push(`two ${kind}`));
  expect(one).not.toBe(two);
  say(two, kinds.output, Buffer.from('x'));
  say(one, kinds.exit, u32(0));
  say(one, kinds.output, Buffer.from('late'));
  await soon();
  expect(seen).toEqual([`two ${kinds.output}`, `one ${kinds.exit}`]);
});

test('a process whose partner is gone gets the end of its input and never waits for a reader', async () => {
  const { board, sent, say } = switchboard();
  const channel = board.open(() => {
    throw new Error('nobody listens any more');
  });
  board.abandon(channel);
  say(channel, kinds.output, Buffer.alloc(10));
  say(channel, kinds.exit, u32(1));
  await soon();
  expect(sent).toEqual([
    { channel, kind: kinds.inputEnd, data: Buffer.alloc(0) },
    { channel, kind: kinds.taken, data: u32(10) },
  ]);
});
