// What a Kraken Futures account is worth in US dollars. Sources: docs.kraken.com Futures REST "Get wallets": `portfolioValue` of the
// multi-collateral wallet is its balance and what is won or lost in open positions, in dollars; `pv` of a wallet of one collateral the
// same in its own coin, which "Get tickers" tells the `indexPrice` of.
import type { Decimal } from '../../core/decimal.js';
import type { AdminPlace, VenueAnswer, VenueCall } from '../admin.js';
import { isStrictObject, type StrictJson, type StrictObject } from '../json-strict.js';
import { idIn, objectIn, priceIn, readAll, rowsOf, signedIn, textIn, zero } from '../venue-answers.js';
import { ask, open, successOf } from './calls.js';

/** An amount of a coin, named as in the venue's pairs: XBT. */
interface Coins {
  coin: string;
  amount: Decimal;
}

export function askWorth(at: AdminPlace): VenueCall<Decimal> {
  let coins: readonly Coins[] = [];
  return {
    ...ask(at, 'accounts'),
    read: (answer) => {
      const accounts = objectIn(successOf(answer), 'accounts');
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
        : { ...open(at, 'tickers'), read: (answer) => withCoins(worth, coins, answer) },
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

/** Undefined when one of the coins has no price. */
function withCoins(worth: Decimal, coins: readonly Coins[], answer: VenueAnswer): Decimal | undefined {
  const tickers = rowsOf(successOf(answer)?.get('tickers'));
  const worths = readAll(coins, ({ coin, amount }) => {
    if (coin === 'USD') return amount;
    const row = tickers?.find((one) => textIn(one, 'pair')?.toUpperCase() === `${coin}:USD`);
    const price = priceIn(row, 'indexPrice');
    return price && amount.times(price);
  });
  return worths?.reduce((sum, one) => sum.plus(one), worth);
}
