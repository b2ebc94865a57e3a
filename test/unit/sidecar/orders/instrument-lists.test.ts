// The instrument lists of a running sidecar: fetched when an order needs one, kept, renewed, and nothing named without one.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fixedClock } from '../../../../src/core/clock.js';
import { InstrumentLists } from '../../../../src/sidecar/orders/instrument-lists.js';
import { instrumentsToLearn } from '../../../../src/sidecar/pipeline.js';
import { parse } from '../../../../src/sidecar/stages/parse.js';
import type { AskVenue } from '../../../../src/sidecar/venue-calls.js';
import type { InstrumentList, Venue } from '../../../../src/venues/venue.js';
import { venues } from '../../../../src/venues/venues.js';
import { limitOrder, type OrderBox, startOrderBox } from '../../../support/order-box.js';
import { exchangeOf, makeWorld } from '../../../support/pipeline-world.js';
import { eventually } from '../../../support/sidecar-box.js';
import { casesOf, orderOf } from '../../../support/venue-cases.js';
import { startVenueOrderBox } from '../../../support/venue-order-box.js';
import { requestOf } from '../../../support/venue-requests.js';

const byId = Object.fromEntries(venues.map((venue) => [venue.id, venue]));

describe('the book', () => {
  const request = { method: 'GET', host: 'h', path: '/p', query: '', headers: [], body: Buffer.alloc(0) };
  function book(listSize = 1, requests = [request]) {
    const clock = fixedClock(1_000_000);
    const asked: string[] = [];
    const world = { isUp: true, gate: Promise.resolve() };
    const ask = (async ({ environment }, call) => {
      asked.push(environment);
      await world.gate;
      const value = world.isUp ? call.read({ status: 200, body: Buffer.from('x') }) : undefined;
      return value === undefined
        ? { isUnderstood: false, problem: 'down', status: 0 }
        : { isUnderstood: true, value };
    }) as AskVenue;
    const list: InstrumentList = new Map(Array.from({ length: listSize }, (_, at) => [String(at), 'X']));
    const venue = {
      id: 'v',
      instrumentSource: { requests: () => requests, read: () => list },
    } as unknown as Venue;
    const owner = { id: 'a', real: {}, venue, environment: 'demo' as const };
    return {
      lists: new InstrumentLists({ ask, nowMs: () => clock.nowMs() }),
      clock,
      asked,
      world,
      owner,
      list,
    };
  }

  test('asks once for all who wait, and once for each environment', async () => {
    const { lists, asked, owner, list } = book();
    expect(lists.listFor(owner)).toBeUndefined();
    await Promise.all([lists.learn(owner), lists.learn(owner)]);
    expect(lists.listFor(owner)).toBe(list);
    expect(asked).toEqual(['demo']);
    expect(lists.listFor({ ...owner, environment: 'live' })).toBeUndefined();
    await lists.learn({ ...owner, environment: 'live' });
    expect(asked).toEqual(['demo', 'live']);
  });

  test('asks for what a request names, and adds it up; what nobody knows is not asked for again at once', async () => {
    const told = new Map([['1', 'A']]);
    const asked: string[] = [];
    const clock = fixedClock(1_000_000);
    const ask = (async (_, call) => {
      expect(call.isPublic).toBe(false);
      asked.push(call.request.path);
      return { isUnderstood: true, value: call.read({ status: 200, body: Buffer.from(call.request.path) }) };
    }) as AskVenue;
    const instrumentSource = {
      isByRequest: true,
      requests: (_: unknown, named?: typeof request) => (named === undefined ? [] : [named]),
      read: ([path]: readonly Buffer[]) => {
        const name = told.get(String(path));
        return new Map(name === undefined ? [] : [[String(path), name]]);
      },
    };
    const venue = { id: 'v', instrumentSource } as unknown as Venue;
    const owner = { id: 'a', real: {}, venue, environment: 'demo' as const };
    const lists = new InstrumentLists({ ask, nowMs: () => clock.nowMs() });
    const learn = (name: string) => lists.learn(owner, { ...request, port: 443, path: name });
    await learn('1');
    told.set('2', 'B');
    await learn('2');
    expect([...(lists.listFor(owner) ?? [])]).toEqual([
      ['1', 'A'],
      ['2', 'B'],
    ]);
    await learn('3');
    await learn('3');
    expect(asked).toEqual(['1', '2', '3']);
    // What another request names is no less known for that.
    told.set('4', 'D');
    await learn('4');
    expect(asked).toEqual(['1', '2', '3', '4']);
    await learn('3');
    clock.set(clock.nowMs() + 11_000);
    await learn('3');
    expect(asked.filter((one) => one === '3')).toHaveLength(3);
    // After an hour everything is learned anew.
    clock.set(clock.nowMs() + 3_600_000);
    expect(lists.listFor(owner)).toBeUndefined();
  });

  test('renews after an hour while the old list serves, and drops what could not be renewed for a day', async () => {
    const { lists, clock, asked, world, owner, list } = book();
    await lists.learn(owner);
    clock.set(clock.nowMs() + 3_599_999);
    expect(lists.listFor(owner)).toBe(list);
    expect(asked).toHaveLength(1);
    world.isUp = false;
    clock.set(clock.nowMs() + 1);
    expect(lists.listFor(owner)).toBe(list);
    expect(asked).toHaveLength(2);
    clock.set(clock.nowMs() + 86_400_000);
    expect(lists.listFor(owner)).toBeUndefined();
  });

  test('a venue that does not answer is not asked for every order', async () => {
    const { lists, clock, asked, world, owner } = book();
    world.isUp = false;
    await lists.learn(owner);
    expect(lists.listFor(owner)).toBeUndefined();
    expect(lists.learn(owner)).toBeUndefined();
    clock.set(clock.nowMs() + 10_000);
    await lists.learn(owner);
    expect(asked).toHaveLength(2);
  });

  test('an order waits for seconds only; the list that comes late serves the next one', async () => {
    vi.useFakeTimers();
    try {
      const { lists, world, owner, list } = book();
      let open = (): void => {};
      world.gate = new Promise((resolve) => {
        open = resolve;
      });
      const waiting = lists.learn(owner);
      await vi.advanceTimersByTimeAsync(4_000);
      await waiting;
      expect(lists.learn(owner)).toBeUndefined();
      expect(lists.listFor(owner)).toBeUndefined();
      open();
      await vi.advanceTimersByTimeAsync(0);
      expect(lists.listFor(owner)).toBe(list);
    } finally {
      vi.useRealTimers();
    }
  });

  test('an answer that comes too late ends no later wait', async () => {
    vi.useFakeTimers();
    try {
      const { lists, clock, world, owner } = book();
      const gateOf = (): (() => void) => {
        let open = (): void => {};
        world.gate = new Promise((resolve) => {
          open = resolve;
        });
        return open;
      };
      const answerFirst = gateOf();
      const first = lists.learn(owner);
      await vi.advanceTimersByTimeAsync(4_000);
      await first;
      clock.set(clock.nowMs() + 10_000);
      const answerSecond = gateOf();
      const second = lists.learn(owner);
      expect(second).toBeInstanceOf(Promise);
      answerFirst();
      await vi.advanceTimersByTimeAsync(0);
      expect(lists.learn(owner)).toBe(second);
      answerSecond();
      await second;
      expect(lists.learn(owner)).toBeUndefined();
    } finally {
      vi.useRealTimers();
    }
  });

  test('a list beyond measure is none', async () => {
    const { lists, owner } = book(100_001);
    await lists.learn(owner);
    expect(lists.listFor(owner)).toBeUndefined();
  });
});

