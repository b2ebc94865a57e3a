// Kraken spot market data as a rehearsal at live prices asks for it.
// Source: docs.kraken.com, Spot REST, "Get Ticker Information" and "Get Order Book".
import { type HttpRequest, headerOf, jsonAnswer } from '../../core/http.js';
import type { StrictJson } from '../../venues/json-strict.js';
import type { MarketSpeech } from '../dialect.js';
import { type Fields, formFields, jsonFields } from '../fields.js';
import { jsonOf, levelOf, levelsOf, memberOf, parameterOf } from '../market-reading.js';
import { pairs } from './call.js';

const open = '/0/public/';
/** Levels of a book that are asked for. */
const depth = 100;

export const krakenMarket: MarketSpeech = {
  isMarketData: ({ method, path }) => method === 'GET' && /^\/0\/public\/\w+$/.test(path),
  needsPrices: ({ path }) => /^\/0\/private\/(?:Add|Edit|Amend)Order/.test(path),
  explainRefused: () => undefined,
  hasOwnSteps: true,
  tickers: [
    {
      targets: [{ path: `${open}Ticker`, query: '' }],
      read: ([body]) => {
        const told = resultOf(body);
        if (told === undefined) return undefined;
        return pairs.listed.flatMap((instrument) => {
          const row = memberOf(told, pairs.spell(instrument));
          // Price, whole lots, and the size.
          const [bid, ask] = ['b', 'a'].map((name) => bestOf(memberOf(row, name)));
          const last = levelOf(listOf(memberOf(row, 'c')));
          if (last === undefined || bid === undefined || ask === undefined) return [];
          return [{ symbol: instrument.symbol, last: last.price, bids: [bid], asks: [ask] }];
        });
      },
    },
  ],
  named(request) {
    const pair = parameterOf(request, fieldsOf, 'pair');
    const found = pair === undefined ? undefined : pairs.find(pair);
    return found === undefined ? [] : [found];
  },
  book: (instrument) => ({
    path: `${open}Depth`,
    query: `pair=${pairs.spell(instrument)}&count=${depth}`,
  }),
  readBook(body, instrument) {
    const told = memberOf(resultOf(body), pairs.spell(instrument));
    const [bids, asks] = ['bids', 'asks'].map((side) => levelsOf(memberOf(told, side)));
    return bids === undefined || asks === undefined ? undefined : { bids, asks };
  },
  // A plain no: EService would leave open what became of an order.
  unavailable: jsonAnswer(200, { error: ['ETrade:Locked'] }),
};

function fieldsOf(request: HttpRequest): Fields {
  const isJson = /^application\/json\b/i.test(headerOf(request.headers, 'content-type') ?? '');
  return isJson ? jsonFields(request) : formFields(request);
}

const listOf = (json: StrictJson | undefined): readonly StrictJson[] =>
  Array.isArray(json) ? (json as readonly StrictJson[]) : [];

function bestOf(json: StrictJson | undefined) {
  const [price, , size] = listOf(json);
  return levelOf([price, size]);
}

/** `result` of an answer without an error; undefined for any other. */
function resultOf(body: Buffer | undefined): StrictJson | undefined {
  const told = body === undefined ? undefined : jsonOf(body);
  const errors = memberOf(told, 'error');
  return Array.isArray(errors) && errors.length === 0 ? memberOf(told, 'result') : undefined;
}
