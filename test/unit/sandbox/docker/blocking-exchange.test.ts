// One question over a Unix socket without the event loop, asked of an engine in another thread: it must answer while this one waits.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test, vi } from 'vitest';
import { blockingExchange } from '../../../../src/sandbox/docker/blocking-exchange.js';
import { listingOver } from '../../../../src/sandbox/docker/listing.js';
import { temporaryDir } from '../../../support/host-files.js';

const workers: Worker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate();
});

/** Gives its socket; `answer` is the body of a function of a connection and of what it sent. */
async function engine(answer: string): Promise<string> {
  const socketPath = join(temporaryDir(), 'engine.sock');
  const program = `
    const { parentPort, workerData } = require('node:worker_threads');
    require('node:net').createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (sent) => { ${answer} });
    }).listen(workerData, () => parentPort.postMessage('listens'));`;
  const worker = new Worker(program, { eval: true, workerData: socketPath });
  workers.push(worker);
  await new Promise((resolve) => worker.once('message', resolve));
  return socketPath;
}

const exchange = blockingExchange();

test('Node gives what it is made of', () => {
  expect(exchange).toBeDefined();
});

test('an answer of many pieces is whole', async () => {
  const socketPath = await engine(`
    socket.write('got ' + sent + ' ');
    setTimeout(() => socket.end('x'.repeat(300_000)), 50);`);
  const answer = await exchange?.(socketPath, 'a question');
  expect(answer?.toString()).toBe(`got a question ${'x'.repeat(300_000)}`);
});

test('two questions are asked before either is answered', async () => {
  const socketPath = await engine(`
    const waiting = (globalThis.waiting ??= []);
    waiting.push([socket, sent]);
    if (waiting.length === 2) for (const [one, text] of waiting) one.end(text);`);
  const answers = await Promise.all([exchange?.(socketPath, 'one'), exchange?.(socketPath, 'two')]);
  expect(answers.map(String)).toEqual(['one', 'two']);
});

test('two questions of an engine that hangs end at the same time', async () => {
  const socketPath = await engine('');
  const startMs = Date.now();
  let looks = 0;
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => startMs + 100 * looks++);
  const asked = [exchange?.(socketPath, 'one'), exchange?.(socketPath, 'two')];
  const answers = await Promise.allSettled(asked).finally(() => clock.mockRestore());
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(looks).toBeLessThan(60); // five seconds, not ten
});

test('lists as node:net does', async () => {
  const socketPath = await engine(`
    const body = JSON.stringify([{ Id: 'n', Name: 'net', Labels: { a: 'b' } }]);
    socket.end('HTTP/1.0 200 OK\\r\\nContent-Length: ' + body.length + '\\r\\n\\r\\n' + body);`);
  const listed = await listingOver(socketPath, '1.41', exchange).networks.list({});
  expect(listed).toEqual(await listingOver(socketPath, '1.41').networks.list({}));
  expect(listed).toMatchObject([{ id: 'n', name: 'net' }]);
});

test('nobody there is an error', async () => {
  await expect(exchange?.(join(temporaryDir(), 'none.sock'), 'a question')).rejects.toThrow();
});
