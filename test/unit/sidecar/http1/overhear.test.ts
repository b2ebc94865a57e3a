// What a client accepts by the id of a quote is known from the venue's own answer to it, on the whole way of a request.
import { afterEach, expect, test } from 'vitest';
import { type HttpRequest, jsonAnswer } from '../../../../src/core/http.js';
import { binance } from '../../../../src/venues/binance/binance.js';
import { casesOf, orderOf, type VenueCase } from '../../../support/venue-cases.js';
import { startVenueOrderBox } from '../../../support/venue-order-box.js';

let box: Awaited<ReturnType<typeof startVenueOrderBox>> | undefined;
afterEach(() => box?.stop());

const [spot] = casesOf(new Proxy({}, { get: () => binance })) as [VenueCase];
const ask = (path: string, query: string): HttpRequest => ({
  ...orderOf(spot),
  path,
  query,
  headers: [],
  body: Buffer.alloc(0),
});
const getQuote = (query: string) => ask('/sapi/v1/convert/getQuote', query);
const accept = (quoteId: string) => ask('/sapi/v1/convert/acceptQuote', `quoteId=${quoteId}`);

/** Quotes as Binance gives them, by the amount that is asked for. */
function quoting(quoteIdOf: (request: HttpRequest) => string, validMs = 10_000): VenueCase {
  return {
    ...spot,
    answers: (request) =>
      request.path === '/sapi/v1/convert/getQuote'
        ? jsonAnswer(200, {
            quoteId: quoteIdOf(request),
            ratio: '38163.7',
            inverseRatio: '0.0000262',
            validTimestamp: Date.now() + validMs,
            toAmount: request.query.includes('fromAmount=0.2') ? '7632.74' : '3816.37',
            fromAmount: request.query.includes('fromAmount=0.2') ? '0.2' : '0.1',
          })
        : undefined,
  };
}

/** Code of the last decision in the journal. */
const codeOf = () => {
  const decided = (box?.events() ?? []).filter((event) => event.type === 'request.decided');
  return decided.at(-1)?.code;
};

test('a quote is accepted for what the venue’s answer said, and nothing else is', async () => {
  box = await startVenueOrderBox(quoting(() => '5'));
  await box.agent(accept('5'));
  expect(codeOf()).toBe('QUOTE_UNKNOWN');
  expect(await box.agent(getQuote('fromAsset=BTC&toAsset=USDT&fromAmount=0.1'))).toContain('"quoteId":"5"');
  await box.agent(accept('5'));
  expect(codeOf()).toBe('ORDER_UNSTOPPABLE');
  await box.agent(accept('6'));
  expect(codeOf()).toBe('QUOTE_UNKNOWN');
  expect(box.taken.filter(({ path }) => path.includes('acceptQuote'))).toEqual([]);
});

test('a quote that is over, told with other terms, or asked for in an unclear way is not accepted', async () => {
  box = await startVenueOrderBox(quoting(() => '5', -1));
  await box.agent(getQuote('fromAsset=BTC&toAsset=USDT&fromAmount=0.1'));
  await box.agent(accept('5'));
  expect(codeOf()).toBe('QUOTE_UNKNOWN');
  await box.stop();
  box = await startVenueOrderBox(quoting(({ query }) => (query.includes('walletType') ? '6' : '5')));
  await box.agent(getQuote('fromAsset=BTC&toAsset=USDT&fromAmount=0.1'));
  await box.agent(getQuote('fromAsset=BTC&toAsset=USDT&fromAmount=0.2'));
  await box.agent(accept('5'));
  expect(codeOf()).toBe('QUOTE_UNKNOWN');
  await box.agent(getQuote('fromAsset=BTC&toAsset=USDT&fromAmount=0.1&walletType=EARN'));
  await box.agent(accept('6'));
  expect(codeOf()).toBe('QUOTE_UNKNOWN');
});
