// What a Binance account is worth in US dollars: spot balances at the last prices, the margin balances of both kinds of futures, which hold
// open profits and losses, and portfolio margin, or where the account has none the cross margin balances at the last prices. Earn, funding and isolated margin wallets are not counted: nothing of them is traded from here.
// Sources: binance-spot-api-docs rest-api.md, "Account information" and "Symbol price ticker"; developers.binance.com USDⓈ-M
// Portfolio Margin "Account Information" (`actualEquity`, US dollars, before haircuts);
// Margin Trading "Query Cross Margin Account Details" (`netAsset`, less what is borrowed; -3003 no such account);
// "Account Information V3" (`totalMarginBalance`, US dollars) and COIN-M "Account Information" (`marginBalance` of each asset).
import type { Decimal } from '../../core/decimal.js';
import type { Environment } from '../../core/order.js';
import type { AdminPlace, VenueAnswer, VenueCall } from '../admin.js';
import {
  idIn,
  jsonOf,
  objectOf,
  one,
  ownRequest,
  priceIn,
  readAll,
  rowsOf,
  signedIn,
  textIn,
  unsignedIn,
  zero,
} from '../venue-answers.js';

interface Book {
  hosts: Readonly<Record<Environment, string>>;
}

/** How much of each asset; a dollar coin is worth a dollar. */
type Balances = ReadonlyMap<string, Decimal>;
type Prices = ReadonlyMap<string, Decimal>;

const dollars: readonly string[] = ['USDT', 'USDC', 'USD', 'FDUSD'];
/** No permission, no margin account. */
const closedCodes: readonly string[] = ['-2015', '-3003'];

/** `books`: spot, margin and both kinds of futures; portfolio margin, whose futures a key has instead, is live only. */
export function equity(
  at: AdminPlace,
  {
    spot,
    margin,
    usdm,
    coinm,
    portfolio,
  }: Readonly<Record<'spot' | 'margin' | 'usdm' | 'coinm' | 'portfolio', Book>>,
): VenueCall<Decimal> {
  const signed = (book: Book, target: string) => ({
    request: ownRequest('GET', book.hosts[at.environment], target),
    isPublic: false,
  });
  let balances: Balances = new Map();
  let prices: Prices = new Map();
  let worth = zero;
  const withAssets = (held: Balances | undefined): Decimal | undefined => {
    const owned = held && worthOf(held, prices);
    if (owned === undefined) return undefined;
    worth = worth.plus(owned);
    return worth;
  };
  const crossMargined: VenueCall<Decimal> = {
    ...signed(margin, '/sapi/v1/margin/account'),
    read: (answer) =>
      isClosed(answer)
        ? worth
        : withAssets(balancesIn(answer, 'userAssets', (row) => signedIn(row, 'netAsset'))),
  };
  let isPortfolio = false;
  const portfolioMargined: VenueCall<Decimal> = {
    ...signed(portfolio, '/papi/v1/account'),
    read: (answer) => {
      if (isClosed(answer)) return worth;
      const owned = signedIn(objectOf(answer), 'actualEquity');
      if (owned === undefined) return undefined;
      isPortfolio = true;
      return worth.plus(owned);
    },
    // The cross margin wallet is one of those that portfolio margin counts.
    follow: () => (isPortfolio ? undefined : crossMargined),
  };
  const coinMargined: VenueCall<Decimal> = {
    ...signed(coinm, '/dapi/v1/account'),
    read: (answer) => {
      if (isClosed(answer)) return worth;
      return withAssets(balancesIn(answer, 'assets', (row) => signedIn(row, 'marginBalance')));
    },
    follow: () => (at.environment === 'live' ? portfolioMargined : undefined),
  };
  const dollarMargined: VenueCall<Decimal> = {
    ...signed(usdm, '/fapi/v3/account'),
    read: (answer) => {
      const margin = isClosed(answer) ? zero : signedIn(objectOf(answer), 'totalMarginBalance');
      if (margin === undefined) return undefined;
      worth = worth.plus(margin);
      return worth;
    },
    follow: () => coinMargined,
  };
  const priced: VenueCall<Decimal> = {
    request: ownRequest('GET', spot.hosts[at.environment], '/api/v3/ticker/price'),
    isPublic: true,
    read: (answer) => {
      const rows = readAll(rowsOf(jsonOf(answer)), (row) => {
        const symbol = idIn(row, 'symbol');
        return symbol === undefined ? undefined : ([symbol, priceIn(row, 'price') ?? zero] as const);
      });
      if (rows === undefined) return undefined;
      prices = new Map(rows);
      return withAssets(balances);
    },
    // On paper all books are one account.
    follow: () => (at.environment === 'paper' ? undefined : dollarMargined),
  };
  return {
    ...signed(spot, '/api/v3/account?omitZeroBalances=true'),
    read: (answer) => {
      const held = balancesIn(answer, 'balances', (row) => {
        const [free, locked] = [unsignedIn(row, 'free'), unsignedIn(row, 'locked')];
        return free === undefined || locked === undefined ? undefined : free.plus(locked);
      });
      if (held === undefined) return undefined;
      balances = held;
      return zero;
    },
    follow: () => priced,
  };
}

/** A key without the right to a book has nothing there to trade with. */
const isClosed = (answer: VenueAnswer): boolean =>
  closedCodes.includes(textIn(objectOf(answer), 'code') ?? '');

function balancesIn(
  answer: VenueAnswer,
  list: string,
  amountOf: (row: Parameters<typeof idIn>[0]) => Decimal | undefined,
): Balances | undefined {
  const rows = readAll(rowsOf(objectOf(answer)?.get(list)), (row) => {
    const asset = idIn(row, 'asset');
    const amount = amountOf(row);
    return asset === undefined || amount === undefined ? undefined : ([asset, amount] as const);
  });
  return rows === undefined ? undefined : new Map(rows);
}

/**
 * What no dollar coin is traded for counts as worth nothing: too little rather than too much. Undefined where such a thing is owed, which
 * would be too much.
 */
function worthOf(balances: Balances, prices: Prices): Decimal | undefined {
  let sum = zero;
  for (const [asset, amount] of balances) {
    const price = dollars.includes(asset)
      ? one
      : dollars.map((coin) => prices.get(`${asset}${coin}`)).find((known) => known?.gt(zero) === true);
    if (price !== undefined) sum = sum.plus(amount.times(price));
    else if (amount.lt(zero)) return undefined;
  }
  return sum;
}
