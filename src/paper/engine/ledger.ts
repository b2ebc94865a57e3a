// Balances of one account, exact: what it owns and what open orders and positions hold back. Nothing ever goes below zero.
import { type Decimal, decimal } from '../../core/decimal.js';

interface Balance {
  total: Decimal;
  held: Decimal;
}

const zero = decimal('0');

/** Amounts are zero or more; a step that would leave a balance negative throws a plain Error: a bug of the engine. */
export class Ledger {
  readonly #balances = new Map<string, Balance>();

  constructor(opening: ReadonlyMap<string, Decimal>) {
    for (const [currency, amount] of opening) this.credit(currency, amount);
  }

  currencies(): readonly string[] {
    return [...this.#balances.keys()];
  }

  total(currency: string): Decimal {
    return this.#of(currency).total;
  }

  held(currency: string): Decimal {
    return this.#of(currency).held;
  }

  available(currency: string): Decimal {
    const { total, held } = this.#of(currency);
    return total.minus(held);
  }

  credit(currency: string, amount: Decimal): void {
    const { total, held } = this.#of(currency);
    this.#set(currency, { total: total.plus(amount), held });
  }

  debit(currency: string, amount: Decimal): void {
    const { total, held } = this.#of(currency);
    this.#set(currency, { total: total.minus(amount), held });
  }

  hold(currency: string, amount: Decimal): void {
    const { total, held } = this.#of(currency);
    this.#set(currency, { total, held: held.plus(amount) });
  }

  release(currency: string, amount: Decimal): void {
    const { total, held } = this.#of(currency);
    this.#set(currency, { total, held: held.minus(amount) });
  }

  #of(currency: string): Balance {
    return this.#balances.get(currency) ?? { total: zero, held: zero };
  }

  #set(currency: string, balance: Balance): void {
    if (balance.held.lt(zero) || balance.total.lt(balance.held)) {
      throw new Error(`the paper ledger of ${currency} would go below zero`);
    }
    this.#balances.set(currency, balance);
  }
}
