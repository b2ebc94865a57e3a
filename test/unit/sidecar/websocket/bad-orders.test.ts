// What a wrong client sends over the sockets that take orders, at every venue that has one: each a refusal in the venue's own words under
// the message's id, with a reason code in the journal; nothing is sent, and an order without the fault passes on the same connection.
import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { binance } from '../../../../src/venues/binance/binance.js';
import { bybit } from '../../../../src/venues/bybit/bybit.js';
import { loginSignature as bybitProof } from '../../../../src/venues/bybit/socket.js';
import { hyperliquid } from '../../../../src/venues/hyperliquid/hyperliquid.js';
import { kraken } from '../../../../src/venues/kraken/kraken.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { loginSignature as okxProof } from '../../../../src/venues/okx/socket.js';
import type { Venue } from '../../../../src/venues/venue.js';
import { plainOrders } from '../../../support/plain-orders.js';
import { type ProBox, startProBox } from '../../../support/pro-box.js';
import { eventually, type SettingsPatch } from '../../../support/sidecar-box.js';
import { closedOf, listenTo, messagesOf } from '../../../support/socket-box.js';
import { asReal, requestOf, stampAt } from '../../../support/venue-requests.js';

type Members = Record<string, unknown>;

interface Case {
  name: string;
  venue: Venue;
  url: string;
  /** An order that rests, as the socket's clients write it. */
  order: Members;
  /** Names of its members that say the type and the size. */
  type: string;
  size: string;
  /** What is said first, and what of its answer tells that it passed. */
  login?(pro: ProBox): readonly [message: string, answer: string];
  /** The message that carries an order, by a client whose clock is so far off. */
  write(order: Members, id: number, pro: ProBox, token: string, offMs: number): string;
  /** What the venue does not list. */
  unlisted: Members;
  /** Symbols are spelled out, and the venue's list is asked where a person would have to approve. */
  isAskedLater?: true;
  /** Orders carry no time of their own. */
  isClockless?: true;
  /** Codes that differ from the usual. */
  codes?: Readonly<Record<string, string>>;
}

const json = (value: object) => JSON.stringify(value);
const tenMinutesMs = 600_000;

function signedParams(order: Members, { decoys }: ProBox, offMs: number): Members {
  const params: Members = { ...order, apiKey: decoys.apiKey, timestamp: Date.now() + offMs };
  const names = Object.keys(params).sort();
  const payload = names.map((name) => `${name}=${params[name]}`).join('&');
  const signature = createHmac('sha256', decoys.secretKey ?? '')
    .update(payload)
    .digest('hex');
  return { ...params, signature };
}

const cases: readonly Case[] = [
  {
    name: 'okx',
    venue: okx,
    url: 'wss://wspap.okx.com:8443/ws/v5/private',
    order: plainOrders.okx,
    type: 'ordType',
    size: 'sz',
    login({ decoys: { apiKey, passphrase, secretKey = '' } }) {
      const timestamp = String(Math.floor(Date.now() / 1000));
      const account = { apiKey, passphrase, timestamp, sign: okxProof(secretKey, timestamp) };
      return [json({ op: 'login', args: [account] }), '"login"'];
    },
    write: (order, id) => json({ id: String(id), op: 'order', args: [order] }),
    unlisted: { instIdCode: 999_999, instId: undefined },
    isClockless: true,
  },
  {
    name: 'binance',
    venue: binance,
    url: 'wss://ws-api.binance.com/ws-api/v3',
    order: plainOrders.binance,
    type: 'type',
    size: 'quantity',
    write: (order, id, pro, _token, offMs) =>
      json({ id, method: 'order.place', params: signedParams(order, pro, offMs) }),
    unlisted: { symbol: 'NOSUCHUSDT' },
    isAskedLater: true,
    // What the signature could cover in two ways is read by nobody.
    codes: { 'a plus sign': 'OPERATION_UNKNOWN' },
  },
  {
    name: 'bybit',
    venue: bybit,
    url: 'wss://stream.bybit.com/v5/trade',
    order: plainOrders.bybit,
    type: 'orderType',
    size: 'qty',
    login({ decoys: { apiKey, secretKey = '' } }) {
      const expires = String(Date.now() + 10_000);
      return [json({ op: 'auth', args: [apiKey, expires, bybitProof(secretKey, expires)] }), '"auth"'];
    },
    write: (order, id, _pro, _token, offMs) =>
      json({
        op: 'order.create',
        reqId: String(id),
        header: { 'X-BAPI-TIMESTAMP': String(Date.now() + offMs), 'X-BAPI-RECV-WINDOW': '5000' },
        args: [order],
      }),
    unlisted: { symbol: 'NOSUCHUSDT' },
    isAskedLater: true,
  },
  {
    name: 'kraken',
    venue: kraken,
    url: 'wss://ws-auth.kraken.com/v2',
    order: { symbol: 'BTC/USDT', side: 'buy', order_type: 'limit', order_qty: 0.001, limit_price: 50_000 },
    type: 'order_type',
    size: 'order_qty',
    write: (order, id, _pro, token) => json({ method: 'add_order', req_id: id, params: { ...order, token } }),
    unlisted: { symbol: 'NOSUCH/PAIR' },
    isClockless: true,
    codes: { 'a new field': 'OPERATION_UNKNOWN' },
  },
  {
    name: 'hyperliquid',
    venue: hyperliquid,
    url: 'wss://api.hyperliquid.xyz/ws',
    order: plainOrders.hyperliquid,
    type: 't',
    size: 's',
    write: (order, id, { decoys }, _token, offMs) => {
      const action = { type: 'order', orders: [order], grouping: 'na' };
      const unsigned = json({ action, nonce: 1, signature: {} });
      const request = requestOf(
        'POST',
        'https://api.hyperliquid.xyz/exchange',
        [['content-type', 'application/json']],
        unsigned,
      );
      const { body } = hyperliquid.sign(request, asReal(decoys), stampAt(Date.now() + offMs, 'paper'));
      const payload = JSON.parse(body.toString());
      return json({ method: 'post', id, request: { type: 'action', payload } });
    },
    unlisted: { a: 9_999 },
    codes: { 'an unknown order type': 'FIELD_UNKNOWN' },
  },
];

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Kraken's socket knows its clients by a token that REST hands out. */
async function tokenOf(pro: ProBox): Promise<string> {
  const url = 'https://api.kraken.com/0/private/GetWebSocketsToken';
  const type = 'application/x-www-form-urlencoded';
  const request = requestOf('POST', url, [['content-type', type]], 'nonce=1');
  const { headers, body } = kraken.sign(request, asReal(pro.decoys), stampAt(Date.now(), 'paper'));
  const answer = await pro.fetchThrough(url, {
    method: 'POST',
    headers: headers.map(([name, value]) => [name, value]),
    body: body.toString(),
  });
  return ((await answer.json()) as { result: { token: string } }).result.token;
}

