// What is new since somebody looked last: rows that changed, orders that changed, fills that came. For the paper sockets of every venue.
import { formatDecimal } from '../core/decimal.js';
import type { Account } from './engine/account.js';
import type { Engine } from './engine/engine.js';
import type { PaperFill, PaperOrder } from './engine/orders.js';

/** Gives what is new; undefined when nothing is. Holds what was told last. */
export type Watch<News> = (engine: Engine) => News | undefined;

/** Tells what is read when it differs from what was told last by more than the members named in `times`. */
export function watchRows<News>(
  read: (engine: Engine) => News,
  times: ReadonlySet<string> = new Set(),
): Watch<News> {
  let told = '';
  return (engine) => {
    const news = read(engine);
    const text = JSON.stringify(news, (name, value: unknown) => (times.has(name) ? undefined : value));
    if (text === told) return undefined;
    told = text;
    return news;
  };
}

/** Orders that changed since the last look, oldest first; what there was before is no news. */
export function watchOrders(account: Account): Watch<readonly PaperOrder[]> {
  const told = new Map(account.orders().map((order) => [order.id, stateOf(order)]));
  return () => {
    const news = account.orders().filter((order) => told.get(order.id) !== stateOf(order));
    for (const order of news) told.set(order.id, stateOf(order));
    return news.length === 0 ? undefined : news;
  };
}

const stateOf = ({ state, waitsFor, filled, size, price, updatedMs }: PaperOrder): string =>
  [
    state,
    waitsFor,
    formatDecimal(filled),
    formatDecimal(size),
    price && formatDecimal(price),
    updatedMs,
  ].join();

/** Fills since the last look. */
export function watchFills(account: Account): Watch<readonly PaperFill[]> {
  let count = account.fills.length;
  return () => {
    const news = account.fills.slice(count);
    count = account.fills.length;
    return news.length === 0 ? undefined : news;
  };
}

/** What one connection listens to, by the name it is unsubscribed by. */
export class Subscriptions {
  readonly #watched = new Map<string, Watch<readonly string[]>>();

  constructor(readonly most = 500) {}

  get isFull(): boolean {
    return this.#watched.size >= this.most;
  }

  get names(): readonly string[] {
    return [...this.#watched.keys()];
  }

  /** A name that is listened to already begins anew. */
  add(name: string, watch: Watch<readonly string[]>): void {
    this.#watched.set(name, watch);
  }

  remove(name: string): boolean {
    return this.#watched.delete(name);
  }

  tell(engine: Engine): readonly string[] {
    return [...this.#watched.values()].flatMap((watch) => watch(engine) ?? []);
  }
}
