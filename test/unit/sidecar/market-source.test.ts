// `shadow` on the wire: a sidecar, an agent's client, and a real venue that counts what reaches it. Reads of the market do, with no
// key; no order ever does.
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/core/clock.js';
import { type HttpAnswer, type HttpRequest, jsonAnswer } from '../../../src/core/http.js';
import { createPaperExchange } from '../../../src/paper/exchange.js';
import { type PaperServer, startPaperServer } from '../../../src/paper/server.js';
import { createAuthority } from '../../../src/sidecar/authority.js';
import { createMarketSource } from '../../../src/sidecar/market-source.js';
import { createUpstream } from '../../../src/sidecar/upstream.js';
import { okx } from '../../../src/venues/okx/okx.js';
import { findVenue } from '../../../src/venues/venues.js';
import { okxHost, okxRequest } from '../../support/okx-client.js';
import { exchange, rule, startTestBox, type TestBox } from '../../support/sidecar-box.js';
import { makeDecoys } from '../../support/venue-requests.js';

let box: TestBox | undefined;
let venue: PaperServer | undefined;
afterEach(async () => {
  await box?.stop();
  await venue?.close();
  box = undefined;
});

/** Twice the prices: none that the paper exchange would make up itself. */
function doubled(answer: HttpAnswer): HttpAnswer {
  const told = JSON.parse(answer.body.toString());
  const twice = (price: string) => (Number(price) * 2).toFixed(1);
  const levels = (rows: string[][]) => rows.map(([price = '', ...rest]) => [twice(price), ...rest]);
  for (const row of told.data) {
    for (const name of ['last', 'askPx', 'bidPx']) if (name in row) row[name] = twice(row[name]);
    for (const name of ['asks', 'bids']) if (name in row) row[name] = levels(row[name]);
  }
  return jsonAnswer(answer.status, told);
}

/** The real venue: a paper exchange of other prices, which notes everything that reaches it. */
async function realVenue() {
  const seen: HttpRequest[] = [];
  const paper = createPaperExchange({ seed: 'the real one', credentials: [], clock: systemClock });
  const authority = createAuthority({ clock: systemClock });
  venue = await startPaperServer({
    exchange: {
      handle(request) {
        seen.push(request);
        return doubled(paper.handle(request));
      },
    },
    tls: authority.leafFor(okxHost),
  });
  const route = { host: okxHost, address: '127.0.0.1', port: venue.port, ca: authority.caPem };
  return { seen, route };
}

test('reads of the market reach the venue without a key; orders, cancels and accounts never do', async () => {
  const { seen, route } = await realVenue();
  const secrets = makeDecoys(okx);
  const decoys = makeDecoys(okx);
  box = await startTestBox(
    ({ tls }) => ({
      mode: 'shadow',
      paper: { seed: 'played', venues: ['okx'] },
      policy: { rules: [rule(okxHost, tls, { venue: 'okx' }), rule('ws.okx.com', tls, { venue: 'okx' })] },
      credentials: [{ kind: 'venue', id: 'a', venue: 'okx', environment: 'paper', secrets, decoys }],
    }),
    { marketRoutes: [route] },
  );
  const running = box;
  const agent = async (method: string, target: string, body?: unknown) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const answer = await exchange(running, okxHost, okxRequest(method, `/api/v5/${target}`, text, decoys));
    return JSON.parse(answer.split('\r\n\r\n')[1] ?? '{}');
  };
  const [ticker] = (await agent('GET', 'market/ticker?instId=BTC-USDT')).data;
  const order = {
    instId: 'BTC-USDT',
    tdMode: 'cash',
    side: 'buy',
    ordType: 'market',
    sz: '0.01',
    tgtCcy: 'base_ccy',
  };
  const placed = await agent('POST', 'trade/order', order);
  expect(placed.code).toBe('0');
  const [filled] = (await agent('GET', `trade/order?instId=BTC-USDT&ordId=${placed.data[0].ordId}`)).data;
  // The market may have moved between the two.
  expect(Math.abs(Number(filled.avgPx) / Number(ticker.askPx) - 1)).toBeLessThan(0.02);
  expect(Number(filled.avgPx)).toBeGreaterThan(150_000);
  const rests = await agent('POST', 'trade/order', { ...order, ordType: 'limit', px: '50000' });
  const cancel = { instId: 'BTC-USDT', ordId: rests.data[0].ordId };
  expect((await agent('POST', 'trade/cancel-order', cancel)).code).toBe('0');
  expect((await agent('GET', 'account/balance')).code).toBe('0');
  expect((await agent('POST', 'asset/withdrawal', { ccy: 'BTC', amt: '1', dest: '4' })).code).not.toBe('0');
  expect((await agent('POST', 'market/ticker', order)).code).not.toBe('0');

  expect(seen.length).toBeGreaterThan(3);
  for (const { method, path, headers, body } of seen) {
    expect([method, body.length], path).toEqual(['GET', 0]);
    expect(path).toMatch(/^\/api\/v5\/(?:market|public)\//);
    const sent = JSON.stringify(headers).toLowerCase();
    expect(sent).not.toMatch(/ok-access|x-simulated|authorization|cookie/);
    for (const value of [...Object.values(secrets), ...Object.values(decoys)]) {
      expect(sent).not.toContain(value.toLowerCase());
    }
  }
  expect(running.events()).toContainEqual(
    expect.objectContaining({ type: 'sidecar.started', mode: 'shadow', paper: true }),
  );
});

test('control: without `shadow` the same box asks the venue nothing', async () => {
  const { seen, route } = await realVenue();
  const decoys = makeDecoys(okx);
  box = await startTestBox(
    ({ tls }) => ({
      mode: 'demo',
      paper: { seed: 'played', venues: ['okx'] },
      policy: { rules: [rule(okxHost, tls, { venue: 'okx' })] },
      credentials: [
        { kind: 'venue', id: 'a', venue: 'okx', environment: 'paper', secrets: makeDecoys(okx), decoys },
      ],
    }),
    { marketRoutes: [route] },
  );
  await exchange(box, okxHost, okxRequest('GET', '/api/v5/market/ticker?instId=BTC-USDT', '', decoys));
  expect(seen).toEqual([]);
});

test('nothing but a read of the venue’s own host can be asked for', async () => {
  const { seen, route } = await realVenue();
  const upstream = createUpstream({ routes: [route, { ...route, host: 'evil.test' }] });
  const ask = createMarketSource({ upstream, venueOf: findVenue, nowMs: () => Date.now() });
  const ticker = { path: '/api/v5/market/ticker', query: 'instId=BTC-USDT' };
  expect(await ask('okx', 'evil.test', ticker)).toBeUndefined();
  expect(await ask('nobody', okxHost, ticker)).toBeUndefined();
  expect(await ask('okx', okxHost, { path: '/api/v5/asset/withdrawal', query: '' })).toBeUndefined();
  expect(await ask('okx', okxHost, { path: '/api/v5/unheard-of', query: '' })).toBeUndefined();
  expect(seen).toEqual([]);
  expect((await ask('okx', okxHost, ticker))?.status).toBe(200);
  upstream.close();
  await venue?.close();
  expect(await ask('okx', okxHost, ticker)).toBeUndefined();
});
