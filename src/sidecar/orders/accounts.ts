// The trading accounts of a box: each with its own journal, ledger and desk; what outlived an earlier sidecar is taken up again.
import path from 'node:path';
import { type Journal, openJournal } from '../../audit/journal.js';
import type { OrderEvent } from '../../audit/order-events.js';
import type { Clock } from '../../core/clock.js';
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import { positionNameOf } from '../../core/position.js';
import { Activity } from '../../orders/activity.js';
import { type Abnormality, Breaker, type BreakerLimits } from '../../orders/breaker.js';
import { OrderDesk } from '../../orders/desk.js';
import type { DeskLimits, DeskParts } from '../../orders/desk-parts.js';
import { DriftWatch } from '../../orders/drift.js';
import type { Judge } from '../../orders/judge.js';
import { closingIntent, LastSeen } from '../../orders/last-seen.js';
import { Ledger, type OrderEntry } from '../../orders/ledger.js';
import type { ReferencePrice, RestingOrder, VenuePosition } from '../../venues/admin.js';
import type { RealCredential, Venue } from '../../venues/venue.js';
import type { AppliedEvent } from '../alerts/alerts.js';
import type { VenueCredential } from '../credentials.js';
import type { LiveStep } from '../settings.js';
import type { AskVenue, CallAccount } from '../venue-calls.js';
import { type AccountCheck, createAccountCheck } from './account-check.js';
import { cancelLate } from './cancel-late.js';
import { OutcomeWatch } from './outcome-watch.js';
import { newOrderId } from './release.js';
import { readPast, takeUpAgain } from './take-up.js';

export interface AccountParts {
  /** Directory that holds one journal for each account. */
  accountsDir: string;
  sandbox: { name: string; id: string };
  clock: Clock;
  limits: DeskLimits;
  /** Between two looks at an account's positions and resting orders, milliseconds. */
  reconcileMs: number;
  breaker: BreakerLimits;
  ask: AskVenue;
  venueOf(id: string): Venue | undefined;
  /** Makes the judge of an account over its ledger and its counters. */
  judgeOf(
    account: CallAccount,
    ledger: Ledger,
    activity: Activity,
    noteEquity: (usd: Decimal) => void,
    notePositions: (positions: readonly VenuePosition[]) => void,
  ): Judge;
  /** The credential as it is now. @throws Error when the box holds it no more. */
  realOf(venue: string, account: string): RealCredential;
  isTainted(): boolean;
  /** What the account may move in `live`; undefined elsewhere. */
  stepOf?(account: string): LiveStep | undefined;
  onHeld?(entry: OrderEntry): void;
  /** What the agent said of these orders before it placed them; given once. */
  explain?: DeskParts['explain'];
  /** The orders that the journal of an account knows as it is opened, oldest first. */
  onRebuilt?(account: string, orders: readonly OrderEntry[]): void;
  /** Sees each event after it took effect; not those of earlier sidecars. */
  onApplied?(account: string, applied: AppliedEvent): void;
}

export interface LastLook {
  /** When it began, milliseconds since the epoch. */
  fromMs: number;
  /** Instruments in which an exit rests that came of an order which may be over. */
  loose: number;
}

/** One account that may trade. */
export interface TradingAccount {
  account: CallAccount;
  desk: OrderDesk;
  journal: Journal;
  /** Holds the account against its ledger. */
  check: AccountCheck;
  breaker: Breaker;
  /** Learns what became of orders. */
  outcomes: OutcomeWatch;
  activity: Activity;
  /** What the last whole look at the venue showed; at first nothing was seen. */
  lastLook: LastLook;
  /** A kill closes this position. */
  onClosing(position: VenuePosition): void;
  /** Writes down what the account is worth, US dollars. @throws what the journal throws. */
  noteEquity(usd: Decimal): void;
}

const sweepMs = 1_000;
/** The first look at an account, which later ones are held against, does not compete with the start. */
const firstLookMs = 3_000;

