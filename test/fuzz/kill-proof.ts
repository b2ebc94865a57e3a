// What must hold at the exchange and in the journal however a sidecar lived and died: no order twice, none without a valid decision,
// counters that never under-count, every state explained by the journal. Reads the journal with a fold of its own.
import type { OrderEvent } from '../../src/audit/order-events.js';
import { formatDecimal } from '../../src/core/decimal.js';
import { Activity } from '../../src/orders/activity.js';
import { Ledger, type OrderEntry } from '../../src/orders/ledger.js';
import type { KillWorld } from '../support/kill-world.js';

/** @throws Error that says what does not hold. */
export function holdTrue(world: KillWorld, mode: 'demo' | 'propose'): void {
  const { ledger, activity, releases } = foldJournal(world, mode);
  const placing = world.arrivals.filter(({ isAmend }) => !isAmend);
  const arrived = placing.flatMap(({ orders }) => orders.map(({ clientOrderId }) => clientOrderId));
  demand(
    new Set(arrived).size === arrived.length,
    `an order reached the exchange twice: ${arrived.join(' ')}`,
  );
  for (const { digest, orders } of world.arrivals) {
    const let1 = releases.get(digest) ?? 0;
    const came = world.arrivals.filter((one) => one.digest === digest).length;
    const who = orders.map(({ clientOrderId }) => clientOrderId).join(' ');
    demand(
      came <= let1,
      `${who} reached the exchange ${came} times in these bytes, and was released ${let1} times`,
    );
  }
  const counted = activity.facts().countSince(0, 'place');
  demand(counted >= arrived.length, `${arrived.length} orders reached the exchange, ${counted} are counted`);
  const turned = placing.flatMap(({ orders }) => orders).reduce((sum, { worth }) => sum + (worth || 0), 0);
  const turnover = Number(formatDecimal(activity.facts().notionalSince(0)));
  demand(
    turnover >= turned - 1e-9,
    `orders worth ${turned} reached the exchange, the turnover is counted as ${turnover}`,
  );
  const amended = world.arrivals.length - placing.length;
  const known = activity.facts().countSince(0, 'amend');
  demand(known >= amended, `${amended} amendments reached the exchange, ${known} are counted`);
  const requests = ledger.releasedWithin(Date.now(), 86_400_000);
  demand(
    requests >= world.arrivals.length,
    `${world.arrivals.length} requests arrived, ${requests} are counted`,
  );
  demand(
    arrived.length <= world.ordersADay,
    `${arrived.length} orders in a day of at most ${world.ordersADay}`,
  );
  explain(world, ledger);
}

/** Each order that the exchange has is known as it is, and none is left on its way. */
function explain(world: KillWorld, ledger: Ledger): void {
  const taken = takenBy(world);
  for (const [clientOrderId, venueOrderId] of taken) {
    const entry = ledger.byClientOrderId(clientOrderId);
    const told = entry?.outcomes[placeOf(entry, clientOrderId)]?.venueOrderId;
    demand(
      told === venueOrderId,
      `${clientOrderId} is ${venueOrderId} at the exchange, ${told} in the journal`,
    );
    demand(isThere(entry), `${clientOrderId} is at the exchange, and ${entry?.state} in the journal`);
  }
  for (const entry of ledger.orders()) {
    const { id, state, intents, clientOrderIds } = entry;
    demand(!['proposed', 'releasing', 'sent'].includes(state), `${id} is left ${state} after a restart`);
    const places = intents.some(({ action }) => action === 'place');
    if (places && isThere(entry))
      demand(
        clientOrderIds.some((one) => taken.has(one)),
        `${id} is ${state} in the journal, and the exchange never took it`,
      );
  }
}

function placeOf({ intents }: OrderEntry, clientOrderId: string): number {
  const at = intents.findIndex((intent) => intent.clientOrderId === clientOrderId);
  return Math.max(at, 0);
}

/** What was asked for and is not at the venue ends as absent. */
const isThere = (entry: OrderEntry | undefined): boolean =>
  entry?.state === 'acknowledged' ||
  (entry?.state === 'reconciled' && entry.outcomes.some(({ state }) => state !== 'absent'));

/** Ids of orders that the exchange took, with its own. */
export function takenBy({ arrivals }: KillWorld): Map<string, string> {
  const taken = new Map<string, string>();
  for (const { orders, isAmend } of arrivals) {
    if (isAmend) continue;
    for (const { clientOrderId, venueOrderId } of orders)
      if (venueOrderId !== undefined) taken.set(clientOrderId, venueOrderId);
  }
  return taken;
}

/** The journal as a start folds it, and beside it what each release needs: a decision that stands when it is consumed. */
export function foldJournal(world: KillWorld, mode: 'demo' | 'propose') {
  const activity = new Activity();
  const ledger = new Ledger((event, entry, atMs) => activity.apply(event, entry, atMs));
  const decisions = new Decisions(mode);
  for (const { event, atMs } of world.journal()) {
    decisions.hear(event as OrderEvent, atMs);
    ledger.apply(event as OrderEvent, atMs);
  }
  return { ledger, activity, releases: decisions.releases };
}

/** Knows of each order only what was decided on it, and knows nothing of the code that decides. */
class Decisions {
  /** How often bytes of a digest were let out. */
  readonly releases = new Map<string, number>();
  readonly #mode: 'demo' | 'propose';
  readonly #orders = new Map<
    string,
    {
      isCancel: boolean;
      says: 'nothing' | 'hold' | 'yes' | 'no';
      untilMs: number;
      fingerprint: string;
      wasAsked: boolean;
    }
  >();
  #isHalted = false;

  constructor(mode: 'demo' | 'propose') {
    this.#mode = mode;
  }

  hear(event: OrderEvent, atMs: number): void {
    if (event.type === 'trading.state') this.#isHalted = event.state === 'HALTED';
    if (event.type === 'order.proposed') {
      const isCancel = event.intents.every(({ action }) => action === 'cancel');
      const { fingerprint } = event;
      this.#orders.set(event.order, { isCancel, says: 'nothing', untilMs: 0, fingerprint, wasAsked: false });
    }
    const own = 'order' in event ? this.#orders.get(event.order) : undefined;
    if (own === undefined) return;
    if (event.type === 'order.judged') {
      own.says = event.decision === 'allow' ? 'yes' : event.decision === 'hold' ? 'hold' : 'no';
      own.untilMs = event.expiresMs ?? 0;
    }
    if (event.type === 'order.approved') {
      demand(own.says === 'hold', `${event.order} is approved and did not wait`);
      demand(event.fingerprint === own.fingerprint, `${event.order} is approved as another`);
      demand(atMs <= own.untilMs, `${event.order} is approved after it had expired`);
      Object.assign(own, { says: 'yes', wasAsked: true });
    }
    if (event.type === 'order.closed') own.says = 'no';
    if (event.type !== 'order.releasing') return;
    demand(own.says === 'yes', `${event.order} is released without a decision`);
    const isFree = this.#mode === 'demo' || own.isCancel;
    demand(isFree || own.wasAsked, `${event.order} is released in propose, and nobody approved it`);
    demand(own.isCancel || !this.#isHalted, `${event.order} is released while trading is halted`);
    own.says = 'no';
    this.releases.set(event.digest, (this.releases.get(event.digest) ?? 0) + 1);
  }
}

function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}
