// Each fault at the exchange itself: what it takes, what it says, and that a rule strikes only what it names, as often as it says.
import { expect, test } from 'vitest';
import { FaultyExchange } from '../../../src/paper/fault-injection.js';
import { faultsFileSchema, type InjectedFault, injectedFaults } from '../../../src/paper/fault-rules.js';
import type { ServedAnswer } from '../../../src/paper/server.js';
import { SocketEnd } from '../../../src/paper/sockets.js';
import { paperOkx } from '../../support/paper-exchange.js';

const limit = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '0.01' };

function faulty(fault: InjectedFault, when: readonly string[], times?: number) {
  const venue = paperOkx('faults');
  const [{ askPx, last } = {}] = venue.get('market/ticker?instId=BTC-USDT').data;
  const rule = { when: [...when], fault, ...(times === undefined ? {} : { times }) };
  const exchange = new FaultyExchange(venue.exchange, [{ times: 1, ...rule }]);
  const far = String(Math.floor(Number(last) * 0.97));
  const order = (clOrdId: string, more: object = {}) =>
    venue.sign('POST', 'trade/order', JSON.stringify({ ...limit, px: far, clOrdId, ...more }));
  return {
    ...venue,
    exchange,
    askPx: Number(askPx),
    place: (id: string, more: object = {}) => exchange.handle(order(id, more)),
    read: (target: string) => exchange.handle(venue.sign('GET', target)),
    resting: () => venue.get('trade/orders-pending').data.map(({ clOrdId }) => clOrdId),
  };
}

const textOf = (answer: ServedAnswer | Promise<ServedAnswer>): string =>
  'status' in answer ? `${answer.status} ${answer.body.toString()}` : 'nothing yet';

test.each([
  ['error-after', true, /^503 /],
  ['ack-twice', true, /^200 .*"sCode":"0"/],
  ['ack-of-another', true, /^200 .*"clOrdId":"first"/],
  ['garbage', true, /^200 <!doctype html>/],
  ['silent-before', false, /^nothing yet$/],
  ['silent-after', true, /^nothing yet$/],
  ['limited', false, /^429 /],
] as const)('%s', (fault, isTaken, said) => {
  const { place, resting } = faulty(fault, ['POST /api/v5/trade/order', '"struck"']);
  expect(textOf(place('first'))).toMatch(/^200 .*"sCode":"0"/);
  const answer = place('struck');
  expect(textOf(answer)).toMatch(said);
  expect('times' in answer ? answer.times : 1).toBe(fault === 'ack-twice' ? 2 : 1);
  expect(resting().includes('struck')).toBe(isTaken);
  // Used up.
  expect(textOf(place('struck'))).toMatch(isTaken ? /51016/ : /"sCode":"0"/);
});

test.each([
  ['cut-before', false],
  ['cut-after', true],
] as const)('%s', (fault, isTaken) => {
  const { place, resting } = faulty(fault, ['"struck"']);
  expect(() => place('struck')).toThrow(SocketEnd);
  expect(resting()).toEqual(isTaken ? ['struck'] : []);
});

test('partial-fill: half at once though the book has more, the rest later', () => {
  const { place, get, askPx, wait } = faulty('partial-fill', ['"struck"']);
  void place('struck', { px: (askPx * 1.02).toFixed(1) });
  const [order] = get('trade/order?instId=BTC-USDT&clOrdId=struck').data;
  expect(order).toMatchObject({ state: 'partially_filled', accFillSz: '0.005' });
  wait(2);
  expect(get('trade/order?instId=BTC-USDT&clOrdId=struck').data).toMatchObject([{ state: 'filled' }]);
});

test('partial-fill of a market order: what is not filled at once is cancelled', () => {
  const { place, get } = faulty('partial-fill', ['"struck"']);
  void place('struck', { ordType: 'market', tgtCcy: 'base_ccy', px: undefined });
  const [order] = get('trade/order?instId=BTC-USDT&clOrdId=struck').data;
  expect(order).toMatchObject({ state: 'canceled', accFillSz: '0.005' });
});

