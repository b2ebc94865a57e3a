// The whole sidecar on loopback: transparent TLS, CONNECT, the echo upstream, venue signing.
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { okx } from '../../../src/venues/okx/okx.js';
import { okxHost, okxRequest } from '../../support/okx-client.js';
import {
  answer,
  echoHost,
  exchange,
  rule,
  startTestBox,
  startTestUpstream,
  type TestBox,
  type TestUpstream,
} from '../../support/sidecar-box.js';
import { makeDecoys } from '../../support/venue-requests.js';

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
    await startTestBox(({ tls }) => ({
      policy: { rules: [rule(echoHost, tls)] },
      credentials: [
        {
          kind: 'plain',
          id: 'echo',
          hosts: [echoHost],
          placement: { in: 'header', name: 'authorization', prefix: 'Bearer ' },
          secret,
          decoy,
          isLlm: false,
        },
      ],
    })),
  );
  const text = await exchange(
    box,
    echoHost,
    `GET / HTTP/1.1\r\nHost: ${echoHost}\r\nAuthorization: Bearer ${decoy}\r\n\r\n`,
  );
  expect(text).toContain(createHash('sha256').update(`Bearer ${secret}`).digest('hex'));
  expect(box.journalText()).not.toContain(secret);
});

test('a request passes to a pinned upstream and its answer comes back', async () => {
  const upstream = kept(
    await startTestUpstream('api.example.test', (peer) => peer.socket.write(answer('hello'))),
  );
  const box = kept(
    await startTestBox(({ tls }) => ({
      policy: { rules: [rule('api.example.test', tls)] },
      pins: [{ host: 'api.example.test', address: '127.0.0.1', port: upstream.port, ca: upstream.ca }],
    })),
  );
  const text = await exchange(
    box,
    'api.example.test',
    'GET /a?b=c HTTP/1.1\r\nHost: api.example.test\r\n\r\n',
  );
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*hello$/);
  expect(upstream.receivedText()).toContain('GET /a?b=c HTTP/1.1\r\n');
});

test('the OKX decoy signature is replaced by a real one that the paper exchange accepts', async () => {
  const real = makeDecoys(okx);
  const decoys = makeDecoys(okx);
  const box = kept(
    await startTestBox(({ tls }) => ({
      policy: { rules: [rule(okxHost, tls, { venue: 'okx' })] },
      credentials: [
        { kind: 'venue', id: 'okx-paper', venue: 'okx', environment: 'paper', secrets: real, decoys },
      ],
      paper: { seed: 'seed', venues: ['okx'] },
    })),
  );
  const text = await exchange(box, okxHost, okxRequest('GET', '/api/v5/account/balance', '', decoys));
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
  expect(text).toContain('"code":"0"');
  const decided = box.events().find((event) => event.type === 'request.decided');
  expect(decided).toMatchObject({ verdict: 'allow', venue: 'okx', class: 'read' });
  for (const value of Object.values(real)) expect(box.journalText()).not.toContain(value);
});

test('rungs that were taken without the evidence stand in the journal of each start, in `readonly`, too', async () => {
  const override = {
    account: 'okx-main',
    rung: 'readonly',
    step: 0,
    by: 'ann',
    at: '2026-11-20T12:00:00.000Z',
    reason: 'known bot',
    missing: ['20 orders'],
  };
  const starts = (box: TestBox) => box.events().filter(({ type }) => type === 'sidecar.started');
  const overridden = kept(await startTestBox(() => ({ mode: 'readonly', overrides: [override] })));
  expect(starts(overridden)).toMatchObject([{ mode: 'readonly', overrides: [override] }]);
  expect(starts(kept(await startTestBox(() => ({ mode: 'readonly' }))))[0]).not.toHaveProperty('overrides');
});
