// ATTACKS B2, C2 and D6 on the sockets that take no orders, each through a sidecar that may only read: what is forged, foreign,
// hidden or without a row never leaves, and says so in the venue's words.
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { coinbaseExchange } from '../../../../src/venues/coinbase-exchange/coinbase-exchange.js';
import { feedSign } from '../../../../src/venues/coinbase-exchange/signature.js';
import { ibkr } from '../../../../src/venues/ibkr/ibkr.js';
import { krakenFutures } from '../../../../src/venues/kraken-futures/kraken-futures.js';
import { signChallenge } from '../../../../src/venues/kraken-futures/signature.js';
import { tradier } from '../../../../src/venues/tradier/tradier.js';
import type { Venue } from '../../../../src/venues/venue.js';
import { startProBox } from '../../../support/pro-box.js';
import { taintsOf } from '../../../support/relay-box.js';
import { eventually } from '../../../support/sidecar-box.js';
import { closedOf, listenTo, messagesOf } from '../../../support/socket-box.js';
import { makeDecoys } from '../../../support/venue-requests.js';

type Decoys = Readonly<Record<string, string>>;

/** Messages by the code that they are refused with. */
interface Case {
  venue: Venue;
  url: string;
  /** Passes, so that the socket is known to carry what it may; what its answer holds. */
  sane: readonly [message: string, answer: string];
  refused(decoys: Decoys): readonly (readonly [code: string, message: string | Buffer])[];
}

const json = (value: object) => JSON.stringify(value);
const uuid = '226aee50-88fc-4618-a42a-34f7709570b2';

const cases: readonly Case[] = [
  {
    venue: krakenFutures,
    url: 'wss://futures.kraken.com/ws/v1',
    sane: [json({ event: 'subscribe', feed: 'ticker', product_ids: ['PF_XBTUSD'] }), '"subscribed"'],
    refused({ apiKey = '', secret = '' }) {
      const other = makeDecoys(krakenFutures);
      const proof = (text: string, keys: Decoys = { apiKey, secret }) =>
        json({
          event: 'subscribe',
          feed: 'fills',
          api_key: keys.apiKey,
          original_challenge: text,
          signed_challenge: signChallenge(keys.secret ?? '', text),
        });
      return [
        ['SIGNATURE_FORGED', json({ event: 'challenge', api_key: other.apiKey })],
        ['OPERATION_UNKNOWN', proof(uuid)],
        ['OPERATION_UNKNOWN', proof('symbol=PF_XBTUSD&size=1/api/v3/sendorder')],
        ['OPERATION_UNKNOWN', json({ event: 'send_order', symbol: 'PF_XBTUSD', side: 'buy', size: 1 })],
        ['OPERATION_UNKNOWN', json({ event: 'subscribe', feed: 'withdrawals' })],
        ['OPERATION_UNKNOWN', json({ event: 'subscribe', feed: 'ticker', product_ids: [apiKey] })],
        ['OPERATION_UNKNOWN', json({ event: 'subscribe', feed: 'ticker', api_key: apiKey })],
        ['OPERATION_UNKNOWN', '{"event":"ping","event":"subscribe"}'],
        ['BINARY_MESSAGE', Buffer.from(json({ event: 'ping' }))],
      ];
    },
  },
  {
    venue: coinbaseExchange,
    url: 'wss://ws-feed.exchange.coinbase.com',
    sane: [json({ type: 'subscribe', product_ids: ['BTC-USDT'], channels: ['ticker'] }), '"subscriptions"'],
    refused({ apiKey: key = '', secret = '', passphrase = '' }) {
      const timestamp = String(Math.floor(Date.now() / 1000));
      const signed = (more: object) =>
        json({
          type: 'subscribe',
          channels: ['user'],
          key,
          passphrase,
          timestamp,
          signature: feedSign(secret, timestamp),
          ...more,
        });
      const other = makeDecoys(coinbaseExchange);
      return [
        ['SIGNATURE_FORGED', signed({ key: other.apiKey })],
        ['SIGNATURE_FORGED', signed({ passphrase: other.passphrase })],
        ['SIGNATURE_FORGED', signed({ signature: feedSign(other.secret ?? '', timestamp) })],
        ['SIGNATURE_FORGED', signed({ timestamp: String(Number(timestamp) - 1) })],
        ['OPERATION_UNKNOWN', signed({ signature: undefined })],
        ['OPERATION_UNKNOWN', signed({ side: 'buy' })],
        ['OPERATION_UNKNOWN', json({ type: 'subscribe', channels: ['user'] })],
        ['OPERATION_UNKNOWN', json({ type: 'order', channels: ['ticker'], product_ids: ['BTC-USDT'] })],
        ['OPERATION_UNKNOWN', json({ type: 'subscribe', channels: [{ name: 'ticker', size: '1' }] })],
        ['BINARY_MESSAGE', Buffer.from(signed({}))],
      ];
    },
  },
  {
    venue: tradier,
    url: 'wss://sandbox-ws.tradier.com/v1/markets/events',
    sane: [json({ symbols: ['AAPL'], sessionid: 'SESSION' }), '"quote"'],
    refused: ({ accessToken = '' }) => [
      ['SESSION_TOKEN_UNKNOWN', json({ symbols: ['AAPL'], sessionid: uuid })],
      ['SESSION_TOKEN_UNKNOWN', json({ symbols: ['AAPL'], sessionid: accessToken })],
      ['DECOY_MISPLACED', json({ symbols: [accessToken], sessionid: 'SESSION' })],
      ['OPERATION_UNKNOWN', json({ symbols: ['AAPL'] })],
      ['OPERATION_UNKNOWN', json({ events: ['order'], sessionid: 'SESSION' })],
      ['OPERATION_UNKNOWN', json({ symbols: ['AAPL'], side: 'buy', quantity: 1, sessionid: 'SESSION' })],
      ['OPERATION_UNKNOWN', `[${json({ symbols: ['AAPL'], sessionid: 'SESSION' })}]`],
      ['BINARY_MESSAGE', Buffer.from(json({ symbols: ['AAPL'], sessionid: 'SESSION' }))],
    ],
  },
  {
    venue: ibkr,
    url: 'wss://api.ibkr.com/v1/api/ws',
    sane: [json({ session: 'SESSION' }), '"authenticated":true'],
    refused: ({ accessToken = '', sessionToken = '' }) => [
      ['SESSION_TOKEN_UNKNOWN', json({ session: 'f'.repeat(32) })],
      ['SESSION_TOKEN_UNKNOWN', json({ session: sessionToken })],
      ['DECOY_MISPLACED', `smh+265598+${json({ exchange: accessToken })}`],
      ['OPERATION_UNKNOWN', json({ session: 'SESSION', conid: 265598 })],
      ['OPERATION_UNKNOWN', `ord+${json({ conid: 265598, side: 'BUY', quantity: 1 })}`],
      ['OPERATION_UNKNOWN', `sor+${json({ orders: [{ conid: 265598 }] })}`],
      ['OPERATION_UNKNOWN', 'smd+265598+{}\nord+{}'],
      ['OPERATION_UNKNOWN', 'smd+265598+{"fields":[],"fields":["31"]}'],
      ['BINARY_MESSAGE', Buffer.from('sor+{}')],
    ],
  },
];

