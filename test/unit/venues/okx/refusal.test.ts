// OKX's refusal as its clients see it: an error for good, with our sentence in it.
import { RestClient } from 'okx-api';
import { expect, test } from 'vitest';
import { okx } from '../../../../src/venues/okx/okx.js';
import { refuse } from '../../../../src/venues/okx/refusal.js';
import { axiosWire } from '../../../support/axios-wire.js';
import { isRetryable, raisedBy } from '../../../support/ccxt-wire.js';
import { makeDecoys } from '../../../support/venue-requests.js';

const { apiKey, secretKey, passphrase } = makeDecoys(okx);
const answer = refuse({
  code: 'OPERATION_FUNDS',
  message: 'funds\noperations do not pass',
  requestId: 'r-42',
});

test('HTTP 403, a code that no client takes for success, no data', () => {
  expect(answer.status).toBe(403);
  expect(JSON.parse(answer.body.toString())).toEqual({
    code: '50120',
    data: [],
    msg: 'tradebox: funds operations do not pass (request r-42)',
  });
});

test('ccxt raises an error that is not worth a retry', async () => {
  const raised = await raisedBy(
    'okx',
    { apiKey, secret: secretKey, password: passphrase },
    answer,
    (exchange) => exchange.privatePostTradeOrder({ instId: 'BTC-USDT' }),
  );
  expect(raised.constructor.name).toBe('ExchangeError');
  expect(isRetryable(raised)).toBe(false);
  expect(raised.message).toContain('r-42');
});

test('okx-api rejects with the body', async () => {
  const { adapter } = axiosWire(answer);
  const options = { adapter } as unknown as ConstructorParameters<typeof RestClient>[1];
  const client = new RestClient({ apiKey, apiSecret: secretKey, apiPass: passphrase }, options);
  await expect(client.getBalance()).rejects.toMatchObject({
    code: '50120',
    msg: expect.stringContaining('r-42'),
  });
});
