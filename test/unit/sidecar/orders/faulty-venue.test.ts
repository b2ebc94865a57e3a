// A venue that fails in every way that the paper exchange can, met by real clients: ccxt, okx-api over REST and over its socket. Asserted
// at the exchange and in the account's journal: no order twice, none without a decision, and each ends as it truly is.
import http2 from 'node:http2';
import ccxt from 'ccxt';
import { RestClient, WebsocketAPIClient } from 'okx-api';
import { afterEach, expect, test } from 'vitest';
import type { OrderEvent } from '../../../../src/audit/order-events.js';
import { type InjectedFault, injectedFaults } from '../../../../src/paper/fault-rules.js';
import { absentAfterMs } from '../../../../src/sidecar/orders/reconcile.js';
import { h2Session } from '../../../support/http2-client.js';
import { okxHost, okxRequest } from '../../../support/okx-client.js';
import { type OrderBox, startOrderBox } from '../../../support/order-box.js';
import { BoxAgent, fetchBy } from '../../../support/pro-box.js';
import { eventually } from '../../../support/sidecar-box.js';

let desk: OrderBox;
let agent: BoxAgent;
afterEach(async () => {
  agent.destroy();
  await desk.stop();
});

/** Places one order and gives up after this long, as each of them can be told to; only what rises or is answered in time counts. */
const clientMs = 1_000;
type Place = (order: { id: string; price: string }) => Promise<unknown>;

const quiet = { trace: () => {}, info: () => {}, error: () => {} };
const keys = () => {
  const { apiKey = '', secretKey = '', passphrase = '' } = desk.decoys;
  return { apiKey, apiSecret: secretKey, apiPass: passphrase };
};
const limit = ({ id, price }: { id: string; price: string }) =>
  ({
    instId: 'BTC-USDT',
    tdMode: 'cash',
    side: 'buy',
    ordType: 'limit',
    sz: '0.001',
    px: price,
    clOrdId: id,
  }) as const;

const clients: Readonly<Record<string, () => Place>> = {
  ccxt() {
    const { apiKey, apiSecret, apiPass } = keys();
    const client = new ccxt.okx({ apiKey, secret: apiSecret, password: apiPass, timeout: clientMs });
    client.setSandboxMode(true);
    Object.assign(client, { fetchImplementation: fetchBy(agent), enableRateLimit: false });
    return ({ id, price }) =>
      client.createOrder('BTC/USDT', 'limit', 'buy', 0.001, Number(price), { clOrdId: id });
  },
  'okx-api over REST'() {
    const client = new RestClient(
      { ...keys(), demoTrading: true },
      { httpsAgent: agent, proxy: false, timeout: clientMs },
    );
    return (order) => client.submitOrder(limit(order));
  },
  'okx-api over its socket'() {
    return async (order) => {
      const wsOptions = { agent };
      const client = new WebsocketAPIClient(
        { accounts: [keys()], demoTrading: true, wsOptions, attachEventListeners: false },
        quiet,
      );
      const late = new Promise((_, reject) => setTimeout(() => reject(new Error('late')), clientMs).unref());
      try {
        return await Promise.race([client.submitNewOrder(limit(order)), late]);
      } finally {
        client.getWSClient().closeAll(true);
      }
    };
  },
};

/** What the exchange takes before it fails, or in spite of it. */
const isTaken = (fault: InjectedFault): boolean =>
  fault !== 'cut-before' && fault !== 'silent-before' && fault !== 'limited';
/** Those that may befall an order: a rate limit is of the whole account, prices are of reads. */
const ofOrders = injectedFaults.filter((fault) => fault !== 'limited' && fault !== 'stale-prices');

const patient = {
  mode: 'demo',
  reflexes: { duplicateMs: 0, breakerAnswers: 1_000, maxUnknown: 1_000 },
} as const;
const start = async (...given: Parameters<typeof startOrderBox>) => {
  desk = await startOrderBox(...given);
  agent = new BoxAgent(desk.box);
};

/** What the account's journal says of each order that left under an id of a client's. */
function stories(): Map<string, OrderEvent[]> {
  const events = desk.events();
  const found = new Map<string, OrderEvent[]>();
  for (const event of events) {
    if (event.type !== 'order.releasing') continue;
    const own = events.filter((one) => 'order' in one && one.order === event.order);
    for (const id of event.clientOrderIds) found.set(id, [...(found.get(id) ?? []), ...own]);
  }
  return found;
}

const typesOf = (story: readonly OrderEvent[] = []) => story.map(({ type }) => type);
const left = ['order.proposed', 'order.judged', 'order.releasing', 'order.sent'];
const open = () => desk.box.sidecar.state.orders.list(200).orders.map(({ state }) => state);
const settled = () => open().every((state) => state === 'acknowledged' || state === 'reconciled');
const at = (clOrdId: string) => desk.atVenue(`trade/order?instId=BTC-USDT&clOrdId=${clOrdId}`);
/** What was lost counts as never taken only after so long. */
const lostMs = absentAfterMs + 200;

