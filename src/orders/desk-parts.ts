// What an order desk is made of, and how long it waits for whom.
import type { Journal } from '../audit/journal.js';
import type { ExplanationRecord } from '../audit/order-events.js';
import type { Clock } from '../core/clock.js';
import type { OrderIntent } from '../core/order.js';
import type { Judge } from './judge.js';
import type { Ledger, OrderEntry } from './ledger.js';

export interface DeskLimits {
  /** How long a client's socket is kept while a human thinks. The okx CLI gives up after 15 s, ccxt after 10. */
  holdMs: number;
  /** How long a held order waits for a human. */
  decideMs: number;
  /** How long an approval waits to be claimed by an identical request. */
  claimMs: number;
  /** Orders that wait for a human at once; one more is denied (D14). */
  maxHeld: number;
}

export const defaultDeskLimits: DeskLimits = {
  holdMs: 8_000,
  decideMs: 300_000,
  claimMs: 120_000,
  maxHeld: 50,
};

export interface DeskParts {
  account: string;
  ledger: Ledger;
  journal: Pick<Journal, 'append' | 'note' | 'durable'>;
  judge: Judge;
  clock: Clock;
  limits: DeskLimits;
  /** Six characters that no other order of the account has. */
  newOrderId(): string;
  isTainted(): boolean;
  /** What the agent said of these orders before it placed them; given once. */
  explain?(intents: readonly OrderIntent[]): ExplanationRecord | undefined;
  /** Called when an order begins to wait for a human. */
  onHeld?(entry: OrderEntry): void;
}