describe('OKX', () => {
  let desk: OrderBox | undefined;
  afterEach(() => desk?.stop());
  const { instId: _, ...unnamed } = limitOrder;
  const instrumentReads = () => desk?.taken.filter((one) => one.includes('public/instruments')).length ?? 0;
  const denials = () =>
    desk?.box.events().flatMap((event) => ('code' in event && event.code !== undefined ? [event.code] : []));

  test('an order by number alone is named through the list, judged by that name, and taken', async () => {
    desk = await startOrderBox({ reflexes: { duplicateMs: 0 } });
    await desk.place();
    // Its own symbol alone.
    expect(instrumentReads()).toBe(1);
    desk.fail('public/instruments', 'garbage');
    expect((await desk.agent('POST', 'trade/order', { ...unnamed, instIdCode: 1 })).status).toBe(403);
    expect(denials()).toContain('INSTRUMENT_LIST_MISSING');
    await desk.restart();
    const placed = await desk.agent('POST', 'trade/order', { ...unnamed, instIdCode: 1 });
    expect(placed.body).toMatchObject({ code: '0', data: [{ sCode: '0' }] });
    expect(desk.events().findLast(({ type }) => type === 'order.proposed')).toMatchObject({
      intents: [{ instrument: 'BTC-USDT' }],
    });
    const before = instrumentReads();
    expect((await desk.agent('POST', 'trade/order', { ...unnamed, instIdCode: 9_999 })).status).toBe(403);
    expect(denials()).toContain('SYMBOL_UNKNOWN');
    expect(instrumentReads()).toBe(before);
    const ordId = placed.body.data[0]?.ordId;
    const canceled = await desk.agent('POST', 'trade/cancel-order', { instIdCode: 1, ordId });
    expect(canceled.body).toMatchObject({ code: '0', data: [{ sCode: '0' }] });
  });

  test('while the venue does not tell its list, only what can only close leaves; what it does not list, never', async () => {
    desk = await startOrderBox({ reflexes: { duplicateMs: 0 } });
    const swap = { tdMode: 'cross', ordType: 'market', sz: '1' };
    const order = (more: object) =>
      desk?.agent('POST', 'trade/order', { instId: 'BTC-USDT-SWAP', ...swap, ...more });
    expect((await order({ side: 'buy' }))?.body.code).toBe('0');
    await eventually(() => desk?.atVenue('account/positions').some(({ pos }) => pos === '1') === true);
    // The next sidecar has heard of no list.
    await desk.restart();
    desk.fail('public/instruments', 'error-after', 20);
    const reasons = () =>
      desk
        ?.events()
        .flatMap((event) => (event.type === 'order.judged' ? event.reasons.map(({ code }) => code) : []));
    expect((await order({ side: 'buy' }))?.body.code).not.toBe('0');
    expect(reasons()).toEqual(['INSTRUMENT_LIST_MISSING']);
    expect((await order({ side: 'sell', reduceOnly: true }))?.body).toMatchObject({
      code: '0',
      data: [{ sCode: '0' }],
    });
    expect(reasons()).toEqual(['INSTRUMENT_LIST_MISSING']);
    await desk.stop();
    desk = await startOrderBox({ reflexes: { duplicateMs: 0 } });
    const unlisted = await order({ instId: 'NOSUCH-USDT-SWAP', side: 'sell', reduceOnly: true });
    expect(unlisted?.body.code).not.toBe('0');
    expect(reasons()).toEqual(['SYMBOL_UNKNOWN']);
  });

  test('garbage says nothing of a symbol, and a venue that wants to be left alone is not asked about the next one', async () => {
    desk = await startOrderBox({ reflexes: { duplicateMs: 0 } });
    desk.fail('public/instruments', 'garbage');
    expect((await desk.place()).body.code).not.toBe('0');
    expect(denials()).toEqual(['INSTRUMENT_LIST_MISSING']);
    desk.fail('public/instruments', 'limited');
    expect((await desk.place({ instId: 'ETH-USDT' })).body.code).not.toBe('0');
    expect(instrumentReads()).toBe(2);
    expect((await desk.place({ instId: 'SOL-USDT' })).body.code).not.toBe('0');
    expect(instrumentReads()).toBe(2);
  });
});

