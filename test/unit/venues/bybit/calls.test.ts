import { expect, test } from 'vitest';
import { askPrice, askTerms, categoriesOf } from '../../../../src/venues/bybit/calls.js';

const at = { environment: 'live' } as const;
const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });

test('a symbol tells the categories that it can be of', () => {
  expect(categoriesOf('BTCUSDT')).toEqual(['spot', 'linear']);
  expect(categoriesOf('BTCUSDH25')).toEqual(['inverse', 'spot']);
  expect(categoriesOf('BTC-27DEC24-70000-C')).toEqual(['option']);
});

test('a symbol that spot does not list is asked for among linear contracts, and there its absence is no price', () => {
  const unlisted = said({ retCode: 10001, retMsg: 'params error', result: {} });
  const first = askPrice(at, 'BTCPERP', ['spot', 'linear']);
  const none = first.read(unlisted);
  const next = none === undefined ? undefined : first.follow?.(none);
  expect(next?.request.query).toBe('category=linear&symbol=BTCPERP');
  expect(next?.read(unlisted)).toBeUndefined();
  const listed = said({ retCode: 0, result: { list: [{ baseCoin: 'BTC', quoteCoin: 'USD' }] } });
  expect(askTerms(at, 'BTCUSD', ['inverse']).read(listed)).toMatchObject({ isInverse: true, quote: 'USD' });
});
