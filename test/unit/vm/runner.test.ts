import { Duplex, PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import {
  decodeFields,
  encodeFields,
  encodeFrame,
  type Frame,
  FrameReader,
  kinds,
  u32,
} from '../../../src/vm/frames.js';
import type { MachineRequest } from '../../../src/vm/requests.js';
import { serve, sizeOf } from '../../../src/vm/runner.js';
import { Switchboard } from '../../../src/vm/switchboard.js';

const main = {
  argv: ['agent'],
  environment: { HOME: '/home/agent' },
  user: '1000:100',
  workingDir: '/workspace',
} as unknown as MachineRequest['main'];
const soon = () => new Promise((resolve) => setTimeout(resolve, 10));

/** A stream between two parties: what we write arrives there, and the frames written there arrive here. */
function end() {
  const incoming = new PassThrough();
  const reader = new FrameReader();
  const frames: Frame[] = [];
  const outgoing = new PassThrough().on('data', (chunk: Buffer) => frames.push(...reader.push(chunk)));
  return { stream: Duplex.from({ readable: incoming, writable: outgoing }), incoming, frames };
}

test('an exec is completed from the main process, gets its frames on its own channel, and its end', async () => {
  const [machine, client] = [end(), end()];
  serve(client.stream, new Switchboard(machine.stream), main);
  const request = { argv: ['ls'], environment: {}, hasTerminal: false, hasStdin: false };
  client.incoming.write(encodeFrame(0, kinds.start, encodeFields([['j', JSON.stringify({ request })]])));
  client.incoming.write(encodeFrame(0, kinds.input, Buffer.from('in')));
  await soon();
  const [start, input] = machine.frames;
  expect(decodeFields(start?.data ?? Buffer.alloc(0))).toContainEqual(['u', '1000:100']);
  expect(input).toMatchObject({ channel: start?.channel, kind: kinds.input });
  machine.incoming.write(encodeFrame(start?.channel ?? 0, kinds.error, Buffer.from('e')));
  machine.incoming.write(encodeFrame(start?.channel ?? 0, kinds.exit, u32(3)));
  await soon();
  expect(client.frames).toEqual([
    { channel: 0, kind: kinds.error, data: Buffer.from('e') },
    { channel: 0, kind: kinds.exit, data: u32(3) },
  ]);
});

test('a terminal without a size yet has none', () => {
  expect(sizeOf({ rows: 0, columns: 0 } as never)).toBeUndefined();
  expect(sizeOf({ rows: 33, columns: 99 } as never)).toEqual({ rows: 33, columns: 99 });
});
