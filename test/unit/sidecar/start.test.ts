// The whole sidecar on loopback: transparent TLS, CONNECT, the echo upstream, venue signing.
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { echoHost, exchange, rule, startTestBox, startTestUpstream, type TestBox, type TestUpstream, answer } from '../../support/sidecar-box.js';

const open: { stop?(): Promise<void>; close?(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await (one.stop ?? one.close)?.();
});
const kept = <T extends TestBox | TestUpstream>(one: T): T => {
  open.push(one);
  return one;
};

test('a decoy in its placement reaches the echo upstream as the real secret', async () => {
  const secret = `real-${randomBytes(12).toString('hex')}`;
  const decoy = `decoy-${randomBytes(12).toString('hex')}`;
  const box = kept(
    await startTestBox(() => ({
      credentials: [
        { kind: 'plain', id: 'echo', hosts: [echoHost], placement: { in: 'header', name: 'authorization', prefix: 'Bearer ' }, secret, decoy, isLlm: false },
      ],
    })),
  );
  const text = await exchange(box, echoHost, `GET / HTTP/1.1\r\nHost: ${echoHost}\r\nAuthorization: Bearer ${decoy}\r\n\r\n`);
  expect(text).toContain(createHash('sha256').update(`Bearer ${secret}`).digest('hex'));
  expect(box.journalText()).not.toContain(secret);
});

test('a request passes to a pinned upstream and its answer comes back', async () => {
  const upstream = kept(await startTestUpstream('api.example.test', (peer) => peer.socket.write(answer('hello'))));
  const box = kept(
    await startTestBox(({ tls }) => ({
      policy: { rules: [rule('api.example.test', tls)] },
      pins: [{ host: 'api.example.test', address: '127.0.0.1', port: upstream.port, ca: upstream.ca }],
    })),
  );
  const text = await exchange(box, 'api.example.test', 'GET /a?b=c HTTP/1.1\r\nHost: api.example.test\r\n\r\n');
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*hello$/);
  expect(upstream.receivedText()).toContain('GET /a?b=c HTTP/1.1\r\n');
});
