import { createHash } from 'node:crypto';
import https from 'node:https';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/core/clock.js';
import { createAuthority } from '../../../src/sidecar/authority.js';
import { createCredentialBook } from '../../../src/sidecar/credentials.js';
import { startEcho } from '../../../src/sidecar/echo.js';
import { openRoutes } from '../../../src/sidecar/routes.js';
import { protocolVersion, type Settings } from '../../../src/sidecar/settings.js';
import { ibkr } from '../../../src/venues/ibkr/ibkr.js';
import { okx } from '../../../src/venues/okx/okx.js';
import { makeDecoys } from '../../support/venue-requests.js';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const base: Settings = {
  protocol: protocolVersion,
  sandbox: { name: 'n', id: 'i' },
  mode: 'readonly',
  network: { address: '127.0.0.1', dnsPort: 53, httpPorts: [], tlsPorts: [], connectPort: 1 },
  journalDir: '/j',
  policy: { rules: [] },
  credentials: [],
  pins: [{ host: 'llm.test', address: '10.1.2.3', port: 8000 }],
  echo: { host: 'echo.tradebox.internal' },
};
const routesOf = (settings: Settings) =>
  openRoutes(settings, {
    clock: systemClock,
    credentials: createCredentialBook(settings.credentials),
    closers,
    openMarket: () => async () => undefined,
  });

test('pins and the echo are routes; without paper no venue is', async () => {
  const routes = await routesOf(base);
  expect(routes).toEqual([
    { host: 'llm.test', address: '10.1.2.3', port: 8000 },
    {
      host: 'echo.tradebox.internal',
      address: '127.0.0.1',
      port: expect.any(Number),
      ca: expect.any(String),
    },
  ]);
});

test('on paper every host of the venue leads to this process, and to nothing else', async () => {
  const credential = {
    kind: 'venue',
    id: 'p',
    venue: 'okx',
    environment: 'paper',
    secrets: makeDecoys(okx),
    decoys: makeDecoys(okx),
  } as const;
  const routes = await routesOf({
    ...base,
    credentials: [credential],
    paper: { seed: 's', venues: ['okx'] },
  });
  const hosts = new Map(routes.map((route) => [route.host, route]));
  for (const { host } of okx.hosts) {
    expect(hosts.get(host)).toMatchObject({ address: '127.0.0.1', servername: 'paper.tradebox.internal' });
  }
});

test('a gateway of the user’s own stands for every host of its venue, under its own certificate alone', async () => {
  const { cert } = createAuthority({ clock: systemClock }).leafFor('localhost');
  const credential = {
    kind: 'venue',
    id: 'g',
    venue: 'ibkr',
    environment: 'live',
    secrets: { gateway: '192.168.1.10:5000', gatewayCertificate: cert },
    decoys: makeDecoys(ibkr),
  } as const;
  const hosts = new Map(
    (await routesOf({ ...base, credentials: [credential] })).map((one) => [one.host, one]),
  );
  const place = { address: '192.168.1.10', port: 5000, ca: cert, servername: 'localhost' };
  for (const { host } of ibkr.hosts) expect(hosts.get(host)).toEqual({ host, ...place });
  const another = { ...credential, id: 'h', decoys: makeDecoys(ibkr) };
  await expect(routesOf({ ...base, credentials: [credential, another] })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  });
  const { gateway: _gateway, ...oauth } = makeDecoys(ibkr);
  const without = await routesOf({ ...base, credentials: [{ ...credential, secrets: oauth }] });
  expect(without.map(({ host }) => host)).toEqual(['llm.test', 'echo.tradebox.internal']);
});

test('the echo tells hashes, never values', async () => {
  const authority = createAuthority({ clock: systemClock });
  const echo = await startEcho(authority, 'echo.test');
  closers.push(() => echo.close());
  const text = await new Promise<string>((resolve, reject) => {
    https
      .get(
        {
          host: '127.0.0.1',
          port: echo.port,
          servername: 'echo.test',
          ca: authority.caPem,
          headers: { 'x-key': 'the-value' },
        },
        (response) => {
          let body = '';
          response.on('data', (chunk) => {
            body += chunk;
          });
          response.on('end', () => resolve(body));
        },
      )
      .on('error', reject);
  });
  expect(JSON.parse(text).received['x-key']).toBe(createHash('sha256').update('the-value').digest('hex'));
  expect(text).not.toContain('the-value');
});