test('Kraken: every alias of the list is one market; a pair that the list lacks is refused', async () => {
  const one = casesOf(byId).find(({ venue }) => venue.id === 'kraken');
  if (one === undefined) throw new Error('no case');
  const box = await startVenueOrderBox(one);
  try {
    const order = orderOf(one);
    const spelled = (pair: string) => ({
      ...order,
      body: Buffer.from(order.body.toString().replace('pair=XBTUSDT', `pair=${pair}`)),
    });
    // Well-formed, and with a single reading: only the list tells that there is no such market.
    expect(await box.agent(spelled('NOPE/USDT'))).toContain('EGeneral:Permission denied');
    expect(box.control.list(10).orders).toEqual([]);
    for (const pair of ['XBTUSDT', 'XBT/USDT', 'BTC/USDT']) await box.agent(spelled(pair));
    const named = box.control
      .list(10)
      .orders.flatMap(({ intents }) => intents.map(({ instrument }) => instrument));
    expect(new Set(named)).toEqual(new Set(['BTC/USDT']));
    expect(named).not.toHaveLength(0);
  } finally {
    await box.stop();
  }
});

test('Hyperliquid: an asset’s number is named by the list of the box’s own network', async () => {
  const venue = byId.hyperliquid;
  if (venue === undefined) throw new Error('no venue');
  const wire = { a: 1, b: true, p: '30000', s: '0.25', r: false, t: { limit: { tif: 'Gtc' } } };
  const run = async (action: object, told: Record<string, object>) => {
    const hosts: string[] = [];
    const ask = (async (_owner, { request, read }) => {
      hosts.push(request.host);
      const answer = told[JSON.parse(request.body.toString()).type] ?? {};
      const value = read({ status: 200, body: Buffer.from(JSON.stringify(answer)) });
      return value === undefined
        ? { isUnderstood: false, problem: 'x', status: 200 }
        : { isUnderstood: true, value };
    }) as AskVenue;
    const world = makeWorld({ instruments: new InstrumentLists({ ask, nowMs: () => 1 }) });
    const host = 'api.hyperliquid-testnet.xyz';
    const { exchange } = exchangeOf(host, `POST /exchange HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
    const body = JSON.stringify({ action, nonce: 1, signature: { r: '0x1', s: '0x1', v: 27 } });
    const type = [['content-type', 'application/json']] as const;
    exchange.venue = venue;
    exchange.request = requestOf('POST', `https://${host}/exchange`, type, body);
    exchange.classification = venue.classify(exchange.request);
    exchange.credential = {
      kind: 'venue',
      id: 'hl',
      venue: venue.id,
      environment: 'demo',
      real: {},
      decoys: {},
    };
    exchange.environment = 'demo';
    const first = parse.run(exchange, world);
    await instrumentsToLearn(exchange, world);
    const second = parse.run(exchange, world);
    return { first: first?.code, second: second?.code, instrument: exchange.intents?.[0]?.instrument, hosts };
  };
  const lists = { meta: { universe: [{ name: 'BTC' }, { name: 'ETH' }] }, spotMeta: { universe: [] } };
  const order = { type: 'order', orders: [wire], grouping: 'na' };
  expect(await run(order, lists)).toEqual({
    first: 'INSTRUMENT_LIST_MISSING',
    second: undefined,
    instrument: 'ETH',
    hosts: ['api.hyperliquid-testnet.xyz', 'api.hyperliquid-testnet.xyz'],
  });
  expect(await run({ ...order, orders: [{ ...wire, a: 2 }] }, lists)).toMatchObject({
    second: 'SYMBOL_UNKNOWN',
  });
  expect(await run(order, {})).toMatchObject({ second: 'INSTRUMENT_LIST_MISSING', instrument: undefined });
  const cancel = { type: 'cancel', cancels: [{ a: 1, o: 77 }] };
  expect(await run(cancel, lists)).toMatchObject({ first: undefined, instrument: '', hosts: [] });
});