export class TradingAccounts {
  readonly #parts: AccountParts;
  readonly #byId = new Map<string, TradingAccount>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #sweep: NodeJS.Timeout | undefined;

  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  /**
   * Opens the accounts' journals, rebuilds their ledgers, and begins to ask for outcomes that an earlier sidecar did not live
   * to see. @throws TradeboxError JOURNAL_BUSY when another box has the account, JOURNAL_BROKEN, and what opening throws.
   */
  open(credentials: readonly VenueCredential[]): void {
    for (const credential of credentials) {
      const venue = this.#parts.venueOf(credential.venue);
      if (venue !== undefined) this.#openAccount(credential, venue);
    }
    this.#sweep = setInterval(() => this.#sweepAll(), sweepMs);
    this.#sweep.unref();
  }

  all(): readonly TradingAccount[] {
    return [...this.#byId.values()];
  }

  of(account: string): TradingAccount | undefined {
    return this.#byId.get(account);
  }

  /** An answer to the sidecar's own question that no venue in order gives. */
  abnormal(account: string, what: Abnormality): void {
    const found = this.#byId.get(account);
    if (found !== undefined) stopNew(found.desk, found.breaker.note(what, this.#parts.clock.nowMs()));
  }

  /** A price as the venue told it. */
  priced(account: string, price: ReferencePrice): void {
    const found = this.#byId.get(account);
    if (found !== undefined) stopNew(found.desk, found.breaker.price(price, this.#parts.clock.nowMs()));
  }

  /** The account whose journal knows the order. */
  holding(order: string): TradingAccount | undefined {
    return this.all().find(({ desk }) => desk.ledger.order(order) !== undefined);
  }

  /** Begins to ask the venue for an order's outcome, sooner and then later, until it is final. */
  follow(account: string, order: string): void {
    this.#byId.get(account)?.outcomes.follow(order);
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    for (const timer of this.#timers) clearTimeout(timer);
    for (const { outcomes } of this.all()) outcomes.close();
    for (const { journal } of this.all()) await journal.close();
  }

  #openAccount(credential: VenueCredential, venue: Venue): void {
    const { accountsDir, sandbox, clock, ask, limits, judgeOf, isTainted, onHeld, explain } = this.#parts;
    const { id, environment } = credential;
    const dir = path.join(accountsDir, id);
    const account = callAccount(credential, venue, this.#parts);
    const activity = new Activity();
    let isOpen = false;
    /** A kill was carried out and nobody resumed since: what comes to rest all the same is cancelled. */
    let isKilled = false;
    const watch = new DriftWatch();
    const lastSeen = new LastSeen();
    const breaker = new Breaker(this.#parts.breaker);
    const ledger = new Ledger((event, entry, atMs) => {
      activity.apply(event, entry, atMs);
      if (isOpen && event.type === 'order.sent' && entry !== undefined) {
        watch.sent(entry);
        lastSeen.sent();
      }
      if (event.type === 'trading.state' && event.state === 'ACTIVE') {
        watch.reset();
        lastSeen.resumed();
        // What the human saw is what later looks are held against, not what an hour has made of it.
        if (isOpen) look(trading);
      }
      // The record of a kill may come after a human resumed meanwhile.
      if (event.type === 'trading.killed' || event.type === 'trading.state')
        isKilled = ledger.tradingState === 'HALTED' && (isKilled || event.type === 'trading.killed');
      const cause = breaker.apply(event, atMs);
      // An earlier sidecar's stop is in the journal itself.
      if (!isOpen) return;
      const releasedWithin = (windowMs: number): number => ledger.releasedWithin(atMs, windowMs);
      this.#parts.onApplied?.(id, { event, entry, atMs, releasedWithin });
      stopNew(desk, cause);
    });
    const journal = openJournal(dir, { sandbox: sandbox.name, sandboxId: sandbox.id, clock });
    // Read after it is ours: nobody writes it any more.
    const backMs = readPast(dir, ledger, lastSeen);
    const note = (event: OrderEvent): void => {
      journal.append(event);
      ledger.apply(event, clock.nowMs());
    };
    const noteEquity = (usd: Decimal): void =>
      note({ type: 'account.equity', account: id, usd: formatDecimal(usd) });
    const onPositions = (positions: readonly VenuePosition[]): void =>
      activity.lastHeld.news(id, positions).forEach(note);
    const desk = new OrderDesk({
      account: id,
      ledger,
      journal,
      judge: judgeOf(account, ledger, activity, noteEquity, onPositions),
      clock,
      limits,
      newOrderId,
      isTainted,
      ...(onHeld === undefined ? {} : { onHeld }),
      ...(explain === undefined ? {} : { explain }),
    });
    const nowMs = () => clock.nowMs();
    const onResting = (orders: readonly RestingOrder[]) =>
      isKilled ? cancelLate({ account, desk, journal }, orders, { ask, nowMs }) : Promise.resolve();
    const onLook = (open: readonly OrderEntry[]) => {
      const fromMs = nowMs();
      return (isWhole: boolean) => {
        const seen = watch.seen();
        if (isWhole) trading.lastLook = { fromMs, loose: seen?.loose.length ?? 0 };
        const news = seen === undefined ? undefined : lastSeen.news(id, seen, { fromMs, open });
        if (news !== undefined) note(news);
      };
    };
    const check = createAccountCheck({ account, desk, ask, watch, onPositions, onResting, onLook });
    const onFill = (): void => look(trading);
    const onOpen = (): void => {
      if (isKilled) look(trading);
    };
    const outcomes = new OutcomeWatch({ account, desk, ask, nowMs, onFill, onOpen });
    const onClosing = (position: VenuePosition): void =>
      watch.sent({ intents: [closingIntent(positionNameOf(position), id, venue.id)] });
    const trading: TradingAccount = {
      account,
      desk,
      journal,
      check,
      breaker,
      outcomes,
      activity,
      lastLook: { fromMs: Number.NEGATIVE_INFINITY, loose: 0 },
      onClosing,
      noteEquity,
    };
    this.#byId.set(id, trading);
    this.#schedule(trading, firstLookMs);
    const attached = {
      type: 'account.attached',
      account: id,
      venue: venue.id,
      environment,
      sandbox: sandbox.name,
      // The embedded exchange lives and dies with its sidecar.
      isFresh: environment === 'paper',
    } as const;
    note(attached);
    lastSeen.apply(attached, clock.nowMs(), ledger);
    // Whether something came after that look nobody can say of a clock that was set.
    if (backMs === 0) lastSeen.restore(watch, ledger);
    const step = this.#parts.stepOf?.(id);
    if (step !== undefined) journal.append({ type: 'account.step', ...step });
    this.#parts.onRebuilt?.(id, ledger.orders());
    isOpen = true;
    takeUpAgain(desk);
    if (backMs > 0) desk.distrustClock(-backMs);
    for (const entry of ledger.openIn('unknown', 'acknowledged')) this.follow(id, entry.id);
  }

  #schedule(trading: TradingAccount, afterMs: number): void {
    if (trading.account.venue.admin === undefined) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      look(trading);
      this.#schedule(trading, this.#parts.reconcileMs);
    }, afterMs);
    timer.unref();
    this.#timers.add(timer);
  }

  #sweepAll(): void {
    for (const { desk } of this.all()) {
      try {
        desk.sweep();
      } catch {
        // The journal has failed: no order passes any more (S11).
      }
    }
  }
}

function callAccount(
  { id, environment }: VenueCredential,
  venue: Venue,
  { realOf }: Pick<AccountParts, 'realOf'>,
): CallAccount {
  return {
    id,
    venue,
    environment,
    // Asked for each call: the key may have been rotated.
    get real() {
      return realOf(venue.id, id);
    },
  };
}

function look({ check }: TradingAccount): void {
  // The journal has failed: no order passes any more (S11).
  check.look().catch(() => undefined);
}

/** An open breaker leaves cancels and reducing exits, and never loosens a halt. */
function stopNew(desk: OrderDesk, cause: string | undefined): void {
  if (cause === undefined || desk.ledger.tradingState !== 'ACTIVE') return;
  try {
    desk.setState('REDUCE_ONLY', cause, 'sidecar');
  } catch {
    // The journal has failed: no order passes any more (S11).
  }
}
