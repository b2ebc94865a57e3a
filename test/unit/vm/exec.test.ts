import { mkdtempSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { execInMachine } from '../../../src/vm/exec.js';
import { decodeFields, encodeFrame, FrameReader, kinds, u32 } from '../../../src/vm/frames.js';

const request = { argv: ['true'], environment: {}, hasTerminal: false, hasStdin: false };

/** A runner that answers a start with what `answer` does. */
async function runnerThat(answer: (client: Socket, asked: unknown) => void): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), 'tradebox-exec-')), 'exec.sock');
  const server = createServer((client) => {
    const reader = new FrameReader();
    client.on('data', (chunk) => {
      for (const { kind, data } of reader.push(chunk)) {
        if (kind === kinds.start) answer(client, JSON.parse(decodeFields(data)[0]?.[1] ?? ''));
      }
    });
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}
const streams = () => ({ stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() });

test('it asks for the process, writes what it says and ends with its code', async () => {
  let seen: unknown;
  const path = await runnerThat((client, asked) => {
    seen = asked;
    client.write(encodeFrame(0, kinds.output, Buffer.from('out')));
    client.end(encodeFrame(0, kinds.exit, u32(7)));
  });
  const mine = streams();
  expect(await execInMachine(request, mine as never, path)).toBe(7);
  expect(mine.stdout.read().toString()).toBe('out');
  expect(seen).toEqual({ request });
});

test('a machine that ends under it is an error, not an exit code', async () => {
  const path = await runnerThat((client) => client.destroy());
  await expect(execInMachine(request, streams() as never, path)).rejects.toThrow('the machine ended');
});
