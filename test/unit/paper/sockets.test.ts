// WebSockets of the paper exchange on a real connection: upgrades, answers, news of orders by REST, and what is cut off.
import { request as httpsRequest } from 'node:https';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../../../src/core/clock.js';
import { jsonAnswer } from '../../../src/core/http.js';
import { type PaperServer, type Served, startPaperServer } from '../../../src/paper/server.js';
import { createAuthority } from '../../../src/sidecar/authority.js';

const authority = createAuthority({ clock: systemClock });
const host = 'wspap.okx.com';
const secure = { ca: authority.caPem, servername: host };
const open: WebSocket[] = [];
let server: PaperServer | undefined;
afterEach(async () => {
  for (const peer of open.splice(0)) peer.terminate();
  await server?.close();
  server = undefined;
});

/** A venue whose socket sends everything back and tells of each request by REST. */
async function start() {
  const opened: object[] = [];
  let news: string[] = [];
  const exchange: Served = {
    handle: ({ method }) => {
      news.push(method);
      return jsonAnswer(200, {});
    },
    openSocket: (place) => {
      opened.push(place);
      if (place.path !== '/ws') return undefined;
      const tell = () => {
        const told = news;
        news = [];
        return told;
      };
      return { hear: (text) => [`heard ${text}`], tell };
    },
  };
  server = await startPaperServer({ exchange, tls: authority.leafFor(host) });
  return { port: server.port, opened };
}

function dial(port: number, path: string) {
  const peer = new WebSocket(`wss://127.0.0.1:${port}${path}`, {
    ...secure,
    headers: { host: 'WSPAP.okx.com:8443' },
  });
  open.push(peer);
  const next = () => new Promise<string>((resolve) => peer.once('message', (data) => resolve(String(data))));
  const closed = new Promise<number>((resolve) => peer.once('close', resolve));
  const ready = new Promise<void>((resolve, reject) => {
    peer.once('open', resolve);
    peer.once('error', reject);
  });
  return { peer, next, closed, ready };
}

test('an upgrade tells host, path and query; a message is answered', async () => {
  const { port, opened } = await start();
  const { peer, next, ready } = dial(port, '/ws?brokerId=9999');
  await ready;
  expect(opened).toEqual([{ host, path: '/ws', query: 'brokerId=9999' }]);
  peer.send('hello');
  expect(await next()).toBe('heard hello');
});

test('where the venue has no socket the upgrade is declined', async () => {
  const { port } = await start();
  await expect(dial(port, '/other').ready).rejects.toThrow('404');
});

test('an order by REST is told at once to who listens', async () => {
  const { port } = await start();
  const { next, ready } = dial(port, '/ws');
  await ready;
  const told = next();
  const beginMs = performance.now();
  httpsRequest({
    ...secure,
    host: '127.0.0.1',
    port,
    method: 'POST',
    path: '/',
    headers: { host: 'www.okx.com' },
  }).end();
  expect(await told).toBe('POST');
  expect(performance.now() - beginMs).toBeLessThan(450);
});

test('a binary message ends the connection, and so does one of more than a megabyte', async () => {
  const { port } = await start();
  const binary = dial(port, '/ws');
  await binary.ready;
  binary.peer.send(Buffer.from('x'));
  expect(await binary.closed).toBe(1003);
  const long = dial(port, '/ws');
  await long.ready;
  long.peer.send('x'.repeat(1_048_577));
  expect(await long.closed).toBe(1009);
});

test('close ends every socket', async () => {
  const { port } = await start();
  const { ready, closed } = dial(port, '/ws');
  await ready;
  await server?.close();
  expect(await closed).toBe(1006);
});
