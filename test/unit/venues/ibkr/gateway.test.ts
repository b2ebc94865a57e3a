// A Client Portal Gateway of the user's own: told by address and certificate, reached by the sidecar alone, never asked for a signature.
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../../src/core/clock.js';
import type { HttpAnswer, HttpRequest } from '../../../../src/core/http.js';
import { createPaperExchange } from '../../../../src/paper/exchange.js';
import { startPaperServer } from '../../../../src/paper/server.js';
import { createAuthority } from '../../../../src/sidecar/authority.js';
import { gateway, gatewayFields } from '../../../../src/venues/ibkr/gateway.js';
import { ibkr } from '../../../../src/venues/ibkr/ibkr.js';
import { exchange, rule, startTestBox, type TestBox } from '../../../support/sidecar-box.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../../../support/venue-requests.js';

const host = 'api.ibkr.com';
const place = '192.168.1.10:5000';
const authority = createAuthority({ clock: systemClock });
const { cert: certificate } = authority.leafFor('localhost');
const real = (change: Record<string, string> = {}) =>
  asReal({ gateway: place, gatewayCertificate: certificate, ...change });

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

test('it is meant where nothing else signs, and is found by its certificate’s own name', () => {
  expect(gateway.isUsed(real())).toBe(true);
  for (const other of ['liveSessionToken', 'accessTokenSecret', 'sessionToken', 'bearerToken', 'clientKey'])
    expect(gateway.isUsed(real({ [other]: 'x' })), other).toBe(false);
  // What a paper account has: a value of each field.
  expect(gateway.isUsed(asReal(makeDecoys(ibkr)))).toBe(false);
  const found = { address: '192.168.1.10', port: 5000, ca: certificate, servername: 'localhost' };
  expect(gateway.locate(real())).toEqual(found);
  const oneLine = certificate.replaceAll('\n', '\\n');
  expect(gateway.locate(real({ gatewayCertificate: oneLine }))).toEqual(found);
});

test.each([
  [{ gateway: '127.0.0.1:5000' }, /loopback/],
  [{ gateway: 'localhost:5000' }, /address:port/],
  [{ gateway: '169.254.169.254:80' }, /metadata/],
  [{ gateway: '10.0.0.1:0' }, /no port/],
  [{ gateway: '10.0.0.1' }, /address:port/],
  [{ gatewayCertificate: '' }, /missing or no certificate/],
  [{ gatewayCertificate: authority.leafFor('localhost').key }, /missing or no certificate/],
  [{ gatewayCertificate: gatewayFields[1]!.makeDecoy((size) => Buffer.alloc(size, 7)) }, /bears no name/],
])('%o is none', (change, problem) => {
  expect(() => gateway.locate(real(change))).toThrow(problem);
});

test('decoys of its fields have the form of real values', () => {
  for (const { name, makeDecoy, explainMalformed } of gatewayFields) {
    const decoy = makeDecoy((size) => Buffer.alloc(size, 0xfe));
    expect([name, explainMalformed?.(decoy)]).toEqual([name, undefined]);
    expect(explainMalformed?.('x')).toBeDefined();
  }
});

test('what proves nothing is taken for such an account alone, and nothing is put in', () => {
  const url = `https://${host}/v1/api/portfolio/accounts`;
  const bare = requestOf('GET', url, [['cookie', 'x-sess-uuid=0']]);
  const signed = requestOf('GET', url, [['Authorization', 'Bearer x']]);
  expect([gateway.accepts(bare, real()), gateway.accepts(signed, real())]).toEqual([true, false]);
  expect(gateway.accepts(bare, asReal(makeDecoys(ibkr)))).toBe(false);
  expect(ibkr.sign(bare, real(), stampAt(1)).headers).toEqual([['user-agent', 'tradebox']]);
});

