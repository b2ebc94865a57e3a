// What journals tell of an account's past: which box held it, on which days it read, what was filled, and what spoke against it.
// Folds over records whose chain somebody else has proven. Pure.
import type { JournalRecord } from './events.js';
import { finalOutcomes } from './order-events.js';
import { foldTaint, type TaintPolicy, untainted } from './taint.js';

/** One box, from its making to its reset. */
export interface BoxPast {
  sandboxId: string;
  mode: string;
  /** Ids of the accounts attached. */
  accounts: ReadonlySet<string>;
  /** By venue and day (UTC, `2026-11-21`), when the last read was answered; milliseconds since the epoch. */
  reads: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** When evidence of misbehaviour was recorded that taints. */
  taintedMs: readonly number[];
}

export interface Fill {
  atMs: number;
  /** The box that sent the order. */
  sandboxId: string;
}

export interface AccountPast {
  venue: string;
  environment: string;
  /** Every box that held it. */
  sandboxIds: ReadonlySet<string>;
  /** Orders that the venue told to be filled, one entry each. */
  fills: readonly Fill[];
  /** When positions or orders were found at the venue that nothing sent from here explains. */
  driftMs: readonly number[];
  /** Ids of orders whose outcome is not known at the end. */
  unknown: ReadonlySet<string>;
}

const isAnswered = (status: number): boolean => status >= 200 && status < 300;

/** By sandbox id: the journal of a name goes on over many boxes. */
export function foldBoxes(
  records: Iterable<JournalRecord>,
  policy: TaintPolicy = {},
): ReadonlyMap<string, BoxPast> {
  const boxes = new Map<string, ReturnType<typeof newBox>>();
  let box: ReturnType<typeof newBox> | undefined;
  let taint = untainted;
  /** Reads under way, by request. */
  const asked = new Map<string, string>();
  for (const record of records) {
    const { event, at } = record;
    const before = taint;
    taint = foldTaint(taint, record, policy);
    if (event.type === 'journal.opened') {
      box = boxes.get(event.sandboxId) ?? newBox(event.sandboxId);
      boxes.set(event.sandboxId, box);
      asked.clear();
      continue;
    }
    if (box === undefined) continue;
    if (taint.isTainted && taint.count > before.count) box.taintedMs.push(Date.parse(at));
    if (event.type === 'sidecar.started') {
      box.mode = event.mode;
      for (const { id } of event.accounts ?? []) box.accounts.add(id);
    } else if (event.type === 'request.decided') {
      const { venue, request, verdict } = event;
      if (venue !== undefined && verdict === 'allow' && event.class === 'read') asked.set(request, venue);
    } else if (event.type === 'request.completed') {
      const venue = asked.get(event.request);
      asked.delete(event.request);
      if (venue === undefined || !isAnswered(event.status)) continue;
      const days = box.reads.get(venue) ?? new Map<string, number>();
      box.reads.set(venue, days.set(at.slice(0, 10), Date.parse(at)));
    }
  }
  return boxes;
}

/** Undefined when no box ever had the account. */
export function foldAccount(records: Iterable<JournalRecord>): AccountPast | undefined {
  let past: { venue: string; environment: string } | undefined;
  let sandboxId = '';
  const sandboxIds = new Set<string>();
  const fills: Fill[] = [];
  const driftMs: number[] = [];
  const unknown = new Set<string>();
  /** Of orders that may still change: what each of them is, and which are counted. */
  const open = new Map<string, { actions: readonly string[]; counted: Set<number> }>();
  for (const { event, at } of records) {
    switch (event.type) {
      case 'journal.opened':
        sandboxId = event.sandboxId;
        break;
      case 'account.attached':
        past = { venue: event.venue, environment: event.environment };
        sandboxIds.add(sandboxId);
        if (event.isFresh) {
          open.clear();
          unknown.clear();
        }
        break;
      case 'trading.state':
        if (event.state === 'HALTED' && event.by === 'sidecar' && event.cause.startsWith('drift')) {
          driftMs.push(Date.parse(at));
        }
        break;
      case 'order.proposed':
        open.set(event.order, { actions: event.intents.map(({ action }) => action), counted: new Set() });
        break;
      case 'order.closed':
        open.delete(event.order);
        break;
      case 'order.answered':
      case 'order.reconciled': {
        if (event.type === 'order.answered' && event.outcome === 'unknown') unknown.add(event.order);
        else unknown.delete(event.order);
        const order = open.get(event.order);
        event.outcomes.forEach(({ state }, index) => {
          if (state !== 'filled' || order?.actions[index] !== 'place' || order.counted.has(index)) return;
          order.counted.add(index);
          fills.push({ atMs: Date.parse(at), sandboxId });
        });
        if (event.outcomes.length > 0 && event.outcomes.every(({ state }) => finalOutcomes.has(state))) {
          open.delete(event.order);
        }
        break;
      }
      default:
        break;
    }
  }
  return past === undefined ? undefined : { ...past, sandboxIds, fills, driftMs, unknown };
}

function newBox(sandboxId: string) {
  return {
    sandboxId,
    mode: '',
    accounts: new Set<string>(),
    reads: new Map<string, Map<string, number>>(),
    taintedMs: [] as number[],
  };
}
