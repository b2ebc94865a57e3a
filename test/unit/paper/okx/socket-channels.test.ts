// OKX's paper channels tell what their REST twins answer, when it has changed.
import { expect, test } from 'vitest';
import { paperOkx } from '../../../support/paper-exchange.js';
import { openOkxSocket } from '../../../support/paper-socket.js';

test('tickers and candles come at once, and again only when the market has moved', () => {
  const paper = paperOkx();
  const open = openOkxSocket(paper, '/ws/v5/public');
  const arg = { channel: 'tickers', instId: 'BTC-USDT' };
  expect(open.subscribe(arg)).toEqual([{ event: 'subscribe', arg, connId: expect.any(String) }]);
  const [first] = open.tell();
  const byRest = paper.get('market/ticker?instId=BTC-USDT').data[0];
  expect(first).toEqual({ arg, data: [byRest] });
  expect(open.tell()).toEqual([]);
  paper.wait(5);
  expect(open.tell()[0].data[0]).toEqual(paper.get('market/ticker?instId=BTC-USDT').data[0]);
  open.say({ op: 'unsubscribe', args: [arg] });
  paper.wait(5);
  expect(open.tell()).toEqual([]);

  const business = openOkxSocket(paper, '/ws/v5/business');
  business.subscribe({ channel: 'candle1m', instId: 'BTC-USDT' });
  expect(business.tell()[0].data).toEqual(paper.get('market/candles?instId=BTC-USDT&bar=1m&limit=1').data);
});

test('a book is a whole one each time', () => {
  const open = openOkxSocket(paperOkx(), '/ws/v5/public');
  open.subscribe({ channel: 'books', instId: 'BTC-USDT' });
  expect(open.tell()[0]).toMatchObject({ action: 'snapshot', data: [{ prevSeqId: -1 }] });
});

test('there is nothing to hear of an unknown instrument, channel or bar, nor of an account before its login', () => {
  const paper = paperOkx();
  const open = openOkxSocket(paper, '/ws/v5/public');
  const codes = (answers: { code: string }[]) => answers.map(({ code }) => code);
  expect(codes(open.subscribe({ channel: 'tickers', instId: 'NO-NO' }))).toEqual(['51001']);
  expect(codes(open.subscribe({ channel: 'orders', instType: 'ANY' }))).toEqual(['60018']);
  const business = openOkxSocket(paper, '/ws/v5/business');
  expect(codes(business.subscribe({ channel: 'candle7m', instId: 'BTC-USDT' }))).toEqual(['51000']);
  expect(codes(openOkxSocket(paper).subscribe({ channel: 'orders', instType: 'ANY' }))).toEqual(['60011']);
  expect(open.tell()).toEqual([]);
});