/** A box whose account is behind a gateway: the paper exchange under a certificate for `localhost`, which knows the session itself. */
async function startGatewayBox(secrets: Record<string, string>) {
  const session = { ...makeDecoys(ibkr) };
  const paper = createPaperExchange({
    seed: 'gateway',
    credentials: [{ venue: 'ibkr', id: 'paper', secrets: asReal(session) }],
    clock: systemClock,
  });
  const seen: HttpRequest[] = [];
  const handle = (request: HttpRequest): HttpAnswer => {
    seen.push(request);
    const cookie = ['cookie', `api=${session.sessionToken}`] as const;
    return paper.handle({ ...request, headers: [...request.headers, cookie] });
  };
  const server = await startPaperServer({ exchange: { handle }, tls: authority.leafFor('localhost') });
  open.push(() => server.close());
  const decoys = makeDecoys(ibkr);
  const box = await startTestBox(
    ({ tls }) => ({
      mode: 'demo',
      policy: { rules: [rule(host, tls, { venue: 'ibkr' })] },
      credentials: [{ kind: 'venue', id: 'main', venue: 'ibkr', environment: 'demo', secrets, decoys }],
    }),
    {
      // In a test the gateway can only listen on loopback, which no credential may name.
      routes: [
        { host, address: '127.0.0.1', port: server.port, ca: authority.caPem, servername: 'localhost' },
      ],
    },
  );
  open.push(() => box.stop());
  return { box, seen };
}

const ask = (box: TestBox, method: string, path: string, more = '', body = '') =>
  exchange(
    box,
    host,
    `${method} /v1/api/${path} HTTP/1.1\r\nHost: ${host}:${box.tlsPort}\r\n${more}` +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  );

test('clients of a gateway read and order through the box without a word about who they are', async () => {
  const { box, seen } = await startGatewayBox({ gateway: place, gatewayCertificate: certificate });
  const accounts = await ask(box, 'GET', 'iserver/accounts', 'Cookie: x-sess-uuid=0.1\r\n');
  expect(accounts).toMatch(/^HTTP\/1\.1 200/);
  const [, account = ''] = /"(DU\d+)"/.exec(accounts) ?? [];
  const order = { conid: 265598, orderType: 'LMT', side: 'BUY', tif: 'GTC', quantity: 1, price: 150 };
  const type = 'Content-Type: application/json\r\n';
  const path = `iserver/account/${account}/orders`;
  expect(await ask(box, 'POST', path, type, JSON.stringify({ orders: [order] }))).toContain('order_id');
  expect(seen.flatMap(({ headers }) => headers.map(([name]) => name.toLowerCase()))).not.toContain('cookie');
  // A live account is not traded in demo, whatever holds the session.
  const live = await ask(
    box,
    'POST',
    'iserver/account/U1234567/orders',
    type,
    JSON.stringify({ orders: [order] }),
  );
  expect(live).toMatch(/^HTTP\/1\.1 403/);
  expect(await ask(box, 'POST', 'iserver/questions/suppress', type, '{"messageIds":["o163"]}')).toMatch(
    / 403 /,
  );
  expect(await ask(box, 'GET', 'iserver/accounts', 'Authorization: OAuth x="y"\r\n')).toMatch(/ 403 /);
  const codes = box.events().flatMap((event) => (event.type === 'request.decided' ? [event.code] : []));
  expect(codes.at(-1)).toBe('SIGNATURE_FORGED');
});

test('without a gateway, who proves nothing is nobody', async () => {
  const { sessionToken = '' } = makeDecoys(ibkr);
  const { box, seen } = await startGatewayBox({ sessionToken });
  expect(await ask(box, 'GET', 'iserver/accounts')).toMatch(/^HTTP\/1\.1 403/);
  expect(seen.filter(({ path }) => path.endsWith('/accounts'))).toEqual([]);
});

test('a sidecar does not start with a gateway that it could not find', async () => {
  await expect(
    startGatewayBox({ gateway: '127.0.0.1:5000', gatewayCertificate: certificate }),
  ).rejects.toThrow('loopback');
});
