// What traders call of ccxt's one interface, in the order of a day: each method that ccxt says a venue has, on the paper exchange.
import type { Exchange, Order } from 'ccxt';
import { alpaca } from '../../src/venues/alpaca/alpaca.js';
import { binance } from '../../src/venues/binance/binance.js';
import { bybit } from '../../src/venues/bybit/bybit.js';
import { coinbase } from '../../src/venues/coinbase/coinbase.js';
import { coinbaseExchange } from '../../src/venues/coinbase-exchange/coinbase-exchange.js';
import { hyperliquid } from '../../src/venues/hyperliquid/hyperliquid.js';
import { kraken } from '../../src/venues/kraken/kraken.js';
import { krakenFutures } from '../../src/venues/kraken-futures/kraken-futures.js';
import { okx } from '../../src/venues/okx/okx.js';
import type { Venue } from '../../src/venues/venue.js';
import { paperVenue } from './paper-venue.js';

type Secrets = Readonly<Record<string, string>>;

export interface UnifiedCase {
  name: string;
  venue: Venue;
  /** ccxt's class. */
  client: string;
  symbol: string;
  /** Of one order: some contracts or coins. */
  amount: number;
  /** What its stop says beside the trigger. */
  stop?(trigger: number): Readonly<Record<string, unknown>>;
  /** ccxt names the market as the venue does not. */
  cancelsAllAtOnce?: true;
  config(secrets: Secrets): Record<string, unknown>;
}

const plain = ({ apiKey, secretKey, secret }: Secrets) => ({ apiKey, secret: secretKey ?? secret });
const okxConfig = (secrets: Secrets) => ({
  ...plain(secrets),
  password: secrets.passphrase,
  headers: { 'x-simulated-trading': '1' },
});
const bybitStop = (triggerPrice: number) => ({ triggerPrice, triggerDirection: 'descending' });
const portfolio = (secrets: Secrets) => ({ ...plain(secrets), options: { portfolioMargin: true } });

export const unifiedCases: readonly UnifiedCase[] = [
  { name: 'okx spot', venue: okx, client: 'okx', symbol: 'BTC/USDT', amount: 0.01, config: okxConfig },
  { name: 'okx swap', venue: okx, client: 'okx', symbol: 'BTC/USDT:USDT', amount: 1, config: okxConfig },
  { name: 'okx inverse', venue: okx, client: 'okx', symbol: 'BTC/USD:BTC', amount: 3, config: okxConfig },
  {
    name: 'binance spot',
    venue: binance,
    client: 'binance',
    symbol: 'BTC/USDT',
    amount: 0.01,
    config: plain,
  },
  {
    name: 'binance USDⓈ-M',
    venue: binance,
    client: 'binanceusdm',
    symbol: 'BTC/USDT:USDT',
    amount: 0.02,
    config: plain,
  },
  {
    name: 'binance COIN-M',
    venue: binance,
    client: 'binancecoinm',
    symbol: 'BTC/USD:BTC',
    amount: 3,
    config: plain,
  },
  {
    name: 'binance portfolio UM',
    venue: binance,
    client: 'binanceusdm',
    symbol: 'BTC/USDT:USDT',
    amount: 0.02,
    config: portfolio,
  },
  {
    name: 'binance portfolio CM',
    venue: binance,
    client: 'binancecoinm',
    symbol: 'BTC/USD:BTC',
    amount: 3,
    config: portfolio,
  },
  { name: 'bybit spot', venue: bybit, client: 'bybit', symbol: 'BTC/USDT', amount: 0.01, config: plain },
  {
    name: 'bybit linear',
    venue: bybit,
    client: 'bybit',
    symbol: 'BTC/USDT:USDT',
    amount: 0.02,
    config: plain,
    stop: bybitStop,
  },
  {
    name: 'bybit inverse',
    venue: bybit,
    client: 'bybit',
    symbol: 'BTC/USD:BTC',
    amount: 3000,
    config: plain,
    stop: bybitStop,
  },
  {
    name: 'kraken spot',
    venue: kraken,
    client: 'kraken',
    symbol: 'BTC/USDT',
    amount: 0.01,
    config: plain,
    stop: (stopLossPrice) => ({ stopLossPrice }),
  },
  {
    name: 'kraken-futures linear',
    venue: krakenFutures,
    client: 'krakenfutures',
    symbol: 'BTC/USD:USD',
    amount: 0.02,
    config: plain,
  },
  {
    name: 'kraken-futures inverse',
    venue: krakenFutures,
    client: 'krakenfutures',
    symbol: 'BTC/USD:BTC',
    amount: 3000,
    config: plain,
  },
  {
    name: 'coinbase spot',
    venue: coinbase,
    client: 'coinbase',
    symbol: 'BTC/USDT',
    amount: 0.01,
    config: ({ apiKey, privateKey }) => ({ apiKey, secret: privateKey }),
  },
  {
    name: 'coinbase-exchange spot',
    venue: coinbaseExchange,
    client: 'coinbaseexchange',
    symbol: 'BTC/USDT',
    amount: 0.01,
    config: (secrets) => ({ ...plain(secrets), password: secrets.passphrase }),
    stop: (triggerPrice) => ({ triggerPrice, stop: 'loss' }),
    cancelsAllAtOnce: true,
  },
  {
    name: 'alpaca crypto',
    venue: alpaca,
    client: 'alpaca',
    symbol: 'BTC/USD',
    amount: 0.01,
    config: ({ keyId, secretKey }) => ({ apiKey: keyId, secret: secretKey, sandbox: true }),
  },
  {
    name: 'hyperliquid perpetual',
    venue: hyperliquid,
    client: 'hyperliquid',
    symbol: 'BTC/USDC:USDC',
    amount: 0.01,
    config: ({ privateKey, accountAddress }) => ({ privateKey, walletAddress: accountAddress }),
  },
];

