// What a Kraken Futures account is worth. Source: docs.kraken.com futures API "Get Wallets": `portfolioValue` of the multi-collateral
// wallet is its balance and what is won or lost in open positions, in US dollars.
import type { Decimal } from '../../core/decimal.js';
import { isStrictObject, type StrictJson, type StrictObject } from '../json-strict.js';
import { objectIn, readAll, signedIn, textIn, zero } from '../venue-answers.js';

/** `accounts` of the answer. Undefined when another wallet holds something, too: what that is worth in dollars is not told. */
export function worthOf(accounts: StrictObject | undefined): Decimal | undefined {
  const worth = signedIn(objectIn(accounts, 'flex'), 'portfolioValue');
  const others = [...(accounts ?? [])].filter(([name]) => name !== 'flex');
  return others.every(([, wallet]) => isEmpty(wallet)) ? worth : undefined;
}

function isEmpty(json: StrictJson): boolean {
  const wallet = isStrictObject(json) ? json : undefined;
  // A wallet of one collateral tells its own worth; the cash wallet only its coins.
  if (textIn(wallet, 'type') === 'marginAccount')
    return signedIn(objectIn(wallet, 'auxiliary'), 'pv')?.eq(zero) === true;
  const balances = objectIn(wallet, 'balances');
  const amounts = readAll(balances && [...balances.keys()], (currency) => signedIn(balances, currency));
  return amounts?.every((amount) => amount.eq(zero)) === true;
}
