// What the sidecar's own calls of every venue with a paper dialect do, tried against that dialect.
import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../src/core/decimal.js';
import type { HttpRequest } from '../../src/core/http.js';
import { venues } from '../../src/venues/venues.js';
import { casesOf, orderOf } from './venue-cases.js';
import { venueDesk } from './venue-order-box.js';

const at = { environment: 'paper' } as const;
const cases = casesOf(Object.fromEntries(venues.map((venue) => [venue.id, venue])));

/** The tests of one case's calls. */
export function testAdminOf(name: string): void {
  const one = cases.find(({ name: known }) => known === name);
  if (one === undefined) throw new Error(`no case for ${name}`);
  const { venue, instruments, quote = 'USDT', clientId = (id: string) => id } = one;
  const context = { account: 'paper', ...at, ...(instruments && { instruments }) };

  const nameOf = (order: HttpRequest): string => {
    const parsed = venue.parseOrders(order, context);
    return parsed.ok ? (parsed.intents[0]?.instrument ?? '') : '';
  };

  /** Every resting order, through all lists and pages. */
  const restingAt = ({ ask, admin }: ReturnType<typeof venueDesk>) => {
    const found = [];
    let page: string | undefined;
    do {
      const step = ask(admin.openOrders(at, page));
      if (step === undefined) throw new Error('the list was not understood');
      found.push(...step.orders);
      page = step.next;
    } while (page !== undefined);
    return found;
  };

  test('every call is one that the operation table names, at a host of the account', () => {
    const { admin } = venueDesk(one);
    const order = {
      instrument: 'BTCUSDT',
      venueOrderId: one.orderNumber ?? '11111111-2222-4333-a444-555555555555',
      venueAccount: 'VA00000001',
      kind: 'plain',
    } as const;
    const calls = [
      [admin.openOrders(at), 'read'],
      [admin.cancelOrders(at, [order]), 'cancel'],
      [admin.cancelOrders(at, [order, order]), 'cancel'],
      [admin.findOrder(at, { instrument: 'BTCUSDT', clientOrderId: 'a1' }), 'read'],
      [admin.findOrder(at, order), 'read'],
      [admin.positions(at), 'read'],
      [admin.referencePrice(at, venue.id.startsWith('coinbase') ? 'BTC-USDT' : 'BTCUSDT'), 'read'],
      [admin.contractTerms(at, venue.id.startsWith('coinbase') ? 'BTC-USDT' : 'BTCUSDT'), 'read'],
    ] as const;
    for (const [{ request, isPublic }, kind] of calls) {
      expect(venue.classify(request), request.path).toMatchObject({ class: kind, isPublic });
      expect(venue.hosts.find(({ host }) => host === request.host)?.environments).toContain('paper');
    }
  });

  test('what was placed is understood, listed, found by its client order id, cancelled, and then gone', () => {
    const desk = venueDesk(one);
    const { ask, send, admin } = desk;
    const placed = admin.readPlaced(send(orderOf(one, clientId('mine1'))));
    expect(placed).toMatchObject([{ isAccepted: true, venueOrderId: expect.any(String) }]);
    expect(admin.readPlaced(send(orderOf(one, clientId('mine2'))))).toMatchObject([{ isAccepted: true }]);
    const resting = restingAt(desk);
    expect(resting.map(({ clientOrderId }) => clientOrderId).sort()).toEqual(
      ['mine1', 'mine2'].map(clientId),
    );
    expect(resting.every(({ side }) => side === 'buy')).toBe(true);

    const parsed = venue.parseOrders(orderOf(one), context);
    const instrument = parsed.ok ? (parsed.intents[0]?.instrument ?? '') : '';
    const { operation } = venue.classify(orderOf(one));
    const byClient = ask(admin.findOrder(at, { instrument, operation, clientOrderId: clientId('mine1') }));
    expect(byClient).toMatchObject({ state: 'resting', clientOrderId: clientId('mine1') });
    const venueOrderId = placed?.[0]?.venueOrderId ?? '';
    expect(ask(admin.findOrder(at, { instrument, operation, venueOrderId }))).toMatchObject({
      state: 'resting',
      venueOrderId,
    });
    expect(ask(admin.findOrder(at, { instrument, operation, clientOrderId: clientId('never1') }))).toBe(
      'absent',
    );

    for (let from = 0; from < resting.length; from += admin.cancelBatchSize) {
      const batch = resting.slice(from, from + admin.cancelBatchSize);
      expect(ask(admin.cancelOrders(at, batch))).toEqual({ canceled: batch.length, failed: 0 });
      // A kill must end: what is gone already counts as canceled.
      expect(ask(admin.cancelOrders(at, batch))).toEqual({ canceled: batch.length, failed: 0 });
    }
    expect(restingAt(desk)).toEqual([]);
    expect(
      ask(admin.findOrder(at, { instrument, operation, clientOrderId: clientId('mine1') })),
    ).toMatchObject({
      state: 'canceled',
    });
  });

  test('what the key may do is told, and a key that can withdraw is known for one', () => {
    const { ask, send, admin } = venueDesk(one);
    const call = admin.keyFacts?.(at);
    if (call === undefined) throw new Error('nothing is told of keys');
    // IBKR tells no rights at all, only whose money it is.
    expect(ask(call)).toMatchObject(venue.id === 'ibkr' ? { isOfEnvironment: true } : { canTrade: true });
    expect(call.read({ status: 200, body: Buffer.from('{}') })).toBeUndefined();
    expect(ask(call)?.canWithdraw).toBe(one.isSilentOfWithdrawals ? undefined : false);
    if (one.isSilentOfWithdrawals) return;
    const told = String(send(call.request, false, { isOwn: true }).body)
      .replace('"enableWithdrawals":false', '"enableWithdrawals":true')
      .replace('"Wallet":[]', '"Wallet":["Withdraw"]')
      .replace('"query-funds"', '"withdraw-funds"')
      .replace('"can_transfer":false', '"can_transfer":true')
      .replace('"transfer":"NO_ACCESS"', '"transfer":"FULL_ACCESS"')
      .replace('"role":"agent"', '"role":"user"');
    expect(call.read({ status: 200, body: Buffer.from(told) })?.canWithdraw).toBe(true);
  });

  test('the venue’s clock is told, to the second at least, and rubbish is no time', () => {
    const nowMs = Date.now() - 600_000;
    const { ask, admin } = venueDesk(one, { nowMs: () => nowMs });
    const call = admin.serverTime?.(at);
    if (call === undefined) throw new Error('no clock');
    expect(venue.classify(call.request)).toMatchObject({ class: 'read', isPublic: call.isPublic });
    expect(Math.abs((ask(call) ?? 0) - nowMs)).toBeLessThan(1000);
    for (const body of ['', '<html>502</html>', '[]', '{}', 'null', '{"time":"soon","serverTime":-1}'])
      expect(call.read({ status: 200, body: Buffer.from(body) }), body).toBeUndefined();
  });

  test('prices, terms and positions are read', () => {
    const { ask, admin } = venueDesk(one);
    const parsed = venue.parseOrders(orderOf(one), context);
    const instrument = parsed.ok ? (parsed.intents[0]?.instrument ?? '') : '';
    const price = ask(admin.referencePrice(at, instrument));
    expect(price?.last.gt(decimal('1'))).toBe(true);
    expect(price?.bid !== undefined && price.ask !== undefined && price.bid.lt(price.ask)).toBe(true);
    const terms = ask(admin.contractTerms(at, instrument));
    expect(terms).toMatchObject({ isInverse: one.contractSize !== undefined, quote });
    expect(terms === undefined ? '' : formatDecimal(terms.multiplier)).toBe(one.contractSize ?? '1');
    expect(ask(admin.positions(at))).toBeInstanceOf(Array);
  });

  test('the book and the range of the last minutes are read, and rubbish is neither', () => {
    const { ask, admin } = venueDesk(one);
    const parsed = venue.parseOrders(orderOf(one), context);
    const instrument = parsed.ok ? (parsed.intents[0]?.instrument ?? '') : '';
    const book = admin.orderBook?.(at, instrument, false);
    const toMs = Date.now();
    const range = admin.priceRange?.(at, instrument, { fromMs: toMs - 600_000, toMs });
    if (book === undefined || range === undefined) throw new Error('no book or no range');
    for (const { request, isPublic } of [book, range])
      expect(venue.classify(request), request.path).toMatchObject({ class: 'read', isPublic });
    const told = ask(book);
    const [bid, ask1] = [told?.bids[0], told?.asks[0]];
    expect(told?.asks.length).toBeGreaterThanOrEqual(one.bookLevels ?? 50);
    expect(bid !== undefined && ask1 !== undefined && bid.price.lt(ask1.price)).toBe(true);
    const moved = ask(range);
    expect(moved?.low.gt(decimal('1')) && moved.low.lte(moved.high)).toBe(true);
    for (const body of ['', '<html>502</html>', '[]', '{}', 'null', '{"error":["EGeneral"],"result":{}}']) {
      expect(book.read({ status: 200, body: Buffer.from(body) }), body).toBeUndefined();
      expect(range.read({ status: 200, body: Buffer.from(body) }), body).toBeUndefined();
    }
  });

  if (venue.admin?.equity !== undefined)
    test('the account is worth what the exchange gave it, in dollars, and an answer without that is none', () => {
      const { ask, admin } = venueDesk(one);
      const call = admin.equity?.(at);
      const worth = call && ask(call);
      // What the paper exchange gives to begin with, coins at their prices.
      expect(worth?.gt(decimal('50000')) && worth.lt(decimal('500000'))).toBe(true);
      for (const body of ['', '<html>502</html>', '{}', 'null', '[]', '{"error":["EGeneral"]}'])
        expect(call?.read({ status: 200, body: Buffer.from(body) }), body).toBeUndefined();
    });

  /** What paper charges a taker of what was traded; none where the venue tells no fee with an order or its fills. */
  const telling = new Map([
    ['bybit', '0.001'],
    ['kraken', '0.001'],
    ['coinbase', '0.001'],
    ['hyperliquid', '0.0005'],
    ['kraken-futures', '0.0005'],
  ]);
  if (telling.has(name))
    test('at which price an order was filled, and what that cost, is told in quote currency', () => {
      const { ask, send, admin } = venueDesk(one);
      const order = orderOf(one, clientId('mine3'));
      const last = ask(admin.referencePrice(at, nameOf(order)))?.last ?? decimal('0');
      // Above the market: it is filled at once.
      const price = last.times(decimal('1.005')).round(0).toFixed();
      const dear = {
        ...order,
        query: order.query.replaceAll('50000', price),
        body: Buffer.from(String(order.body).replaceAll('50000', price)),
      };
      const [placed] = admin.readPlaced(send(dear)) ?? [];
      expect(placed).toMatchObject({ isAccepted: true });
      const instrument = nameOf(order);
      const { operation } = venue.classify(order);
      const found = ask(
        admin.findOrder(at, { instrument, operation, venueOrderId: placed?.venueOrderId ?? '' }),
      );
      expect(found).toMatchObject({ state: 'filled' });
      const cost = found === 'absent' ? undefined : found?.averagePrice?.times(decimal('0.001'));
      const fee = found === 'absent' ? undefined : found?.fee;
      expect(cost?.gt('1')).toBe(true);
      expect(fee && cost && formatDecimal(fee.div(cost).round(4))).toBe(telling.get(name));
    });

  test('an order without a client order id gets one, and a refusal or rubbish is no acceptance', () => {
    const { send, admin } = venueDesk(one);
    const stamped = admin.withClientOrderIds?.(orderOf(one), () => 'tbxabcdefg0123456789abcdef');
    if (stamped === undefined) throw new Error('not stamped');
    const parsed = venue.parseOrders(stamped, context);
    expect(parsed.ok && parsed.intents[0]?.clientOrderId).toMatch(/456789abcdef$/);
    expect(admin.readPlaced(send(stamped))).toMatchObject([{ isAccepted: true }]);
    // Tradier's tag is a label: it takes the same one twice, so another order is refused here.
    const again = venue.id === 'tradier' ? beyondMeans(stamped) : stamped;
    const refused = admin.readPlaced(send(again));
    expect(refused).toMatchObject([{ isAccepted: false, code: expect.any(String) }]);
    for (const body of ['', '<html>502</html>', '[]', '{}', 'null']) {
      expect(admin.readPlaced({ status: 200, body: Buffer.from(body) }), body).toBeUndefined();
    }
  });
}

const beyondMeans = (request: HttpRequest): HttpRequest => ({
  ...request,
  body: Buffer.from(request.body.toString().replace('quantity=1&', 'quantity=90000&')),
});