/** A client on the socket, past its login, that says orders and learns what the journal has of each. */
async function startClient(one: Case, patch: SettingsPatch = {}) {
  const pro = await startProBox(one.venue, patch);
  open.push(() => pro.stop());
  const token = one.venue === kraken ? await tokenOf(pro) : '';
  const peer = new WebSocket(one.url, { agent: pro.agent });
  open.push(async () => peer.terminate());
  const { until, received, closed } = await listenTo(peer);
  const login = one.login?.(pro);
  if (login !== undefined) {
    peer.send(login[0]);
    await until(login[1]);
  }
  let id = 100;
  const write = (patch: Members = {}, offMs = 0): string => {
    id += 1;
    return one.write({ ...one.order, ...patch }, id, pro, token, offMs);
  };
  /** The reason in the journal, of a refusal that the client finds by its message's id. */
  const reasonOf = async (message: string | Buffer): Promise<string> => {
    const before = messagesOf(pro.box).length;
    const heard = received.length;
    peer.send(message);
    await eventually(() => messagesOf(pro.box).length > before && received.length > heard);
    const [event] = messagesOf(pro.box).slice(before);
    const refusal = received.slice(heard).join();
    if (event?.type !== 'socket.message' || event.verdict !== 'deny') return `passed: ${refusal}`;
    expect(refusal).toContain('tradebox');
    // What has two readings has no id either.
    const isReadable = typeof message === 'string' && event.code !== 'OPERATION_UNKNOWN';
    if (isReadable) expect(refusal).toMatch(new RegExp(`\\b${id}\\b`));
    return event.code;
  };
  const say = (patch: Members, offMs = 0, alter = (text: string) => text) =>
    reasonOf(alter(write(patch, offMs)));
  /** The answer to an order without a fault. */
  const order = (): Promise<string> => {
    peer.send(write());
    return until(String(id));
  };
  return { pro, peer, closed, reasonOf, say, order };
}

test.each(cases.map((one) => [one.name, one] as const))('%s refuses it and says why', async (_, one) => {
  const { pro, peer, closed, reasonOf, say, order } = await startClient(one);
  const twice = (text: string) => text.replace(/("side"|"b"):("\w+"|true)/, '$1:$2,$1:$2');
  const isObject = typeof one.order[one.type] === 'object';
  const reasons = {
    'a new field': await say({ brandNewField: 'x' }),
    'an unknown order type': await say({ [one.type]: isObject ? { moonshot: {} } : 'moonshot' }),
    'an exponent': await say({ [one.size]: '1e-3' }),
    'a minus sign': await say({ [one.size]: '-0.001' }),
    'a plus sign': await say({ [one.size]: '+0.001' }),
    'a member twice': await say({}, 0, twice),
    compressed: await reasonOf(gzipSync('{}')),
  };
  expect(reasons).toEqual({
    'a new field': 'FIELD_UNKNOWN',
    'an unknown order type': 'ORDER_TYPE_UNSUPPORTED',
    'an exponent': 'NUMBER_INVALID',
    'a minus sign': 'NUMBER_INVALID',
    'a plus sign': 'PRICE_RELATIVE',
    'a member twice': 'OPERATION_UNKNOWN',
    compressed: 'BINARY_MESSAGE',
    ...one.codes,
  });
  if (one.isAskedLater !== true) expect(await say(one.unlisted)).toBe('SYMBOL_UNKNOWN');
  for (const offMs of one.isClockless ? [] : [-tenMinutesMs, tenMinutesMs])
    expect(await say({}, offMs)).toBe('CLOCK_SKEWED');
  expect(
    messagesOf(pro.box).filter(
      (event) => 'class' in event && event.class === 'order' && event.verdict === 'allow',
    ),
  ).toEqual([]);

  expect(await order()).not.toContain('tradebox');

  // 2 MB of orders: more than any message may be, so that the connection ends.
  peer.send(json({ orders: Array.from({ length: 20_000 }, () => one.order) }));
  expect((await closed).code).toBe(1009);
  await eventually(() =>
    closedOf(pro.box).some((event) => 'error' in event && event.error === 'MESSAGE_TOO_LARGE'),
  );
});

test.each(cases.filter(({ isAskedLater }) => isAskedLater).map((one) => [one.name, one] as const))(
  '%s: nobody is asked to approve what the venue does not list',
  async (_, one) => {
    const { say } = await startClient(one, { mode: 'propose' });
    expect(await say(one.unlisted)).toBe('SYMBOL_UNKNOWN');
  },
);
