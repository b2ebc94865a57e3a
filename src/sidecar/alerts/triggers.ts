// What of an account's events a person is told of. Pure: each event becomes notes, each receiver says which it wants.
import type { OrderEvent } from '../../audit/order-events.js';
import { type Decimal, decimal, parseDecimal } from '../../core/decimal.js';
import { describeIntent } from '../../orders/describe-order.js';
import type { OrderEntry } from '../../orders/ledger.js';
import { wasDenied } from '../../orders/order-entry.js';
import type { AlertTrigger } from '../settings.js';

export interface AlertNote {
  trigger: AlertTrigger;
  account?: string;
  /** One line. May hold text of the agent. */
  message: string;
  /** Milliseconds since the epoch. */
  atMs: number;
  /** Of `large`: the order's worth, and what is usual; absent while too few orders are known. */
  size?: { notional: Decimal; usual?: Decimal };
  /** Of `count`: orders within so many milliseconds without and with this one. */
  count?(windowMs: number): { before: number; after: number };
  /** Of `position`: how long it had been held at the look before, and is now. */
  held?: { beforeMs: number; afterMs: number };
  /** Of `balance`: what the account was worth at the look before, and is now; US dollars. */
  worth?: { before: Decimal | undefined; after: Decimal };
  /** Of `loss`: the same of what it lost since its day began. */
  loss?: { before: Decimal | undefined; after: Decimal };
}

export interface AlertWish {
  on?: readonly AlertTrigger[] | undefined;
  largeNotional?: string | undefined;
  dailyOrders?: number | undefined;
  hourlyOrders?: number | undefined;
  positionHours?: number | undefined;
  balanceBelow?: string | undefined;
  dailyLoss?: string | undefined;
}

/** Orders within a day that are told of where the receiver names no number. */
const defaultDailyOrders = 100;
const defaultPositionHours = 24;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** An order worth more than so many times the usual is told of where the receiver names no worth. */
const unusual = decimal('3');
/** Orders whose median is the usual worth; fewer are no habit. */
const habit = { least: 5, most: 20 };

export function isWanted(note: AlertNote, wish: AlertWish): boolean {
  if (!wants(wish, note.trigger)) return false;
  const { size, count, held, worth, loss } = note;
  if (size !== undefined) {
    const { notional, usual } = size;
    const most = wish.largeNotional === undefined ? usual?.times(unusual) : parseDecimal(wish.largeNotional);
    return most !== undefined && notional.gt(most);
  }
  if (count !== undefined) {
    const told = [
      { most: wish.dailyOrders ?? defaultDailyOrders, windowMs: dayMs },
      ...(wish.hourlyOrders === undefined ? [] : [{ most: wish.hourlyOrders, windowMs: hourMs }]),
    ];
    return told.some(({ most, windowMs }) => {
      const { before, after } = count(windowMs);
      return before < most && after >= most;
    });
  }
  if (held !== undefined) {
    const longestMs = (wish.positionHours ?? defaultPositionHours) * hourMs;
    return held.beforeMs < longestMs && held.afterMs >= longestMs;
  }
  // Told when a line is crossed, and again after the account was on its good side.
  const line = parseDecimal(worth === undefined ? wish.dailyLoss : wish.balanceBelow);
  const isBad = (amount: Decimal): boolean =>
    line !== undefined && (worth === undefined ? amount.gte(line) : amount.lt(line));
  const told = worth ?? loss;
  return told === undefined || (isBad(told.after) && (told.before === undefined || !isBad(told.before)));
}

/** Whether a receiver may want notes of this kind at all: of worth only with a line that it names. */
export function wants({ on, balanceBelow, dailyLoss }: AlertWish, trigger: AlertTrigger): boolean {
  if (on !== undefined && !on.includes(trigger)) return false;
  if (trigger === 'balance') return balanceBelow !== undefined;
  return trigger !== 'loss' || dailyLoss !== undefined;
}

/** The notes of one account, event by event, as its ledger applied them. */
export class AccountAlerts {
  readonly #account: string;
  readonly #worths: Decimal[] = [];

  constructor(account: string) {
    this.#account = account;
  }

  /** Learns what is usual from orders of before, oldest first. */
  restore(orders: readonly OrderEntry[]): void {
    const worths = orders.filter((entry) => !wasDenied(entry)).map(({ notional }) => parseDecimal(notional));
    this.#worths.push(...worths.filter((worth) => worth !== undefined).slice(-habit.most));
  }

  /** `releasedWithin`: orders let out within so many milliseconds, this event's included. */
  notes(
    event: OrderEvent,
    entry: OrderEntry | undefined,
    now: { atMs: number; releasedWithin(windowMs: number): number },
  ): AlertNote[] {
    const note = (trigger: AlertTrigger, message: string, more: Partial<AlertNote> = {}): AlertNote => ({
      trigger,
      account: this.#account,
      message,
      atMs: now.atMs,
      ...more,
    });
    switch (event.type) {
      case 'order.judged': {
        if (entry === undefined || event.stage !== 'proposal' || event.decision === 'deny') return [];
        const what = `${entry.id} ${entry.intents.map(describeIntent).join(' | ')}`;
        const worth = parseDecimal(entry.notional);
        const size = worth === undefined ? undefined : this.#size(worth);
        return [
          ...(event.decision === 'hold' ? [note('held', `order held, waits for a decision: ${what}`)] : []),
          ...(size === undefined
            ? []
            : [note('large', `order above normal size, worth ${entry.notional}: ${what}`, { size })]),
        ];
      }
      case 'order.releasing': {
        const placed = entry?.intents.filter(({ action }) => action !== 'cancel').length ?? 0;
        const count = (windowMs: number) => {
          const after = now.releasedWithin(windowMs);
          return { before: after - placed, after };
        };
        const words = `${count(hourMs).after} orders within an hour, ${count(dayMs).after} within a day`;
        return [note('count', words, { count })];
      }
      case 'order.answered':
        if (event.outcome !== 'unknown') return [];
        return [note('unknown', `the outcome of the order ${event.order} is unknown: the venue is asked`)];
      case 'trading.state':
        if (event.state === 'ACTIVE') return [];
        return [note('stopped', `trading is ${event.state}, by ${event.by}: ${event.cause}`)];
      case 'trading.killed': {
        const { canceled, failed, left, closedPositions } = event;
        const words = `${canceled} orders cancelled, ${failed} failed, ${left} left, ${closedPositions} positions closed`;
        return [note('stopped', `killed: ${words}`)];
      }
      default:
        return [];
    }
  }

  #size(notional: Decimal): NonNullable<AlertNote['size']> {
    const sorted = [...this.#worths].sort((a, b) => a.cmp(b));
    const usual = sorted.length < habit.least ? undefined : sorted[Math.floor(sorted.length / 2)];
    this.#worths.push(notional);
    if (this.#worths.length > habit.most) this.#worths.shift();
    return usual === undefined ? { notional } : { notional, usual };
  }
}
