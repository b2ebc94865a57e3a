import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import type { VenueCall } from '../../../../src/venues/admin.js';
import { orderBook, priceRange } from '../../../../src/venues/okx/depth.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { paperOkx } from '../../../support/paper-exchange.js';

const at = { environment: 'paper' } as const;
const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });

test('a deep book and the range of the last minutes are read from the exchange, by public reads', () => {
  const paper = paperOkx('depth');
  const toMs = paper.clock.nowMs();
  const ask = <T>(call: VenueCall<T>) => {
    expect(okx.classify(call.request)).toMatchObject({ class: 'read', isPublic: true });
    return call.read(paper.exchange.handle(call.request));
  };
  const book = ask(orderBook(at, 'BTC-USDT-SWAP'));
  expect(book?.bids.length).toBe(400);
  const range = ask(priceRange(at, 'BTC-USDT-SWAP', { fromMs: toMs - 300_000, toMs }));
  expect(range?.low.lte(range.high)).toBe(true);
});

test('a book as OKX documents it; an error is none', () => {
  const row = {
    asks: [['41006.8', '0.6', '0', '1']],
    bids: [['41006.3', '0.3', '0', '2']],
    ts: '1',
    seqId: 3,
  };
  const book = orderBook(at, 'BTC-USDT').read(said({ code: '0', msg: '', data: [row] }));
  expect(book?.asks.map(({ price }) => formatDecimal(price))).toEqual(['41006.8']);
  expect(orderBook(at, 'BTC-USDT').read(said({ code: '51001', msg: '', data: [row] }))).toBeUndefined();
});
