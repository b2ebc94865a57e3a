// The exchange chooses the dialect by host, keeps venues' accounts apart, and is a function of seed, clock and requests.
import { expect, test } from 'vitest';
import { fixedClock } from '../../../src/core/clock.js';
import { dialects } from '../../../src/paper/dialects.js';
import { createPaperExchange } from '../../../src/paper/exchange.js';
import { okx } from '../../../src/venues/okx/okx.js';
import { paperOkx, paperStartMs } from '../../support/paper-exchange.js';
import { asReal, makeDecoys, requestOf } from '../../support/venue-requests.js';

const time = (host: string) => requestOf('GET', `https://${host}/api/v5/public/time`);

test('every REST host of a venue is answered, no other', () => {
  const { exchange } = paperOkx();
  for (const { host, transport } of okx.hosts) {
    expect(exchange.handle(time(host)).status, host).toBe(transport === 'rest' ? 200 : 421);
  }
  expect(exchange.handle(time('evil.test')).status).toBe(421);
});

test('a dialect sees its own venue’s accounts only', () => {
  const secrets = makeDecoys(okx);
  const paper = paperOkx();
  const exchange = createPaperExchange({
    seed: 's',
    credentials: [{ venue: 'elsewhere', id: 'x', secrets: asReal(paper.secrets) }],
    clock: fixedClock(paperStartMs),
  });
  expect(exchange.handle(paper.sign('GET', 'account/balance')).status).toBe(401);
  expect(secrets.apiKey).not.toBe(paper.secrets.apiKey);
});

test('the same requests at the same times give the same answers', () => {
  const story = () => {
    const paper = paperOkx('story');
    const order = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'market', sz: '500' };
    const said: unknown[] = [];
    for (let step = 0; step < 5; step += 1) {
      said.push(
        paper.post('trade/order', order),
        paper.get('account/balance'),
        paper.get('market/ticker?instId=ETH-USDT'),
      );
      paper.wait(37);
    }
    return said;
  };
  expect(story()).toEqual(story());
});

test('each dialect stands once', () => {
  const ids = dialects.map(({ venue }) => venue);
  expect(new Set(ids).size).toBe(ids.length);
});
