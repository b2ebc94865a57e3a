// Bybit v5 market data, spot and linear, as a rehearsal at live prices asks for it.
// Source: bybit-exchange/docs docs/v5/market/tickers.mdx and orderbook.mdx.
import { jsonAnswer } from '../../core/http.js';
import type { MarketSpeech } from '../dialect.js';
import type { Instrument } from '../engine/instruments.js';
import { jsonFields } from '../fields.js';
import {
  amountOf,
  bookOf,
  jsonOf,
  levelOf,
  memberOf,
  parameterOf,
  parametersOf,
  textOf,
  tickersOf,
} from '../market-reading.js';
import { linear, spot } from './call.js';

const families = { spot, linear } as const;
type Category = keyof typeof families;

/** Levels of a book that are asked for: the most on spot. */
const depth = 200;

export const bybitMarket: MarketSpeech = {
  isMarketData: ({ method, path }) => method === 'GET' && /^\/v5\/market\/[\w/-]+$/.test(path),
  needsPrices: ({ method, path }) => method === 'POST' && !path.includes('cancel'),
  explainRefused: () => undefined,
  hasOwnSteps: true,
  tickers: (['spot', 'linear'] as const).map((category) => ({
    targets: [{ path: '/v5/market/tickers', query: `category=${category}` }],
    read: ([body]) => {
      const list = memberOf(resultOf(body), 'list');
      if (!Array.isArray(list)) return undefined;
      return list.flatMap((row) => {
        const instrument = families[category].find(textOf(row, 'symbol') ?? '');
        const last = amountOf(row, 'lastPrice');
        const bid = levelOf([memberOf(row, 'bid1Price'), memberOf(row, 'bid1Size')]);
        const ask = levelOf([memberOf(row, 'ask1Price'), memberOf(row, 'ask1Size')]);
        return tickersOf(instrument, last, [bid, ask]);
      });
    },
  })),
  named(request) {
    const category = parameterOf(request, jsonFields, 'category');
    if (category !== 'spot' && category !== 'linear') return [];
    const entries = () => [jsonFields(request), ...jsonFields(request).children('request')];
    const symbols = parametersOf(entries, 'symbol');
    return [...new Set(symbols.flatMap((symbol) => families[category].find(symbol) ?? []))];
  },
  book: (instrument) => {
    const category = categoryOf(instrument);
    const symbol = families[category].spell(instrument);
    return { path: '/v5/market/orderbook', query: `category=${category}&symbol=${symbol}&limit=${depth}` };
  },
  readBook: (body, instrument) => bookOf(resultOf(body), ['b', 'a'], instrument),
  // error.mdx: nothing new is accepted. 10000 and 10016 would leave open what became of an order.
  unavailable: jsonAnswer(200, {
    retCode: 10019,
    retMsg:
      'ws trade service is restarting, do not accept new request, but the request in the process is not affected.',
    result: {},
    retExtInfo: {},
    time: 0,
  }),
};

const categoryOf = ({ kind }: Instrument): Category => (kind === 'spot' ? 'spot' : 'linear');

/** `result` of an answer that says it went well; undefined for any other. */
function resultOf(body: Buffer | undefined) {
  const told = body === undefined ? undefined : jsonOf(body);
  return textOf(told, 'retMsg') === 'OK' ? memberOf(told, 'result') : undefined;
}
