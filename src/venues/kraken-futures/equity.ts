// What a Kraken Futures account is worth in US dollars. Sources: docs.kraken.com Futures REST "Get wallets": `portfolioValue` of the
// multi-collateral wallet is its balance and what is won or lost in open positions, in dollars; `pv` of a wallet of one collateral the
// same in its own coin, which "Get tickers" tells the `indexPrice` of, in the rows of every contract of the pair. Both tell `serverTime`.
import type { Decimal } from '../../core/decimal.js';
import type { AdminPlace, VenueCall } from '../admin.js';
import { readInstant } from '../instant.js';
import { isStrictObject, type StrictJson, type StrictObject } from '../json-strict.js';
import { idIn, objectIn, priceIn, readAll, rowsOf, signedIn, textIn, zero } from '../venue-answers.js';
import { ask, open, successOf } from './calls.js';

/** How much older than the account's answer that with the prices may be, which is asked for after it; milliseconds. */
const maxLagMs = 15_000;

type Tickers = readonly StrictObject[] | undefined;

/** An amount of a coin, named as in the venue's pairs: XBT. */
interface Coins {
  coin: string;
  amount: Decimal;
}

export function askWorth(at: AdminPlace): VenueCall<Decimal> {
  let coins: readonly Coins[] = [];
  let toldMs: number | undefined;
  return {
    ...ask(at, 'accounts'),
    read: (answer) => {
      const told = successOf(answer);
      const accounts = objectIn(told, 'accounts');
      toldMs = readInstant(textIn(told, 'serverTime'));
      const held = readAll(
        [...(accounts ?? [])].filter(([name]) => name !== 'flex'),
        ([, wallet]) => coinsIn(wallet),
      );
      coins = held?.flat() ?? [];
      return held && signedIn(objectIn(accounts, 'flex'), 'portfolioValue');
    },
    follow: (worth) =>
      coins.length === 0
        ? undefined
        : {
            ...open(at, 'tickers'),
            read: (answer) => {
              const told = successOf(answer);
              const atMs = readInstant(textIn(told, 'serverTime'));
              const isStale = toldMs === undefined || atMs === undefined || atMs < toldMs - maxLagMs;
              return isStale ? undefined : withCoins(worth, coins, rowsOf(told?.get('tickers')));
            },
          },
  };
}

/** Undefined for a wallet that nobody knows. */
function coinsIn(json: StrictJson): readonly Coins[] | undefined {
  const wallet: StrictObject | undefined = isStrictObject(json) ? json : undefined;
  // A wallet of one collateral tells its own worth; the cash wallet only its coins.
  const isOfOne = textIn(wallet, 'type') === 'marginAccount';
  const balances = objectIn(wallet, 'balances');
  const names = isOfOne ? [idIn(wallet, 'currency')] : balances && [...balances.keys()];
  const amounts = readAll(names, (name) => {
    const amount = isOfOne ? signedIn(objectIn(wallet, 'auxiliary'), 'pv') : signedIn(balances, name ?? '');
    return amount && name ? { coin: name.toUpperCase(), amount } : undefined;
  });
  return amounts?.filter(({ amount }) => !amount.eq(zero));
}

/** Undefined when one of the coins has no price; of several the one by which the account is worth least. */
function withCoins(worth: Decimal, coins: readonly Coins[], tickers: Tickers): Decimal | undefined {
  const worths = readAll(coins, ({ coin, amount }) => {
    if (coin === 'USD') return amount;
    const prices = (tickers ?? []).flatMap((row) => {
      const isOf = textIn(row, 'pair')?.toUpperCase() === `${coin}:USD`;
      const price = isOf && isTraded(row) ? priceIn(row, 'indexPrice') : undefined;
      return price === undefined ? [] : [price];
    });
    const [price] = prices.sort((one, other) => (one.lt(other) === amount.gt(zero) ? -1 : 1));
    return price && amount.times(price);
  });
  return worths?.reduce((sum, one) => sum.plus(one), worth);
}

const isTraded = (row: StrictObject): boolean => (row.get('suspended') ?? false) === false;
