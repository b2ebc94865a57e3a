// Stops an account: halt first, cancel everything that rests, verify at the venue that nothing is left, on demand close positions.
// Works from the sidecar's own calls alone, so the agent may be dead, hostile or flooding (ATTACKS D16).
import { setTimeout as sleep } from 'node:timers/promises';
import type { OrderEntry } from '../../orders/ledger.js';
import type { RestingOrder, VenueAdmin } from '../../venues/admin.js';
import type { AskVenue } from '../venue-calls.js';
import type { TradingAccount } from './accounts.js';
import { cancelSome } from './cancel-late.js';
import { closeAll, tellLeftOpen } from './flatten.js';
import { absentAfterMs } from './reconcile.js';
import { restingPages } from './resting-lists.js';

export interface KillParts {
  ask: AskVenue;
  nowMs(): number;
}

export interface KillOrder {
  /** Closes positions at market, too. */
  flatten: boolean;
  /** Closes them also where an order that may still rest could be filled on top, and open the reverse. */
  force?: boolean | undefined;
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
/** Where lists that cannot be read keep positions open: more rounds, that no venue asks to be left alone for. */
const insistMs = 2_000;
/** For one page of a list: with many lists a venue that does not answer must not hold a kill for minutes. */
const listDeadlineMs = 5_000;
const settleMs = 1_500;
const settleStepMs = 20;
/** Positions are closed until so long after the command: the control channel waits half a minute. */
const flattenMs = 26_000;

/** Never rejects for what the venue does; rejects when the journal fails, after trying to cancel all the same. */
export async function killAccount(
  trading: TradingAccount,
  { flatten, force = false, by }: KillOrder,
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
    // A plain opposite order beside one that still rests may open the reverse: both would be filled.
    const isHeldBack = flatten && !force && admin.closePosition !== undefined && !admin.isCloseHeldToReduce;
    await cancelAll({ trading, admin, ask, nowMs, startMs, report }, isHeldBack);
    if (flatten) {
      const parts = { trading, admin, ask, nowMs, untilMs: startMs + flattenMs };
      const closed = isHeldBack && !report.isVerified ? await tellLeftOpen(parts) : await closeAll(parts);
      report.closedPositions = closed.accepted;
      journalFailure ??= closed.journalFailure;
      if (closed.problem !== '') {
        report.isVerified = false;
        report.problem = [report.problem, closed.problem].filter((text) => text !== '').join('; ');
      }
    }
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

/** `isInsistent`: what depends on it is worth asking for longer. */
async function cancelAll(work: Work, isInsistent: boolean): Promise<void> {
  const { report, nowMs, startMs } = work;
  const isPatient = (): boolean => nowMs() - startMs < patienceMs;
  let problem: string | undefined;
  // Lists that cannot be read are tried again, but not for as long as orders that are known to rest: the venue may be asked too often.
  const isWorth = (round: number): boolean =>
    problem === undefined || report.left > 0 || isInsistent
      ? round < maxRounds || isPatient()
      : round < maxRounds && isPatient();
  for (let round = 0; isWorth(round); round += 1) {
    const isRepeated = round > 0 && (report.left > 0 || problem !== undefined) && isPatient();
    if (isRepeated) await sleep(report.left === 0 && round >= maxRounds ? insistMs : retryMs);
    // What was let go before the halt must have arrived before an empty list proves anything.
    const deadline = nowMs() + settleMs;
    while (round > 0 && onTheirWay(work) > 0 && nowMs() < deadline) await sleep(settleStepMs);
    const before = onTheirWay(work);
    const listed = await cancelListed(work);
    report.left = listed.found;
    problem = listed.problem;
    if (listed.found === 0 && problem === undefined && before === 0) {
      report.isVerified = true;
      report.problem = '';
      return;
    }
  }
  const under = onTheirWay(work);
  const problems = [
    ...(report.left > 0 ? [`${report.left} orders still rest`] : []),
    ...(under > 0 ? [`of ${under} orders it is not known whether they arrived`] : []),
    ...(problem === undefined ? [] : [`what rests could not be listed: ${problem}`]),
  ];
  report.problem = problems.join('; ') || 'orders rested until the last look';
}

/** Orders that may yet come to rest: let out, or lost so lately that the venue may not have them yet. A flood of cancels holds up nothing. */
function onTheirWay({ trading, nowMs }: Pick<Work, 'trading' | 'nowMs'>): number {
  const isOrder = ({ intents }: OrderEntry): boolean => intents.some(({ action }) => action !== 'cancel');
  return trading.desk.ledger
    .openIn('releasing', 'sent', 'unknown')
    .filter((entry) => entry.state !== 'unknown' || nowMs() - entry.changedMs < absentAfterMs)
    .filter(isOrder).length;
}

/** Lists page by page and cancels each page at once. How many were found; the first problem when a list could not be read. */
async function cancelListed(work: Work): Promise<{ found: number; problem?: string }> {
  const { trading, admin, ask } = work;
  const asked = { account: trading.account, admin, ask, deadlineMs: listDeadlineMs };
  let found = 0;
  let problem: string | undefined;
  for await (const page of restingPages(asked)) {
    if (page.orders === undefined) {
      problem ??= page.problem;
      continue;
    }
    found += page.orders.length;
    await cancelBatches(page.orders, work);
  }
  return { found, ...(problem === undefined ? {} : { problem }) };
}

async function cancelBatches(orders: readonly RestingOrder[], work: Work): Promise<void> {
  const { nowMs, startMs, report } = work;
  for await (const { canceled, failed } of cancelSome(orders, work)) {
    if (report.firstCancelMs === 0) report.firstCancelMs = Math.max(1, nowMs() - startMs);
    report.canceled += canceled;
    report.failed += failed;
  }
}