const sessionAt: Readonly<Record<string, string>> = {
  tradier: 'https://sandbox.tradier.com/v1/markets/events/session',
  ibkr: 'https://api.ibkr.com/v1/api/tickle',
};

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

test.each(cases.map((one) => [one.venue.id, one] as const))(
  '%s: nothing hostile leaves, and all of it is told and journaled',
  async (id, { venue, url, sane, refused }) => {
    const pro = await startProBox(venue, { mode: 'readonly' });
    open.push(() => pro.stop());
    const { decoys } = pro;
    const headers: Record<string, string> =
      id === 'ibkr'
        ? { cookie: `api=${decoys.sessionToken}` }
        : { authorization: `Bearer ${decoys.accessToken}`, accept: 'application/json' };
    const target = sessionAt[id];
    const answer =
      target === undefined ? undefined : await pro.fetchThrough(target, { method: 'POST', headers });
    const told = (await answer?.json()) as { session?: string; stream?: { sessionid: string } } | undefined;
    const session = told?.session ?? told?.stream?.sessionid ?? '';
    const dial = async () => {
      const peer = new WebSocket(url, { agent: pro.agent });
      open.push(async () => peer.terminate());
      return listenTo(peer);
    };
    const { peer, until, received } = await dial();
    const messages = refused(decoys);
    for (const [, message] of messages)
      peer.send(typeof message === 'string' ? message.replace('SESSION', session) : message);
    peer.send(sane[0].replace('SESSION', session));
    await until(sane[1]);
    expect(received.filter((one) => one.includes('tradebox'))).toHaveLength(messages.length);
    const decided = messagesOf(pro.box).map((event) =>
      event.type === 'socket.message' && event.verdict === 'deny' ? event.code : 'passed',
    );
    expect(decided.slice(0, messages.length)).toEqual(messages.map(([code]) => code));
    const hasForged = messages.some(([code]) => code === 'SIGNATURE_FORGED' || code === 'DECOY_MISPLACED');
    expect(taintsOf(pro.box).length > 0).toBe(hasForged);
    // B2: a control frame carries no decoy out, either.
    const other = await dial();
    other.peer.ping(Object.values(decoys)[0]);
    await other.closed;
    await eventually(() =>
      closedOf(pro.box).some((event) => 'error' in event && event.error === 'DECOY_MISPLACED'),
    );
  },
);
