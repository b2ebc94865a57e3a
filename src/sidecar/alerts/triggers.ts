// What of an account's events a person is told of. Pure: each event becomes notes, each receiver says which it wants.
import type { OrderEvent } from '../../audit/order-events.js';
import { type Decimal, decimal, parseDecimal } from '../../core/decimal.js';
import { describeIntent } from '../../orders/describe-order.js';
import type { OrderEntry } from '../../orders/ledger.js';
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
  /** Of `count`: orders within a day without and with this one. */
  count?: { before: number; after: number };
}

export interface AlertWish {
  on?: readonly AlertTrigger[] | undefined;
  largeNotional?: string | undefined;
  dailyOrders?: number | undefined;
}

/** Orders within a day that are told of where the receiver names no number. */
const defaultDailyOrders = 100;
/** An order worth more than so many times the usual is told of where the receiver names no worth. */
const unusual = decimal('3');
/** Orders whose median is the usual worth; fewer are no habit. */
const habit = { least: 5, most: 20 };

export function isWanted(note: AlertNote, { on, largeNotional, dailyOrders }: AlertWish): boolean {
  if (on !== undefined && !on.includes(note.trigger)) return false;
  if (note.size !== undefined) {
    const { notional, usual } = note.size;
    const most = largeNotional === undefined ? usual?.times(unusual) : parseDecimal(largeNotional);
    return most !== undefined && notional.gt(most);
  }
  if (note.count === undefined) return true;
  const most = dailyOrders ?? defaultDailyOrders;
  return note.count.before < most && note.count.after >= most;
}

/** The notes of one account, event by event, as its ledger applied them. */
export class AccountAlerts {
  readonly #account: string;
  readonly #worths: Decimal[] = [];

  constructor(account: string) {
    this.#account = account;
  }

  /** `releasedToday`: orders let out within a day, this event's included. */
  notes(
    event: OrderEvent,
    entry: OrderEntry | undefined,
    now: { atMs: number; releasedToday: number },
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
        const worth = parseDecimal(entry.notional ?? '');
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
        const count = { before: now.releasedToday - placed, after: now.releasedToday };
        return [note('count', `${now.releasedToday} orders within a day`, { count })];
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