test('stale-prices: those of ten minutes ago, stamped so; the next are fresh', () => {
  const { read, get, clock } = faulty('stale-prices', ['market/ticker']);
  const [now] = get('market/ticker?instId=BTC-USDT').data;
  const old = JSON.parse(textOf(read('market/ticker?instId=BTC-USDT')).slice(4)).data[0];
  expect(Number(old.ts)).toBe(clock.nowMs() - 600_000);
  expect(old.last).not.toBe(now?.last);
  expect(JSON.parse(textOf(read('market/ticker?instId=BTC-USDT')).slice(4)).data[0]).toEqual(now);
});

test('fills-out-of-order: an answer lists them in reverse', () => {
  const { place, read, get } = faulty('fills-out-of-order', ['trade/fills']);
  for (const id of ['one', 'two']) void place(id, { ordType: 'market', tgtCcy: 'base_ccy', px: undefined });
  const told = JSON.parse(textOf(read('trade/fills')).slice(4)).data;
  expect(told.length).toBeGreaterThan(1);
  expect(told).toEqual(get('trade/fills').data.toReversed());
});

test('a rule strikes so often', () => {
  const { place } = faulty('error-after', ['trade/order'], 2);
  expect(['a', 'b', 'c'].map((id) => textOf(place(id)).slice(0, 3))).toEqual(['503', '503', '200']);
});

/** A socket that acknowledges what it hears and has two pieces of news. */
function socketUnder(fault: InjectedFault) {
  const heard: string[] = [];
  const exchange = new FaultyExchange(
    {
      handle: () => ({ status: 200, headers: [], body: Buffer.alloc(0) }),
      openSocket: () => ({
        hear: (text) => {
          heard.push(text);
          return [`ack ${text}`];
        },
        tell: () => ['live', 'filled'],
      }),
    },
    [{ when: ['SOCKET /private', 'host: v', 'struck'], fault, times: 1 }],
  );
  const socket = exchange.openSocket({ host: 'v', path: '/private', query: '' });
  const hear = (text: string): readonly string[] | string => {
    try {
      return socket?.hear(text) ?? 'no socket';
    } catch (thrown) {
      return `ends ${String(thrown instanceof SocketEnd ? thrown.code : thrown)}`;
    }
  };
  return { heard, hear };
}

test.each([
  ['error-after', true, 'ends 1013'],
  ['cut-before', false, 'ends undefined'],
  ['cut-after', true, 'ends undefined'],
  ['silent-before', false, []],
  ['silent-after', true, []],
  ['ack-twice', true, ['ack struck', 'ack struck']],
  ['ack-of-another', true, ['ack first']],
  ['garbage', true, [expect.stringContaining('<html>')]],
  ['limited', false, 'ends 1013'],
  ['fills-out-of-order', true, ['filled', 'live', 'ack struck']],
  ['partial-fill', true, ['ack struck']],
  ['stale-prices', true, ['ack struck']],
] as const)('%s on a socket', (fault, isTaken, told) => {
  const { heard, hear } = socketUnder(fault);
  expect(hear('first')).toEqual(['ack first']);
  expect(hear('struck')).toEqual(told);
  expect(heard.includes('struck')).toBe(isTaken);
  expect(hear('struck')).toEqual(['ack struck']);
});

test('the file: version 1, every fault by its name, once unless it says how often', () => {
  const rules = injectedFaults.map((fault) => ({ when: ['x'], fault }));
  expect(faultsFileSchema.parse({ version: 1, faults: rules }).faults[0]).toEqual({ ...rules[0], times: 1 });
  for (const wrong of [{ when: [], fault: 'garbage' }, { when: ['x'], fault: 'rain' }, { fault: 'garbage' }])
    expect(faultsFileSchema.safeParse({ version: 1, faults: [wrong] }).success).toBe(false);
});
