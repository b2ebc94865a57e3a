// The TLS rim on a real socket: requests reach the exchange byte for byte, bodies are bounded, close leaves nothing behind.
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/core/clock.js';
import { type HttpRequest, jsonAnswer } from '../../../src/core/http.js';
import { type PaperServer, startPaperServer } from '../../../src/paper/server.js';
import { createAuthority } from '../../../src/sidecar/authority.js';

const authority = createAuthority({ clock: systemClock });
const tls = authority.leafFor('www.okx.com');
let server: PaperServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start() {
  const seen: HttpRequest[] = [];
  const exchange = {
    handle(request: HttpRequest) {
      seen.push(request);
      return jsonAnswer(418, { length: request.body.length });
    },
  };
  server = await startPaperServer({ exchange, tls });
  return { seen, port: server.port };
}

function ask(port: number, path: string, body: Buffer | string = '', headers: Record<string, string> = {}) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const outgoing = httpsRequest(
      {
        host: '127.0.0.1',
        port,
        path,
        method: body.length > 0 ? 'POST' : 'GET',
        ca: authority.caPem,
        servername: 'www.okx.com',
        headers: { host: 'www.okx.com', ...headers },
        agent: false,
      },
      (incoming) => {
        let text = '';
        incoming.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

test('a request arrives as it was sent: host, raw target, headers in order, body', async () => {
  const { seen, port } = await start();
  const answer = await ask(port, '/api/v5/x%2Fy?ccy=BTC%2CETH&a=', '{"a":1}', {
    host: 'WWW.OKX.COM:8443',
    'X-One': '1',
  });
  expect(answer).toEqual({ status: 418, text: '{"length":7}' });
  expect(seen[0]).toMatchObject({
    method: 'POST',
    host: 'www.okx.com',
    port: 8443,
    path: '/api/v5/x%2Fy',
    query: 'ccy=BTC%2CETH&a=',
  });
  expect(seen[0]!.body.toString()).toBe('{"a":1}');
  expect(seen[0]!.headers).toContainEqual(['X-One', '1']);
});

test('a body of a megabyte passes, a larger one never reaches the exchange', async () => {
  const { seen, port } = await start();
  expect((await ask(port, '/', Buffer.alloc(1_048_576))).status).toBe(418);
  expect((await ask(port, '/', Buffer.alloc(1_048_577))).status).toBe(413);
  expect(seen.length).toBe(1);
});

test('failed handshakes and clients that leave half-way do not hurt it', async () => {
  const { port } = await start();
  await new Promise<void>((done) => {
    const raw = connect(port, '127.0.0.1', () => raw.end('GET / HTTP/1.1\r\n\r\n'));
    raw
      .on('close', () => done())
      .on('error', () => undefined)
      .resume();
  });
  await new Promise<void>((done) => {
    const half = tlsConnect(
      { port, host: '127.0.0.1', ca: authority.caPem, servername: 'www.okx.com' },
      () => {
        half.write('POST / HTTP/1.1\r\nhost: www.okx.com\r\ncontent-length: 10\r\n\r\nabc');
        half.destroy();
      },
    );
    half.on('close', () => done()).on('error', () => undefined);
  });
  expect((await ask(port, '/')).status).toBe(418);
});

test('an exchange that throws ends the request, not the server', async () => {
  server = await startPaperServer({
    exchange: {
      handle() {
        throw new Error('a bug');
      },
    },
    tls,
  });
  await expect(ask(server.port, '/')).rejects.toThrow();
  await expect(ask(server.port, '/')).rejects.toThrow();
});

test('close frees the port, also with connections open', async () => {
  const { port } = await start();
  const idle = tlsConnect({ port, host: '127.0.0.1', ca: authority.caPem, servername: 'www.okx.com' });
  await new Promise((open) => idle.once('secureConnect', open));
  idle.on('error', () => undefined);
  await server?.close();
  server = undefined;
  await expect(ask(port, '/')).rejects.toThrow(/ECONNREFUSED/);
});

test('an answer that goes out twice stands twice on the wire, each whole', async () => {
  const exchange = { handle: () => ({ ...jsonAnswer(200, { a: 1 }), times: 2 }) };
  server = await startPaperServer({ exchange, tls });
  const socket = tlsConnect({
    host: '127.0.0.1',
    port: server.port,
    ca: authority.caPem,
    servername: 'www.okx.com',
  });
  const text = await new Promise<string>((resolve) => {
    let all = '';
    socket.on('data', (chunk: Buffer) => {
      all += chunk.toString();
      if (all.split('{"a":1}').length === 3) resolve(all);
    });
    socket.write('GET / HTTP/1.1\r\nHost: www.okx.com\r\n\r\n');
  });
  socket.destroy();
  expect(text.match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
});
