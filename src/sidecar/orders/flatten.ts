// Closes an account's positions at market until the venue shows none: each attempt is journaled before it leaves and with its answer,
// and what was refused is tried again. What was lost, or taken and is still there, only where a second order can open nothing (S8).
import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalEvent } from '../../audit/events.js';
import type { Journal } from '../../audit/journal.js';
import { decimal, formatDecimal } from '../../core/decimal.js';
import { placedKey, positionNameOf } from '../../core/position.js';
import type { VenueAdmin, VenuePosition } from '../../venues/admin.js';
import type { AskVenue, CallAccount } from '../venue-calls.js';

export interface FlattenParts {
  trading: {
    account: CallAccount;
    journal: Pick<Journal, 'append'>;
    /** Hears of each close before it leaves: it explains what becomes of the position. */
    onClosing?(position: VenuePosition): void;
  };
  admin: Pick<VenueAdmin, 'positions' | 'closePosition' | 'isCloseHeldToReduce'>;
  ask: AskVenue;
  nowMs(): number;
  /** No attempt begins later, milliseconds since the epoch; each position gets one in any case. */
  untilMs: number;
  pace?: Partial<typeof defaultPace>;
}

export interface FlattenReport {
  /** Positions of which the venue took an order to close. */
  accepted: number;
  /** Empty when the venue shows no position any more. */
  problem: string;
  /** What the journal threw: positions are closed all the same. */
  journalFailure?: unknown;
}

const defaultPace = {
  /** Between two looks at the positions, and until a refused attempt is made again, milliseconds. */
  stepMs: 400,
  /** Until what was taken, or whose answer was lost, is tried again: it may be filled, and shown, only by then. */
  settleMs: 2_000,
};
const maxAttempts = 5;
/** Attempts at what is not sent again though the venue did not refuse it. */
const sentOnce = Number.POSITIVE_INFINITY;
const zero = decimal('0');
const deadlineMs = 5_000;

interface Attempts {
  count: number;
  /** Not before then again. */
  nextMs: number;
}

/** Never rejects. */
export async function closeAll(parts: FlattenParts): Promise<FlattenReport> {
  const { trading, admin, ask, nowMs, untilMs } = parts;
  const { stepMs } = { ...defaultPace, ...parts.pace };
  const at = { environment: trading.account.environment };
  const attempts = new Map<string, Attempts>();
  const wasLong = new Map<string, boolean>();
  const accepted = new Set<string>();
  const report: FlattenReport = { accepted: 0, problem: '' };
  for (;;) {
    const told = await ask(trading.account, admin.positions(at), deadlineMs);
    const open = told.isUnderstood ? told.value : [];
    report.problem = told.isUnderstood ? problemOf(open) : `positions could not be read: ${told.problem}`;
    const isLate = nowMs() >= untilMs;
    let mayChange = !told.isUnderstood;
    let hasTried = false;
    for (const position of open) {
      const key = keyOf(position);
      const isLong = position.quantity.gt(zero);
      // What turned around meanwhile is another's doing: closing goes one way only.
      if ((wasLong.get(key) ?? isLong) !== isLong) continue;
      wasLong.set(key, isLong);
      const { count, nextMs } = attempts.get(key) ?? { count: 0, nextMs: 0 };
      const isLast = count >= maxAttempts || (isLate && count > 0);
      mayChange ||= !isLast || nowMs() < nextMs;
      if (isLast || nowMs() < nextMs) continue;
      hasTried = true;
      attempts.set(key, await closeOne(position, count + 1, parts, { accepted, report }));
    }
    report.accepted = accepted.size;
    if (open.some((position) => attempts.get(keyOf(position))?.count === sentOnce))
      report.problem += unsettled;
    if (report.problem === '' || (!hasTried && (isLate || !mayChange))) return report;
    await sleep(stepMs);
  }
}

/**
 * Closes nothing, because orders that may still rest could be filled on top of a close: says what stays open and what a human can do.
 * Never rejects.
 */
export async function tellLeftOpen(
  parts: Pick<FlattenParts, 'trading' | 'admin' | 'ask'>,
): Promise<FlattenReport> {
  const { trading, admin, ask } = parts;
  const report: FlattenReport = { accepted: 0, problem: '' };
  const told = await ask(
    trading.account,
    admin.positions({ environment: trading.account.environment }),
    deadlineMs,
  );
  if (!told.isUnderstood) {
    report.problem = `no position was closed, and they could not be read: ${told.problem}; ${heldBack}`;
    return report;
  }
  if (told.value.length === 0) return report;
  report.problem = `${problemOf(told.value)}; ${heldBack}`;
  for (const { instrument } of told.value) {
    const problem = 'not sent: an order that may still rest could be filled on top of it';
    noteIn(parts, report, {
      type: 'trading.closed',
      account: trading.account.id,
      instrument,
      isAccepted: false,
      problem,
    });
  }
  return report;
}

async function closeOne(
  position: VenuePosition,
  attempt: number,
  { trading, admin, ask, nowMs, pace }: FlattenParts,
  { accepted, report }: { accepted: Set<string>; report: FlattenReport },
): Promise<Attempts> {
  const { account } = trading;
  const { stepMs, settleMs } = { ...defaultPace, ...pace };
  const about = { account: account.id, instrument: position.instrument };
  const note = (event: JournalEvent): void => noteIn({ trading }, report, event);
  const { positionSide } = positionNameOf(position);
  const side = positionSide === undefined ? {} : { positionSide };
  note({ type: 'trading.closing', ...about, ...side, quantity: formatDecimal(position.quantity), attempt });
  trading.onClosing?.(position);
  const call = admin.closePosition?.({ environment: account.environment }, position);
  const answer = call === undefined ? undefined : await ask(account, call, deadlineMs);
  const isAccepted = answer?.isUnderstood === true && answer.value.isAccepted;
  const problem =
    answer === undefined ? 'the venue closes no position' : answer.isUnderstood ? '' : answer.problem;
  note({ type: 'trading.closed', ...about, isAccepted, problem });
  if (isAccepted) accepted.add(keyOf(position));
  if (answer === undefined) return { count: maxAttempts, nextMs: 0 };
  const isRefused = answer.isUnderstood && !isAccepted;
  // It may wait for the market to open, or be filled later: a second one would open the reverse.
  if (!isRefused && admin.isCloseHeldToReduce !== true)
    return { count: sentOnce, nextMs: nowMs() + settleMs };
  return { count: attempt, nextMs: nowMs() + (isRefused ? stepMs : settleMs) };
}

function noteIn(
  { trading }: Pick<FlattenParts, 'trading'>,
  report: FlattenReport,
  event: JournalEvent,
): void {
  try {
    trading.journal.append(event);
  } catch (error) {
    report.journalFailure ??= error; // A journal that fails lets no order pass; what is open must still go.
  }
}

const heldBack =
  'not closed, because an order that may still rest could be filled on top and open the reverse: cancel it at the venue and kill again with --flatten, or close all the same with --flatten --force';
const unsettled =
  '; an order to close was sent and may be filled yet: another could open the reverse, so look at the venue';

function problemOf(open: readonly VenuePosition[]): string {
  if (open.length === 0) return '';
  const named = open.map(({ instrument, quantity }) => `${formatDecimal(quantity)} ${instrument}`);
  return `positions are still open: ${named.join(', ')}`.slice(0, 300);
}

/** Where long and short are held apart they are two, and so are cross and isolated. */
function keyOf(position: VenuePosition): string {
  return placedKey({ ...position, ...positionNameOf(position) });
}
