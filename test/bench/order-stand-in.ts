// What the orders' bench has instead of OKX: it takes every order at once, lists and cancels what rests within OKX's own limit on cancels,
// and notes when each order came. Written from OKX's reference, "Order Book Trading".
import { type HttpAnswer, type HttpRequest, jsonAnswer } from '../../src/core/http.js';

/** Orders that may be cancelled within the window: "300 orders per 2 seconds" of a user. */
const cancelsAllowed = 300;
const cancelWindowMs = 2_000;
const batchSize = 20;
const pageSize = 100;
/** Ended orders that are listed. */
const endedKept = 2_000;
const last = '50000';

type Row = Record<string, unknown>;

/** Monotonic nanoseconds, as text, at which each order came. */
export const arrivals: string[] = [];
const resting = new Map<string, Row>();
const cancelTimes: number[] = [];
let placed = 0;
/** What was placed last, newest first: all of it ends at once. */
const ended: Row[] = [];

function placeOrder(body: Row): HttpAnswer {
  arrivals.push(String(process.hrtime.bigint()));
  placed += 1;
  const ids = { ordId: String(placed), clOrdId: body.clOrdId ?? '' };
  ended.unshift(filled(ids));
  ended.length = Math.min(ended.length, endedKept);
  return done([{ ...ids, sCode: '0', sMsg: '', ts: `${Date.now()}` }]);
}

function cancelBatch(body: Row[]): HttpAnswer {
  const nowMs = Date.now();
  while ((cancelTimes[0] ?? nowMs) < nowMs - cancelWindowMs) cancelTimes.shift();
  if (body.length > batchSize || cancelTimes.length + body.length > cancelsAllowed)
    return jsonAnswer(429, { code: '50011', msg: 'Too Many Requests', data: [] });
  return done(
    body.map(({ ordId }) => {
      cancelTimes.push(nowMs);
      const isThere = resting.delete(String(ordId));
      return { ordId, clOrdId: '', sCode: isThere ? '0' : '51400', sMsg: '' };
    }),
  );
}

function pending(query: string): HttpAnswer {
  const after = Number(new URLSearchParams(query).get('after') ?? Number.POSITIVE_INFINITY);
  const rows = [...resting.values()].filter(({ ordId }) => Number(ordId) < after);
  return done(rows.slice(-pageSize).reverse());
}

const reads: Readonly<Record<string, (query: string) => HttpAnswer>> = {
  'market/ticker': () =>
    done([{ instId: 'BTC-USDT-SWAP', last, bidPx: '49999', askPx: '50001', ts: `${Date.now()}` }]),
  'market/books': () =>
    done([{ asks: [['50001', '100', '0', '1']], bids: [['49999', '100', '0', '1']], ts: `${Date.now()}` }]),
  'market/candles': () => done([[`${Date.now()}`, last, '50010', '49990', last, '1', '1', '1', '0']]),
  'public/instruments': () =>
    done([
      {
        ...{ instId: 'BTC-USDT-SWAP', instType: 'SWAP', instIdCode: 1, state: 'live', ctType: 'linear' },
        ...{ ctVal: '0.01', ctMult: '1', ctValCcy: 'BTC', settleCcy: 'USDT' },
      },
    ]),
  'public/time': () => done([{ ts: `${Date.now()}` }]),
  'account/positions': () => done([]),
  'account/balance': () => done([{ totalEq: '1000000', details: [] }]),
  'account/config': () => done([{ uid: '2', mainUid: '1', perm: 'read_only,trade', ip: '192.0.2.1' }]),
  'trade/orders-pending': pending,
  'trade/orders-algo-pending': () => done([]),
  // What was placed is filled a moment later, so that the account's open orders do not grow without end.
  'trade/order': (query) =>
    done([filled({ ordId: '1', clOrdId: new URLSearchParams(query).get('clOrdId') })]),
  'trade/orders-history': (query) => {
    const params = new URLSearchParams(query);
    const after = Number(params.get('after') ?? Number.POSITIVE_INFINITY);
    const from = ended.findIndex(({ ordId }) => Number(ordId) < after);
    return done(from === -1 ? [] : ended.slice(from, from + Number(params.get('limit') ?? pageSize)));
  },
};

function filled(ids: Row): Row {
  const fill = { state: 'filled', accFillSz: '1', avgPx: last, sz: '1', fee: '-0.01', feeCcy: 'USDT' };
  return { ...ids, ...fill, instId: 'BTC-USDT-SWAP' };
}

export function handle({ method, path, query, body }: HttpRequest): HttpAnswer {
  if (!path.startsWith('/api/v5/')) return jsonAnswer(200, { ok: true });
  const name = path.slice('/api/v5/'.length);
  if (method === 'GET')
    return reads[name]?.(query) ?? jsonAnswer(404, { code: '50000', msg: name, data: [] });
  const sent: unknown = JSON.parse(body.toString());
  if (name === 'trade/order') return placeOrder(sent as Row);
  if (name === 'trade/cancel-batch-orders') return cancelBatch(sent as Row[]);
  return done([{}]);
}

function done(data: readonly unknown[]): HttpAnswer {
  return jsonAnswer(200, { code: '0', msg: '', data });
}

/** Lets so many orders rest. Returns how many do. */
export function rest(count: number): number {
  for (let n = 1; n <= count; n += 1) {
    const row = {
      ordId: String(n),
      clOrdId: `rest${n}`,
      instId: 'BTC-USDT-SWAP',
      side: 'buy',
      sz: '1',
      px: '40000',
    };
    resting.set(row.ordId, { ...row, state: 'live' });
  }
  return resting.size;
}
