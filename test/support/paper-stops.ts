// Orders that wait for a price, written as each venue's clients write them, and what becomes of them as the paper market moves.

import { fixedClock } from '../../src/core/clock.js';
import { type Decimal, decimal, formatDecimal } from '../../src/core/decimal.js';
import type { HttpRequest } from '../../src/core/http.js';
import type { Venue } from '../../src/venues/venue.js';
import { casesOf, type VenueCase, venueDesk } from './venue-order-box.js';

export interface WaitingOrder {
  side: 'buy' | 'sell';
  /** Limited ones have a price. */
  kind: 'stop' | 'take-profit';
  size: string;
  trigger: string;
  price?: string;
  id: string;
}

export interface StopCase {
  /** Of a case of `venue-order-box`. */
  name: string;
  /** The operation's request but for its authentication; undefined where the venue has no such order. */
  write(order: WaitingOrder): Pick<HttpRequest, 'path' | 'query'> & { type: string; body: string };
  kinds: readonly WaitingOrder['kind'][];
  size: string;
}

const form = 'application/x-www-form-urlencoded';
const upper = (text: string) => text.toUpperCase();
const formOf = (fields: Record<string, string | undefined>): string =>
  Object.entries(fields)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join('&');

const both = ['stop', 'take-profit'] as const;

const conditional = (path: string): Pick<StopCase, 'write' | 'kinds' | 'size'> => ({
  kinds: both,
  size: '0.01',
  write: ({ side, kind, size, trigger, price, id }) => ({
    path,
    query: '',
    type: form,
    body: formOf({
      algoType: 'CONDITIONAL',
      symbol: 'BTCUSDT',
      side: upper(side),
      type: `${kind === 'stop' ? 'STOP' : 'TAKE_PROFIT'}${price === undefined ? '_MARKET' : ''}`,
      quantity: size,
      triggerPrice: trigger,
      price,
      timeInForce: price && 'GTC',
      clientAlgoId: id,
    }),
  }),
});

export const stopCases: readonly StopCase[] = [
  {
    name: 'binance',
    kinds: both,
    size: '0.01',
    write: ({ side, kind, size, trigger, price, id }) => ({
      path: '/api/v3/order',
      query: '',
      type: form,
      body: formOf({
        symbol: 'BTCUSDT',
        side: upper(side),
        type: `${kind === 'stop' ? 'STOP_LOSS' : 'TAKE_PROFIT'}${price === undefined ? '' : '_LIMIT'}`,
        quantity: size,
        stopPrice: trigger,
        price,
        timeInForce: price && 'GTC',
        newClientOrderId: id,
      }),
    }),
  },
  { name: 'binance conditional', ...conditional('/fapi/v1/algoOrder') },
  { name: 'binance portfolio conditional', ...conditional('/papi/v1/um/algo/order') },
];

const at = { environment: 'paper' } as const;

/** A desk at the venue whose clock the test moves. */
export function stopDesk(one: StopCase, venues: readonly Venue[]) {
  const known = casesOf(Object.fromEntries(venues.map((venue) => [venue.id, venue])));
  const venueCase = known.find(({ name }) => name === one.name);
  if (venueCase === undefined) throw new Error(`no case ${one.name}`);
  const clock = fixedClock(1_795_000_000_000);
  const desk = venueDesk(venueCase, clock, 'stops');
  const { ask, send, admin } = desk;
  const instrument = instrumentOf(venueCase);
  const id = (name: string) => venueCase.clientId?.(name) ?? name;
  let operation = '';
  const last = (): Decimal => ask(admin.referencePrice(at, instrument))?.last ?? decimal('0');

  function place(order: Omit<WaitingOrder, 'size' | 'id' | 'trigger'> & { trigger: Decimal; id: string }) {
    const { type, body, path, query } = one.write({
      ...order,
      size: one.size,
      id: id(order.id),
      trigger: formatDecimal(order.trigger),
    });
    const request = {
      method: 'POST',
      host: venueCase?.hosts[0] ?? '',
      port: 443,
      path,
      query,
      headers: body === '' ? [] : ([['content-type', type]] as const),
      body: Buffer.from(body),
    };
    operation = venueCase?.venue.classify(request).operation ?? '';
    const answer = send(request);
    return { answer, placed: admin.readPlaced(answer) };
  }
  const stateOf = (name: string) =>
    ask(admin.findOrder(at, { instrument, operation, clientOrderId: id(name) }));

  /** Names of what rests, through all lists. */
  function resting(): readonly string[] {
    const found: string[] = [];
    for (let page: string | undefined, count = 0; count < 20; count += 1) {
      const step = ask(admin.openOrders(at, page));
      if (step === undefined) throw new Error('the list was not understood');
      found.push(...step.orders.map(({ clientOrderId }) => clientOrderId ?? ''));
      page = step.next;
      if (page === undefined) break;
    }
    return found;
  }

  /** Minute by minute until it holds; throws when it does not within two days. */
  function waitUntil(holds: () => boolean): void {
    for (let minute = 0; minute < 2880; minute += 1) {
      if (holds()) return;
      clock.set(clock.nowMs() + 60_000);
    }
    throw new Error('the market never came there');
  }
  return { clock, last, place, stateOf, resting, waitUntil, id, ...desk };
}

function instrumentOf({ venue, hosts, order, instruments }: VenueCase): string {
  const { type, body, ...target } = order();
  const request = {
    ...target,
    host: hosts[0] ?? '',
    port: 443,
    headers: [['content-type', type]] as const,
    body: Buffer.from(body),
  };
  const parsed = venue.parseOrders(request, { account: 'paper', ...at, ...(instruments && { instruments }) });
  return parsed.ok ? (parsed.intents[0]?.instrument ?? '') : '';
}
