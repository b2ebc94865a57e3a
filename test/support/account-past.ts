// Journals as sidecars leave them, without one: boxes that read and trade on given days, for tests of the promotion ladder.
import { join } from 'node:path';
import type { JournalEvent } from '../../src/audit/events.js';
import { openJournal } from '../../src/audit/journal.js';
import { fixedClock } from '../../src/core/clock.js';
import { accountJournalDir, paperAccountsDir } from '../../src/sandbox/account-journals.js';
import { boxPaths } from '../../src/sandbox/box-paths.js';
import type { Promotion } from '../../src/sandbox/promotions.js';

export const dayMs = 86_400_000;

export interface PastBox {
  name: string;
  id: string;
  mode: 'readonly' | 'demo' | 'propose' | 'live';
  account: string;
  venue?: string;
  environment: 'live' | 'demo' | 'paper';
  /** When it began, milliseconds since the epoch. */
  atMs: number;
  /** Days in a row on which the venue answered a read. */
  readDays?: number;
  filled?: number;
  /** Recorded in its journal after everything else. */
  afterwards?: JournalEvent[];
  /** Recorded in the account's journal after the fills. */
  afterwardsInAccount?: JournalEvent[];
}

/** A box that traded with play money on the account `okx-demo`. */
export const demoBoxAt = (atMs: number) =>
  ({ name: 'lab', id: 'a', mode: 'demo', account: 'okx-demo', environment: 'demo', atMs }) as const;

/** The promotion of `okx-main` to a rung, by ann, for nothing that was shown. */
export const promotionTo =
  (atMs: number) =>
  (
    rung: Promotion['rung'],
    step = 0,
    more: Partial<Promotion> = {},
  ): Omit<Promotion, 'version' | 'prev'> => ({
    account: 'okx-main',
    venue: 'okx',
    rung,
    step,
    at: new Date(atMs).toISOString(),
    by: 'ann',
    evidence: { filled: 20, readDays: 0, unknown: 0 },
    heads: [],
    ...more,
  });

/** Writes the journal of the box, and of its account where it trades. */
export async function livePast(stateDir: string, box: PastBox): Promise<void> {
  const { name, id, mode, account, venue = 'okx', environment, atMs } = box;
  const clock = fixedClock(atMs);
  const options = { sandbox: name, sandboxId: id, clock };
  const journal = openJournal(boxPaths(stateDir, name).journal, options);
  journal.append({
    type: 'sidecar.started',
    mode,
    paper: environment === 'paper',
    policyDigest: '',
    accounts: [{ id: account, venue, environment }],
  });
  for (let day = 0; day < (box.readDays ?? 0); day += 1) {
    clock.set(atMs + day * dayMs + 1);
    for (const event of readOf(`${id}-${day}`, venue)) journal.append(event);
  }
  clock.set(clock.nowMs() + 1);
  if (mode !== 'readonly') {
    const dir =
      environment === 'paper'
        ? join(paperAccountsDir(stateDir, name), account)
        : accountJournalDir(stateDir, account);
    const orders = openJournal(dir, options);
    orders.append({
      type: 'account.attached',
      account,
      venue,
      environment,
      sandbox: name,
      isFresh: environment === 'paper',
    });
    for (let count = 0; count < (box.filled ?? 0); count += 1) {
      for (const event of fillOf(`${id}${count}`, account, venue)) orders.append(event);
    }
    clock.set(clock.nowMs() + 1);
    for (const event of box.afterwardsInAccount ?? []) orders.append(event);
    await orders.close();
  }
  for (const event of box.afterwards ?? []) journal.append(event);
  await journal.close();
}

function readOf(request: string, venue: string): JournalEvent[] {
  return [
    {
      type: 'request.decided',
      request,
      ingress: 'tls',
      host: 'venue.example',
      port: 443,
      method: 'GET',
      target: '/',
      verdict: 'allow',
      code: 'ALLOWED',
      rule: 'test',
      message: '',
      venue,
      class: 'read',
    },
    {
      type: 'request.completed',
      request,
      status: 200,
      bytesUp: 0,
      bytesDown: 0,
      durationMs: 1,
      scrubbed: 0,
    },
  ];
}

function fillOf(order: string, account: string, venue: string): JournalEvent[] {
  return [
    {
      type: 'order.proposed',
      order,
      request: order,
      operation: 'trade/order',
      fingerprint: 'f',
      intents: [{ venue, account, moneyMode: 'DEMO', action: 'place', instrument: 'BTC-USDT' }],
    },
    { type: 'order.judged', order, stage: 'proposal', decision: 'allow', approvals: 0, reasons: [] },
    { type: 'order.releasing', order, request: order, digest: '', clientOrderIds: [] },
    { type: 'order.sent', order },
    {
      type: 'order.answered',
      order,
      outcome: 'acknowledged',
      status: 200,
      outcomes: [{ state: 'accepted' }],
    },
    { type: 'order.reconciled', order, outcomes: [{ state: 'filled', filled: '1' }] },
  ];
}
