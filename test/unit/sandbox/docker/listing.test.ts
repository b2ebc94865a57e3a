// What is asked over an engine's socket, and what becomes of answers that are none.
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { listingOver } from '../../../../src/sandbox/docker/listing.js';
import { temporaryDir } from '../../../support/host-files.js';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function engine(answer: RequestListener): Promise<string> {
  const socketPath = join(temporaryDir(), 'engine.sock');
  const server = createServer(answer);
  closers.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return socketPath;
}

test('containers and networks by label, at the version that is the floor', async () => {
  const asked: string[] = [];
  const socketPath = await engine((request, response) => {
    asked.push(decodeURIComponent(request.url ?? ''));
    const isNetworks = request.url?.includes('/networks') === true;
    const one = isNetworks
      ? { Id: 'n', Name: 'net', Labels: { a: 'b' } }
      : { Id: 'c', Names: ['/box'], Labels: { a: 'b' }, State: 'running', Status: 'Up', Image: 'i' };
    response.end(JSON.stringify([one]));
  });
  const { containers, networks } = listingOver(socketPath, '1.41');
  expect(await containers.list({ 'tradebox.box': '' })).toMatchObject([
    { id: 'c', name: 'box', status: 'running' },
  ]);
  expect(await networks.list({ 'tradebox.box': 'lab' })).toMatchObject([{ id: 'n', name: 'net' }]);
  expect(asked).toEqual([
    '/v1.41/containers/json?all=true&filters={"label":["tradebox.box"]}',
    '/v1.41/networks?filters={"label":["tradebox.box=lab"]}',
  ]);
});

test('a container that is gone is undefined', async () => {
  const socketPath = await engine((_request, response) => {
    response.writeHead(404).end('{"message":"No such container"}');
  });
  expect(await listingOver(socketPath, '1.41').containers.inspect('x')).toBeUndefined();
});

test.each<[string, RequestListener]>([
  ['too old', (_request, response) => response.writeHead(400).end('client version 1.41 is too new')],
  ['no JSON', (_request, response) => response.end('<html>')],
  ['no list', (_request, response) => response.end('{}')],
  ['the end', (request) => request.socket.destroy()],
  ['a part', (request) => request.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[]')],
  ['in chunks', (request) => request.socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n[]')],
  ['something else', (request) => request.socket.end('200 OK\r\n\r\n[]')],
])('an engine that answers %s fails the call', async (_what, answer) => {
  const socketPath = await engine(answer);
  await expect(listingOver(socketPath, '1.41').containers.list({})).rejects.toThrow();
});

test('nobody listens: the call fails', async () => {
  await expect(listingOver(join(temporaryDir(), 'none.sock'), '1.41').networks.list({})).rejects.toThrow();
});