test('each client meets each fault and places again: each order once at the exchange, ended as it is', {
  timeout: 60_000,
}, async () => {
  await start(patient, { flightLimits: { venueAnswerMs: 1_500 }, watchIntervalMs: 100 });
  const met: { fault: InjectedFault; id: string }[] = [];
  const meetAll = async ([name, make]: [string, () => Place], which: number): Promise<void> => {
    const place = make();
    for (const [index, fault] of ofOrders.entries()) {
      const order = { id: `c${which}f${index}`, price: String(40_000 + 100 * which + index) };
      met.push({ fault, id: order.id });
      desk.fail(`"${order.id}"`, fault);
      // What an agent does whose order failed: the same again.
      await place(order).catch(() => undefined);
      await expect(place(order), `${name}: ${fault}`).rejects.toThrow();
    }
  };
  await Promise.all(Object.entries(clients).map(meetAll));
  await eventually(() => !open().includes('sent'));
  await new Promise((resolve) => setTimeout(resolve, lostMs));
  // The next sidecar asks at once; this one would in a while.
  await desk.restart();
  await eventually(settled);
  const told = stories();
  expect(told.size).toBe(met.length);
  for (const { fault, id } of met) {
    const story = told.get(id);
    const taken = isTaken(fault) ? 1 : 0;
    expect([fault, id, at(id).length]).toEqual([fault, id, taken]);
    expect(typesOf(story).slice(0, 4), fault).toEqual(left);
    expect(
      typesOf(story).filter((type) => type === 'order.sent'),
      fault,
    ).toHaveLength(1);
    const [last] = story?.findLast((event) => 'outcomes' in event)?.outcomes ?? [];
    expect([fault, last?.state]).toEqual([fault, taken === 1 ? 'resting' : 'absent']);
    expect([fault, last?.venueOrderId]).toEqual([fault, at(id)[0]?.ordId]);
  }
  expect(desk.atVenue('trade/orders-pending')).toHaveLength(met.filter(({ fault }) => isTaken(fault)).length);
});

test('a stream of HTTP/2 that is given up while the venue is silent: the order is asked for at its deadline', async () => {
  await start(patient, { flightLimits: { venueAnswerMs: 400 }, watchIntervalMs: 50 });
  desk.fail('"stream1"', 'silent-after');
  const body = JSON.stringify(limit({ id: 'stream1', price: '40000' }));
  const [head = ''] = okxRequest('POST', '/api/v5/trade/order', body, desk.decoys).split('\r\n\r\n');
  const fields = head.split('\r\n').slice(2);
  const session = await h2Session(desk.box, okxHost);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/api/v5/trade/order',
    ':authority': okxHost,
    ...Object.fromEntries(
      fields.map((field) => [field.replace(/:.*/, '').toLowerCase(), field.replace(/^[^:]*: /, '')]),
    ),
  });
  stream.on('error', () => {});
  stream.end(body);
  await eventually(() => open()[0] === 'sent');
  stream.close(http2.constants.NGHTTP2_CANCEL);
  await eventually(() => open()[0] === 'acknowledged');
  session.destroy();
  expect(at('stream1')).toHaveLength(1);
});

test('half of an order is filled at once: the journal ends with what the exchange filled, and nobody halts', async () => {
  await start(patient);
  const [{ askPx = '' } = {}] = desk.atVenue('market/ticker?instId=BTC-USDT');
  desk.fail('"part1"', 'partial-fill');
  desk.fail('trade/fills', 'fills-out-of-order', 20);
  const px = (Number(askPx) * 1.02).toFixed(1);
  await desk.place({ clOrdId: 'part1', sz: '0.02', px });
  expect(at('part1')).toMatchObject([{ state: 'partially_filled', accFillSz: '0.01' }]);
  await eventually(() => at('part1')[0]?.state === 'filled');
  const last = () =>
    stories()
      .get('part1')
      ?.findLast((event) => 'outcomes' in event)?.outcomes;
  await eventually(() => last()?.[0]?.state === 'filled');
  expect(last()).toMatchObject([{ filled: '0.02', venueOrderId: at('part1')[0]?.ordId }]);
  expect(desk.box.sidecar.state.orders.list(1).accounts[0]?.tradingState).toBe('ACTIVE');
});

test('prices of ten minutes ago stop new orders once they come too often; cancels pass', async () => {
  const reflexes = { ...patient.reflexes, breakerAnswers: 2 };
  await start({ mode: 'propose', approval: { holdMs: 20 }, reflexes });
  const control = desk.box.sidecar.state.orders;
  await desk.place();
  const [held] = control.list(1).orders;
  await control.approve(held?.order ?? '', held?.fingerprint ?? '', 'ann');
  const [{ ordId } = {}] = (await desk.place()).body.data;
  desk.fail('market/ticker', 'stale-prices', 20);
  for (let tries = 0; tries < 3; tries += 1) {
    // What was told is remembered for half a second.
    await new Promise((resolve) => setTimeout(resolve, 510));
    await desk.place({ px: `4000${tries}` });
  }
  const [account] = control.list(1).accounts;
  expect(account?.cause).toContain('stale price');
  expect((await desk.place({ px: '45000' })).body.msg).toContain('TRADING_REDUCE_ONLY');
  expect(desk.taken.filter((one) => one === 'POST trade/order')).toHaveLength(1);
  expect((await desk.agent('POST', 'trade/cancel-order', { instId: 'BTC-USDT', ordId })).body.code).toBe('0');
});

test('an account that was asked too often places nothing for as long, and what is refused is not lost', async () => {
  await start(patient);
  desk.fail('"much1"', 'limited');
  expect((await desk.place({ clOrdId: 'much1' })).status).toBe(429);
  expect((await desk.place({ clOrdId: 'much2', px: '45000' })).status).toBe(429);
  expect(desk.atVenue('trade/orders-pending')).toEqual([]);
  expect(open()).toEqual(['rejected-by-venue']);
});
