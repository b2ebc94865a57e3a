// Stops an account: halt first, cancel everything that rests, verify at the venue that nothing is left, on demand close positions.
// Works from the sidecar's own calls alone, so the agent may be dead, hostile or flooding (ATTACKS D16).
import { setTimeout as sleep } from 'node:timers/promises';
import type { RestingOrder, VenueAdmin } from '../../venues/admin.js';
import type { AskVenue } from '../venue-calls.js';
import type { TradingAccount } from './accounts.js';

export interface KillParts {
  ask: AskVenue;
  nowMs(): number;
}

export interface KillOrder {
  /** Closes positions at market, too. */
  flatten: boolean;
  by: string;
}

export interface KillReport {
  account: string;
  /** False when the venue could not be asked, or something still rests. */
  isVerified: boolean;
  canceled: number;
  failed: number;
  left: number;
  closedPositions: number;
  /** Milliseconds from the command to the answer to the first cancel; 0 when nothing rested. */
  firstCancelMs: number;
  durationMs: number;
  problem: string;
}

/** Rounds of listing and cancelling: an order that was on its way when trading was halted may rest only afterwards. */
const maxRounds = 5;
/** Further rounds begin so long after the command: a venue lets only so many orders be cancelled at a time. */
const patienceMs = 20_000;
const retryMs = 400;
/** Pages of one list; more would be more orders than any venue lets rest. */
const maxPages = 50;
const settleMs = 1_500;
const settleStepMs = 20;

/** Never rejects for what the venue does; rejects when the journal fails, after trying to cancel all the same. */
export async function killAccount(
  trading: TradingAccount,
  { flatten, by }: KillOrder,
  { ask, nowMs }: KillParts,
): Promise<KillReport> {
  const startMs = nowMs();
  const { account, desk, journal } = trading;
  const report: KillReport = {
    account: account.id,
    isVerified: false,
    canceled: 0,
    failed: 0,
    left: 0,
    closedPositions: 0,
    firstCancelMs: 0,
    durationMs: 0,
    problem: '',
  };
  let journalFailure: unknown;
  try {
    desk.setState('HALTED', 'killed', by);
  } catch (error) {
    journalFailure = error; // A journal that fails lets no order pass either; what rests must still go.
  }
  const { admin } = account.venue;
  if (admin === undefined) {
    report.problem = `orders at ${account.venue.title} cannot be cancelled from here: cancel them at the venue`;
  } else {
    await cancelAll({ trading, admin, ask, nowMs, startMs, report });
    if (flatten) await closeAll({ trading, admin, ask, nowMs, startMs, report });
  }
  report.durationMs = nowMs() - startMs;
  const { isVerified: _isVerified, problem: _problem, ...counts } = report;
  const killed = { type: 'trading.killed', ...counts } as const;
  journal.append(killed);
  desk.ledger.apply(killed, nowMs()); // as the next start will read it
  if (journalFailure !== undefined) throw journalFailure;
  return report;
}

interface Work extends KillParts {
  trading: TradingAccount;
  admin: VenueAdmin;
  startMs: number;
  report: KillReport;
}

async function cancelAll(work: Work): Promise<void> {
  const { report, trading, nowMs, startMs } = work;
  const isPatient = (): boolean => nowMs() - startMs < patienceMs;
  for (let round = 0; round < maxRounds || isPatient(); round += 1) {
    if (round > 0 && report.left > 0 && isPatient()) await sleep(retryMs);
    // What was let go before the halt must have arrived before an empty list proves anything.
    const deadline = nowMs() + settleMs;
    const isInFlight = (): boolean => trading.desk.ledger.openIn('releasing', 'sent').length > 0;
    while (round > 0 && isInFlight() && nowMs() < deadline) await sleep(settleStepMs);
    const found = await cancelListed(work);
    if (found === undefined) return;
    report.left = found;
    if (found === 0 && !isInFlight()) {
      report.isVerified = true;
      report.problem = '';
      return;
    }
  }
  report.problem = `${report.left} orders still rest`;
}

/** Lists page by page and cancels each page at once. How many were found; undefined when the venue could not be asked. */
async function cancelListed(work: Work): Promise<number | undefined> {
  const { trading, admin, ask, report } = work;
  const at = { environment: trading.account.environment };
  let found = 0;
  let page: string | undefined;
  for (let pages = 0; pages < maxPages; pages += 1) {
    const listed = await ask(trading.account, admin.openOrders(at, page));
    if (!listed.isUnderstood) {
      report.problem = `what rests could not be listed: ${listed.problem}`;
      return undefined;
    }
    const { orders, next } = listed.value;
    found += orders.length;
    await cancelBatches(orders, work);
    if (next === undefined) break;
    page = next;
  }
  return found;
}

async function cancelBatches(orders: readonly RestingOrder[], work: Work): Promise<void> {
  const { trading, admin, ask, nowMs, startMs, report } = work;
  const at = { environment: trading.account.environment };
  for (let from = 0; from < orders.length; from += admin.cancelBatchSize) {
    const batch = orders.slice(from, from + admin.cancelBatchSize);
    const answer = await ask(trading.account, admin.cancelOrders(at, batch));
    if (report.firstCancelMs === 0) report.firstCancelMs = Math.max(1, nowMs() - startMs);
    if (answer.isUnderstood) {
      report.canceled += answer.value.canceled;
      report.failed += answer.value.failed;
    } else {
      report.failed += batch.length;
    }
  }
}

async function closeAll({ trading, admin, ask, report }: Work): Promise<void> {
  const at = { environment: trading.account.environment };
  const positions = await ask(trading.account, admin.positions(at));
  if (!positions.isUnderstood) {
    report.isVerified = false;
    report.problem = `positions could not be read: ${positions.problem}`;
    return;
  }
  for (const position of positions.value) {
    const closed =
      admin.closePosition === undefined
        ? undefined
        : await ask(trading.account, admin.closePosition(at, position));
    if (closed?.isUnderstood === true && closed.value.isAccepted) report.closedPositions += 1;
  }
  const after = await ask(trading.account, admin.positions(at));
  if (after.isUnderstood && after.value.length === 0) return;
  report.isVerified = false;
  report.problem = 'positions are still open';
}
