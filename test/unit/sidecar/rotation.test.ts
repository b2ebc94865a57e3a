// A running sidecar gets new secrets: the next request carries them, the old ones are scrubbed on and never come back.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createCredentialBook, isInForce } from '../../../src/sidecar/credentials.js';
import { createRotation } from '../../../src/sidecar/rotation.js';
import type { Settings } from '../../../src/sidecar/settings.js';
import { binance } from '../../../src/venues/binance/binance.js';
import { ibkr } from '../../../src/venues/ibkr/ibkr.js';
import {
  answer,
  echoHost,
  exchange,
  rule,
  startTestBox,
  startTestUpstream,
  type TestBox,
} from '../../support/sidecar-box.js';
import { closeSockets, openSocket, startSocketUpstream } from '../../support/socket-box.js';
import { makeDecoys } from '../../support/venue-requests.js';

const open: { stop?(): Promise<void>; close?(): Promise<void> }[] = [];
afterEach(async () => {
  await closeSockets();
  for (const one of open.splice(0).reverse()) await (one.stop ?? one.close)?.();
});

const fresh = (what: string) => `${what}-${randomBytes(15).toString('hex')}`;
const host = 'api.example.test';

/** `after`: when the upstream's host takes connections. */
async function setUp(
  after?: Promise<void>,
  placement: object = { in: 'header', name: 'authorization', prefix: 'Bearer ' },
) {
  const [secret, decoy] = [fresh('real'), fresh('decoy')];
  const venue = { apiKey: fresh('key'), secretKey: fresh('secret'), passphrase: fresh('phrase') };
  const said = { text: '' };
  const upstream = await startTestUpstream(host, (peer) => peer.socket.write(answer(said.text)));
  open.push(upstream);
  const plain = (id: string, to: string): Settings['credentials'][number] => ({
    kind: 'plain',
    id,
    hosts: [to],
    placement: placement as never,
    secret: id === 'api' ? secret : fresh('echo'),
    decoy: id === 'api' ? decoy : fresh('decoy'),
    isLlm: false,
  });
  const door = net.createServer((socket) => {
    const behind = net.connect(upstream.port, '127.0.0.1');
    for (const one of [socket, behind]) one.on('error', () => {});
    void after?.then(() => socket.pipe(behind).pipe(socket));
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  open.push({ close: async () => void door.close() });
  const port = after === undefined ? upstream.port : (door.address() as net.AddressInfo).port;
  const box = await startTestBox(
    ({ tls }) => ({
      policy: { rules: [rule(host, tls), rule(echoHost, tls)] },
      credentials: [
        plain('api', host),
        plain('echo', echoHost),
        { kind: 'venue', id: 'main', venue: 'okx', environment: 'demo', secrets: venue, decoys: {} },
      ],
    }),
    { routes: [{ host, address: '127.0.0.1', port, ca: upstream.ca }] },
  );
  open.push(box);
  const ask = () =>
    exchange(
      box,
      host,
      `GET / HTTP/1.1\r\nHost: ${host}:${box.tlsPort}\r\nAuthorization: Bearer ${decoy}\r\n\r\n`,
    );
  return { box, secret, decoy, venue, said, upstream, ask, rotate: box.sidecar.state.rotate };
}

const rotated = (box: TestBox) => box.events().filter(({ type }) => type === 'secret.rotated');

test('the next request carries the new value; old and new are scrubbed; no value is journaled', async () => {
  const { box, secret, said, upstream, ask, rotate } = await setUp();
  await ask();
  expect(upstream.receivedText()).toContain(`Bearer ${secret}`);
  const next = fresh('real');
  expect(rotate([{ credential: 'api', secret: next }])).toEqual({ switched: 1 });
  const before = upstream.receivedText().split(secret).length;
  said.text = `old ${secret}, in hex ${Buffer.from(secret).toString('hex')}, new ${next}`;
  const text = await ask();
  expect(upstream.receivedText()).toContain(`Bearer ${next}`);
  expect(upstream.receivedText().split(secret).length).toBe(before);
  for (const value of [secret, Buffer.from(secret).toString('hex'), next]) expect(text).not.toContain(value);
  expect(text).toContain('old ***');
  // A third value: the first is still scrubbed.
  rotate([{ credential: 'api', secret: fresh('real') }]);
  expect(await ask()).not.toContain(secret);
  expect(rotated(box)).toEqual([
    { type: 'secret.rotated', credential: 'api' },
    { type: 'secret.rotated', credential: 'api' },
  ]);
  for (const value of [secret, next, createHash('sha256').update(next).digest('hex')])
    expect(box.journalText()).not.toContain(value);
});

test.each([
  ['in a header', undefined],
  ['in a body', { in: 'json', keys: ['key'] }],
])(
  'S5: a request that waits for its connection does not carry the old value afterwards: %s',
  async (_name, placement) => {
    let go = (): void => {};
    const after = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { box, secret, decoy, upstream, ask, rotate } = await setUp(after, placement);
    const body = JSON.stringify({ key: decoy });
    const fields = `Host: ${host}:${box.tlsPort}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    const asked =
      placement === undefined ? ask() : exchange(box, host, `POST / HTTP/1.1\r\n${fields}\r\n\r\n${body}`);
    await expect.poll(() => box.events().some(({ type }) => type === 'request.decided')).toBe(true);
    expect(rotate([{ credential: 'api', secret: fresh('real') }])).toEqual({ switched: 1 });
    go();
    expect(await asked).toContain('503 Service Unavailable');
    expect(upstream.receivedText()).not.toContain(secret);
    expect(box.events().find(({ type }) => type === 'request.completed')).toMatchObject({
      status: 503,
      error: 'SECRET_ROTATED',
    });
  },
);

test('S5: connections of before a rotation, which its old value went over, carry nothing afterwards', async () => {
  const { upstream, ask, rotate } = await setUp();
  const requests = () => upstream.peers.map(({ received }) => String(received).split('GET / ').length - 1);
  await ask();
  await ask();
  expect(requests()).toEqual([2]);
  rotate([{ credential: 'api', secret: fresh('real') }]);
  await ask();
  expect(requests()).toEqual([2, 1]);
});

test('B12: the decoy of a session token opens nothing once the key that got the token is rotated', async () => {
  const [rest, stream] = ['demo-fapi.binance.com', 'fstream.binancefuture.com'];
  const token = randomBytes(32).toString('hex');
  const upstream = await startSocketUpstream(undefined, {
    answer: () => JSON.stringify({ listenKey: token }),
  });
  open.push(upstream);
  const decoys = makeDecoys(binance);
  const account = { kind: 'venue' as const, id: 'main', venue: 'binance', environment: 'demo' as const };
  const place = { address: '127.0.0.1', port: upstream.port, ca: upstream.ca, servername: host };
  const box = await startTestBox(
    ({ tls }) => ({
      policy: { rules: [rest, stream].map((one) => rule(one, tls, { venue: 'binance' })) },
      credentials: [{ ...account, secrets: makeDecoys(binance), decoys }],
    }),
    { routes: [rest, stream].map((one) => ({ host: one, ...place })) },
  );
  open.push(box);
  const text = await exchange(
    box,
    rest,
    `POST /fapi/v1/listenKey HTTP/1.1\r\nHost: ${rest}:${box.tlsPort}\r\nX-MBX-APIKEY: ${decoys.apiKey}\r\nContent-Length: 0\r\n\r\n`,
  );
  const held = /"listenKey":"(\w+)"/.exec(text)?.[1];
  expect(held).not.toBe(token);
  await openSocket(box, stream, `/ws/${held}`);
  expect(upstream.heads.map(({ url }) => url)).toEqual([`/ws/${token}`]);
  box.sidecar.state.rotate([
    { credential: 'main', field: 'apiKey', secret: makeDecoys(binance).apiKey ?? '' },
  ]);
  await expect(openSocket(box, stream, `/ws/${held}`)).rejects.toThrow('400');
  expect(upstream.heads).toHaveLength(1);
  expect(
    box
      .events()
      .filter(({ type }) => type === 'request.decided')
      .at(-1),
  ).toMatchObject({
    verdict: 'deny',
    code: 'SESSION_TOKEN_UNKNOWN',
  });
});

test('S5: what is signed goes out only while its account’s secrets are in force', () => {
  const account = {
    kind: 'venue' as const,
    id: 'main',
    venue: 'okx',
    environment: 'demo' as const,
    decoys: {},
  };
  const settings = [{ ...account, secrets: { apiKey: fresh('key') } }];
  const parts = { echo: { host: echoHost } } as never;
  const book = createCredentialBook(settings, parts);
  const [credential] = book.venueCredentials('okx');
  const order = { host, placed: [], signed: {}, credential };
  expect(isInForce(order, book)).toBe(true);
  const former = { settings, book };
  expect(isInForce(order, createCredentialBook(settings, parts, former))).toBe(true);
  const next = createCredentialBook([{ ...account, secrets: { apiKey: fresh('key') } }], parts, former);
  expect(isInForce(order, next)).toBe(false);
  expect(isInForce({ ...order, signed: undefined }, next)).toBe(true);
});

test('a value that was replaced cannot come back, nor one in force be set anew', async () => {
  const { secret, rotate } = await setUp();
  const next = fresh('real');
  rotate([{ credential: 'api', secret: next }]);
  for (const known of [secret, next])
    expect(() => rotate([{ credential: 'api', secret: known }])).toThrow(/holds or has held already/);
});

test('read again, what is as it was stays, what is new switches, and what was replaced does not come back', async () => {
  const { box, venue, secret, upstream, ask, rotate } = await setUp();
  const all = (more: Partial<typeof venue>) =>
    Object.entries({ ...venue, ...more }).map(([field, value]) => ({
      credential: 'main',
      field,
      secret: value,
    }));
  expect(rotate(all({}), true)).toEqual({ switched: 0 });
  expect(rotated(box)).toEqual([]);
  const next = fresh('key');
  expect(rotate(all({ apiKey: next }), true)).toEqual({ switched: 1 });
  expect(rotated(box)).toEqual([{ type: 'secret.rotated', credential: 'main', field: 'apiKey' }]);
  expect(() => rotate(all({}), true)).toThrow(/held already/);
  rotate([{ credential: 'api', secret: next.toUpperCase() }], true);
  await ask();
  expect(upstream.receivedText()).toContain(`Bearer ${next.toUpperCase()}`);
  expect(upstream.receivedText()).not.toContain(secret);
});

test('several fields switch together, or none of them does', async () => {
  const { box, venue, rotate } = await setUp();
  const both = [
    { credential: 'main', field: 'apiKey', secret: fresh('key') },
    { credential: 'main', field: 'secretKey', secret: fresh('secret') },
  ];
  expect(() => rotate([...both, { credential: 'main', field: 'nothing', secret: fresh('x') }])).toThrow(
    'The box holds no secret "main.nothing".',
  );
  expect(() => rotate([...both, { credential: 'api', secret: 'short' }])).toThrow(/too short/);
  expect(rotated(box)).toEqual([]);
  expect(rotate(both)).toEqual({ switched: 2 });
  expect(() => rotate([{ credential: 'main', field: 'apiKey', secret: venue.apiKey }])).toThrow(
    /held already/,
  );
});

test.each([
  [{ credential: 'nobody', secret: fresh('x') }],
  [{ credential: 'main', secret: fresh('x') }],
  [{ credential: 'api', field: 'apiKey', secret: fresh('x') }],
  [{ credential: 'main', field: '__proto__', secret: fresh('x') }],
])('what the box does not hold is refused: %#', async (change) => {
  const { rotate } = await setUp();
  expect(() => rotate([change])).toThrow(/holds no secret/);
});

test('S10: a switch that cannot be recorded does not happen', () => {
  const settings = { credentials: [], pins: [], policy: { rules: [] }, echo: { host: echoHost } };
  const credentials: Settings['credentials'] = [
    {
      kind: 'plain',
      id: 'api',
      hosts: [host],
      placement: { in: 'basic', username: 'me' },
      secret: fresh('real'),
      decoy: 'decoy',
      isLlm: false,
    },
  ];
  const world = { credentials: { mark: 'old' } } as never as { credentials: never };
  const inForce: string[] = [];
  const secrets = { prepare: () => () => void inForce.push('new') };
  const { rotate } = createRotation({
    settings: { ...settings, credentials } as never,
    venues: [],
    world,
    journal: {
      append: () => {
        throw new Error('no space');
      },
    },
    secrets,
    watch: { endSockets: () => 0 },
    upstream: { renew: () => {} },
  });
  expect(() => rotate([{ credential: 'api', secret: fresh('real') }])).toThrow('no space');
  expect([world.credentials, inForce]).toEqual([{ mark: 'old' }, []]);
});

test('where a gateway is and how it is known cannot change while the sidecar runs: it is said, and nothing is journaled', () => {
  const events: unknown[] = [];
  const { rotate } = createRotation({
    settings: {
      credentials: [
        {
          kind: 'venue',
          id: 'ib',
          venue: 'ibkr',
          environment: 'live',
          secrets: { gateway: 'a', gatewayCertificate: 'b' },
          decoys: {},
        },
      ],
    } as unknown as Settings,
    venues: [ibkr],
    journal: { append: (event: unknown) => events.push(event) },
  } as unknown as Parameters<typeof createRotation>[0]);
  for (const field of ['gateway', 'gatewayCertificate']) {
    expect(() => rotate([{ credential: 'ib', field, secret: fresh('other') }])).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        remedy: expect.stringContaining('tradebox restart'),
      }),
    );
  }
  expect(events).toEqual([]);
});