/** The methods that ccxt has for the market, and what went otherwise than a trader expects, by method. */
export async function tradeUnified(
  one: UnifiedCase,
): Promise<{ called: readonly string[]; failed: Readonly<Record<string, string>> }> {
  const paper = paperVenue(one.venue);
  const client = paper.connectCcxt(one.config(paper.secrets), one.client);
  const { symbol, amount } = one;
  const failed: Record<string, string> = {};
  const called: string[] = [];

  /** Undefined when it failed or ccxt has no such method here. */
  async function run<T>(
    name: string,
    call: (client: Exchange) => Promise<T>,
    holds: (value: T) => boolean = () => true,
    method = name,
  ): Promise<T | undefined> {
    if (client.has[method] !== true) return undefined;
    called.push(name);
    try {
      const value = await call(client);
      if (!holds(value)) failed[name] = `answered ${JSON.stringify(value)?.slice(0, 300)}`;
      return value;
    } catch (error) {
      const { path, query } = paper.seen.at(-1) ?? {};
      failed[name] =
        `${path}?${query?.slice(0, 80)} ${(error as Error).constructor.name}: ${(error as Error).message}`.slice(
          0,
          400,
        );
      return undefined;
    }
  }
  const hasId = (id: unknown) => (orders: readonly { id?: unknown }[]) =>
    orders.some((order) => order.id === id);

  await client.loadMarkets();
  const market = client.market(symbol);
  await run(
    'fetchTime',
    (x) => x.fetchTime(),
    (value) => Number(value) > 0,
  );
  const ticker = await run(
    'fetchTicker',
    (x) => x.fetchTicker(symbol),
    (value) => Number(value.last ?? value.close) > 0,
  );
  await run(
    'fetchTickers',
    (x) => x.fetchTickers([symbol]),
    (value) => value[symbol] !== undefined,
  );
  const book = await run(
    'fetchOrderBook',
    (x) => x.fetchOrderBook(symbol),
    (value) => value.bids.length > 0,
  );
  await run(
    'fetchTrades',
    (x) => x.fetchTrades(symbol),
    // Of Hyperliquid ccxt tells one's own.
    (trades) => one.client === 'hyperliquid' || trades.some(({ price }) => Number(price) > 0),
  );
  await run(
    'fetchOHLCV',
    (x) => x.fetchOHLCV(symbol, '1m', undefined, 5),
    (value) => value.length > 0,
  );
  const last = Number(ticker?.last ?? book?.bids[0]?.[0]);
  const priced = (factor: number) => Number(client.priceToPrecision(symbol, last * factor));

  await run(
    'fetchBalance',
    (x) => x.fetchBalance(),
    (value) => Object.values(value.total ?? {}).some((total) => Number(total) > 0),
  );
  await run(
    'fetchTradingFee',
    (x) => x.fetchTradingFee(symbol),
    (fee) => Number(fee.taker) > 0 && Number(fee.taker) < 0.01,
  );
  await run(
    'fetchTradingFees',
    (x) => x.fetchTradingFees(),
    (fees) => Object.values(fees).some(({ taker }) => Number(taker) > 0 && Number(taker) < 0.01),
  );
  const resting = await run(
    'createOrder limit',
    (x) => x.createOrder(symbol, 'limit', 'buy', amount, priced(0.9)),
    undefined,
    'createOrder',
  );
  let id = String(resting?.id);
  await run('fetchOpenOrders', (x) => x.fetchOpenOrders(symbol), hasId(id));
  await run(
    'fetchOpenOrder',
    (x) => x.fetchOpenOrder(id, symbol),
    (value) => (value as Order).id === id,
  );
  await run(
    'fetchOrder',
    (x) => x.fetchOrder(id, symbol, { acknowledged: true }),
    (value) => value.id === id && value.status === 'open',
  );
  await run(
    'fetchOrders',
    (x) => x.fetchOrders(symbol, undefined, undefined, { acknowledged: true }),
    hasId(id),
  );
  const edited = await run('editOrder', (x) => x.editOrder(id, symbol, 'limit', 'buy', amount, priced(0.89)));
  // Kraken names the amendment, not the order.
  const open = (await client.fetchOpenOrders(symbol)).at(-1);
  // ccxt leaves out Kraken Futures' price.
  const restsAt = open?.price ?? open?.info.limitPrice;
  if (edited !== undefined && restsAt !== priced(0.89)) failed.editOrder = `rests at ${restsAt}`;
  id = String(open?.id);
  await run('cancelOrder', (x) => x.cancelOrder(id, symbol));
  await run('fetchCanceledOrders', (x) => x.fetchCanceledOrders(symbol), hasId(id));
  await run('fetchCanceledAndClosedOrders', (x) => x.fetchCanceledAndClosedOrders(symbol), hasId(id));
  const atMarket =
    client.options.createMarketBuyOrderRequiresPrice === true || one.client === 'hyperliquid'
      ? last
      : undefined;
  const bought = await run(
    'createOrder market',
    (x) => x.createOrder(symbol, 'market', 'buy', amount, atMarket),
    undefined,
    'createOrder',
  );
  const filled = String(bought?.id);
  await run(
    'fetchMyTrades',
    (x) => x.fetchMyTrades(symbol),
    (trades) => trades.some(({ order }) => order === filled),
  );
  await run(
    'fetchOrderTrades',
    (x) => x.fetchOrderTrades(filled, symbol),
    (trades) => trades.length > 0,
  );
  await run('fetchClosedOrders', (x) => x.fetchClosedOrders(symbol), hasId(filled));
  await run(
    'fetchClosedOrder',
    (x) => x.fetchClosedOrder(filled, symbol),
    (value) => (value as Order).id === filled,
  );
  if (market.contract === true) {
    const isHeld = (position: { symbol?: unknown; contracts?: unknown }) =>
      position.symbol === symbol && Number(position.contracts) > 0;
    await run(
      'fetchPositions',
      (x) => x.fetchPositions([symbol]),
      (positions) => positions.some(isHeld),
    );
    await run(
      'fetchPosition',
      (x) => x.fetchPosition(symbol),
      (position) => isHeld(position),
    );
    await run(
      'fetchPositionsRisk',
      (x) => x.fetchPositionsRisk([symbol]),
      (positions) => positions.some(isHeld),
    );
    await run('fetchFundingRate', (x) => x.fetchFundingRate(symbol));
    await run('fetchFundingRateHistory', (x) => x.fetchFundingRateHistory(symbol));
    await run('fetchFundingHistory', (x) => x.fetchFundingHistory(symbol));
    await run('fetchLeverage', (x) => x.fetchLeverage(symbol));
    await run('fetchLeverageTiers', (x) => x.fetchLeverageTiers([symbol]));
    await run('fetchMarkPrice', (x) => x.fetchMarkPrice(symbol));
    await run('fetchOpenInterest', (x) => x.fetchOpenInterest(symbol));
    await run('fetchPositionMode', (x) => x.fetchPositionMode(symbol));
  }
  await run('fetchBidsAsks', (x) => x.fetchBidsAsks([symbol]));
  await run('fetchLastPrices', (x) => x.fetchLastPrices([symbol]));
  await run('fetchLedger', (x) => x.fetchLedger());
  const stop = await run(
    'createOrder stop',
    (x) =>
      x.createOrder(
        symbol,
        'limit',
        'sell',
        amount,
        priced(0.89),
        one.stop?.(priced(0.9)) ?? { triggerPrice: priced(0.9) },
      ),
    undefined,
    'createOrder',
  );
  if (stop !== undefined) {
    const seen = async (x: Exchange) => {
      const [usual, waiting] = [
        await x.fetchOpenOrders(symbol),
        await x.fetchOpenOrders(symbol, undefined, undefined, { trigger: true }).catch(() => []),
      ];
      return [...usual, ...waiting];
    };
    await run('createOrder stop seen', seen, hasId(stop.id), 'fetchOpenOrders');
    await run(
      'cancelOrder stop',
      (x) => x.cancelOrder(String(stop.id), symbol, { trigger: true }),
      undefined,
      'cancelOrder',
    );
  }
  const pair = [0.88, 0.87].map((factor) => ({
    symbol,
    type: 'limit' as const,
    side: 'buy' as const,
    amount,
    price: priced(factor),
    params: {},
  }));
  const several = await run(
    'createOrders',
    (x) => x.createOrders(pair as never),
    (orders) => orders.length === 2,
  );
  const ids = several?.map((order) => String(order.id)) ?? [];
  if (ids.length > 0) await run('cancelOrders', (x) => x.cancelOrders(ids, symbol));
  if (client.has.cancelAllOrders === true) {
    await client.createOrder(symbol, 'limit', 'buy', amount, priced(0.86));
    await run('cancelAllOrders', (x) =>
      x.cancelAllOrders(one.cancelsAllAtOnce === true ? undefined : symbol),
    );
    await run(
      'cancelAllOrders seen',
      (x) => x.fetchOpenOrders(symbol),
      (orders) => orders.length === 0,
      'fetchOpenOrders',
    );
  }
  if (market.contract === true) await run('closePosition', (x) => x.closePosition(symbol));
  return { called, failed };
}
