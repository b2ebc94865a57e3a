// Looks at an account at its venue, after fills and on a schedule, and halts it on what no order sent from here explains.
import { setTimeout as sleep } from 'node:timers/promises';
import type { OrderDesk } from '../../orders/desk.js';
import type { DriftWatch } from '../../orders/drift.js';
import type { OrderEntry } from '../../orders/ledger.js';
import { outStates } from '../../orders/lifecycle.js';
import type { RestingOrder, VenuePosition } from '../../venues/admin.js';
import type { AskVenue, CallAccount } from '../venue-calls.js';
import { restingPages } from './resting-lists.js';

export interface AccountCheckParts {
  account: CallAccount;
  desk: OrderDesk;
  ask: AskVenue;
  watch: DriftWatch;
  /** Sees all positions each time that they are told. @throws what the journal throws. */
  onPositions?(positions: readonly VenuePosition[]): void;
  /** Called as each look begins, with what may be filled during it; what it returns is called when the look ended without drift, and told whether all lists were read. @throws what the journal throws. */
  onLook?(open: readonly OrderEntry[]): (isWhole: boolean) => void;
  /** Sees what rests at each look. */
  onResting?(orders: readonly RestingOrder[]): Promise<void>;
  /** Between a look that shows drift and the one that confirms it, milliseconds; an answer may be older than a fill. */
  confirmMs?: number;
}

const deadlineMs = 5_000;
/** Between the end of a look and the next one that fills ask for meanwhile. */
const spacingMs = 250;

export interface AccountCheck {
  /**
   * One look, or another one after it when something was not explained. Resolves to what was not explained, after the account
   * was halted for it; to undefined when the venue's positions could not be read. Calls meanwhile share the look that comes next.
   * Rejects when the journal does (S11).
   */
  look(): Promise<readonly string[] | undefined>;
}

export function createAccountCheck(parts: AccountCheckParts): AccountCheck {
  let running: Promise<readonly string[] | undefined> | undefined;
  let next: Promise<readonly string[] | undefined> | undefined;
  const start = (): Promise<readonly string[] | undefined> => {
    running = check(parts).finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    look() {
      if (running === undefined) return start();
      // What runs may have asked before the fill.
      next ??= running
        .catch(() => undefined)
        .then(() => sleep(spacingMs))
        .then(() => {
          next = undefined;
          return start();
        });
      return next;
    },
  };
}

async function check(parts: AccountCheckParts): Promise<readonly string[] | undefined> {
  const { desk, confirmMs = 2_000 } = parts;
  const first = await lookOnce(parts);
  if (first === undefined || first.length === 0) return first;
  await sleep(confirmMs);
  const drift = await lookOnce(parts);
  if (drift === undefined || drift.length === 0) return drift;
  desk.setState('HALTED', `drift: ${drift.join('; ')}`.slice(0, 500), 'sidecar');
  return drift;
}

/** Undefined when the venue's positions could not be read: nothing is known then. */
async function lookOnce({
  account,
  desk,
  ask,
  watch,
  onLook,
  onResting,
  onPositions,
}: AccountCheckParts): Promise<string[] | undefined> {
  const { admin } = account.venue;
  if (admin === undefined) return undefined;
  const at = { environment: account.environment };
  const open = desk.ledger.openIn(...outStates);
  const onSeen = onLook?.(open);
  watch.begin(open);
  const resting: (RestingOrder & { list: string })[] = [];
  const unread = new Set<string>();
  for await (const { list, orders } of restingPages({ account, admin, ask, deadlineMs })) {
    if (orders === undefined) unread.add(list);
    else resting.push(...orders.map((order) => ({ ...order, list })));
  }
  await onResting?.(resting);
  const told = await ask<readonly VenuePosition[]>(account, admin.positions(at), deadlineMs);
  if (!told.isUnderstood) return undefined;
  onPositions?.(told.value);
  const drift = watch.end({ resting, unread, positions: told.value }, desk.ledger.orders());
  if (drift.length === 0) onSeen?.(unread.size === 0);
  return drift;
}
