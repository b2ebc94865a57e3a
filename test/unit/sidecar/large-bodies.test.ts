// Bodies of more than 100 MB pass both ways at constant memory, by HTTP/1.1 and by HTTP/2; so do ranges of them.
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../src/core/clock.js';
import { createAuthority } from '../../../src/sidecar/authority.js';
import { h2Session } from '../../support/http2-client.js';
import { rule, startTestBox, type TestBox } from '../../support/sidecar-box.js';

const host = 'large.example.test';
const pieceBytes = 65_536;
const pieces = 1_800;
const totalBytes = pieceBytes * pieces;
const piece = Buffer.alloc(pieceBytes, 'a body that goes on and on, ');
/** Far below the size of one body, far above what sockets and windows hold. */
const allowedGrowthBytes = 96 * 1_048_576;

const twice = Buffer.concat([piece, piece]);

/** Gives all pieces, as fast as the other side takes them. */
async function pour(to: NodeJS.WritableStream): Promise<void> {
  for (let count = 0; count < pieces; count += 1) {
    if (!to.write(piece)) await new Promise((resolve) => to.once('drain', resolve));
  }
  to.end();
}

/** How many bytes came, all of them right. */
async function drain(from: NodeJS.ReadableStream): Promise<string> {
  let count = 0;
  for await (const chunk of from) {
    const data = chunk as Buffer;
    const at = count % pieceBytes;
    if (data.length <= pieceBytes && !twice.subarray(at, at + data.length).equals(data))
      return `wrong at ${count}`;
    count += data.length;
  }
  return String(count);
}

const authority = createAuthority({ clock: systemClock });
const upstream = https.createServer({ ...authority.leafFor(host) }, (request, response) => {
  if (request.method === 'POST') {
    void drain(request).then((count) => response.end(count));
    return;
  }
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  if (range === null) {
    response.writeHead(200, { 'content-length': totalBytes });
    void pour(response);
    return;
  }
  const [from, to] = [Number(range[1]), Number(range[2])];
  response.writeHead(206, {
    'content-range': `bytes ${from}-${to}/${totalBytes}`,
    'content-length': to - from + 1,
  });
  response.end(piece.subarray(from, to + 1));
});
let box: TestBox;

beforeAll(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  box = await startTestBox(({ tls }) => ({ policy: { rules: [rule(host, tls)] } }), {
    routes: [{ host, address: '127.0.0.1', port, ca: authority.caPem }],
  });
});
afterAll(async () => {
  await box.stop();
  upstream.closeAllConnections();
  upstream.close();
});

/** Runs `act` and says how far the memory of the whole process went up meanwhile. */
async function growthOf(act: () => Promise<void>): Promise<number> {
  const startBytes = process.memoryUsage.rss();
  let mostBytes = startBytes;
  const timer = setInterval(() => {
    mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
  }, 20);
  await act();
  clearInterval(timer);
  return mostBytes - startBytes;
}

function h1(method: string, headers: Record<string, string> = {}) {
  const request = https.request({
    host: '127.0.0.1',
    port: box.tlsPort,
    servername: host,
    ca: box.sidecar.caPem,
    method,
    path: '/large',
    headers: { host, ...headers },
    agent: false,
  });
  const answer = new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
  return { request, answer };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const data of stream) text += String(data);
  return text;
}

const ways: [string, () => Promise<void>][] = [
  [
    'a download by HTTP/1.1',
    async () => {
      const { request, answer } = h1('GET');
      request.end();
      expect(await drain(await answer)).toBe(String(totalBytes));
    },
  ],
  [
    'an upload by HTTP/1.1',
    async () => {
      const { request, answer } = h1('POST', { 'content-length': String(totalBytes) });
      await pour(request);
      expect(await textOf(await answer)).toBe(String(totalBytes));
    },
  ],
  [
    'a download by HTTP/2',
    async () => {
      const session = await h2Session(box, host);
      expect(await drain(session.request({ ':path': '/large' }))).toBe(String(totalBytes));
      session.close();
    },
  ],
  [
    'an upload by HTTP/2',
    async () => {
      const session = await h2Session(box, host);
      const stream = session.request({ ':path': '/large', ':method': 'POST' }, { endStream: false });
      const [text] = await Promise.all([textOf(stream), pour(stream)]);
      expect(text).toBe(String(totalBytes));
      session.close();
    },
  ],
];

test.each(ways)('%s of 118 MB arrives whole, at constant memory', { timeout: 60_000 }, async (_, act) => {
  expect(await growthOf(act)).toBeLessThan(allowedGrowthBytes);
});

test('a range passes as it was asked for', async () => {
  const { request, answer } = h1('GET', { range: 'bytes=100-199' });
  request.end();
  const part = await answer;
  expect([part.statusCode, part.headers['content-range']]).toEqual([206, `bytes 100-199/${totalBytes}`]);
  expect(await textOf(part)).toBe(piece.subarray(100, 200).toString());
});
