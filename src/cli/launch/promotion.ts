// A promotion on the ladder: the account as configured, its evidence from the journals, and the signed record of going up.
import { TradeboxError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import { describeStanding, missingFor, nextStanding, type Standing } from '../../orders/ladder.js';
import { addPromotion, proveBound, readPromotions, standingOf } from '../../sandbox/promotions.js';
import { readTrackRecord, type TrackRecord } from '../../sandbox/track-record.js';
import type { CliContext } from '../context.js';
import { personName } from './orders.js';
import { launchRecordSchema } from './request.js';

type Host = Pick<CliContext, 'loadConfig' | 'clock' | 'paths'>;

export interface PromotionResult {
  account: string;
  standing: string;
  next: string | null;
  evidence: {
    filled: number;
    readDays: number;
    unknown: number;
    countedFrom: string | null;
    countedFromCause: string;
  };
  missing: string[];
  problems: string[];
  isPromoted: boolean;
}

/** Where an account stands, and what its journals show for the next place. */
export interface PromotionCase {
  result: PromotionResult;
  venue: string;
  next: Standing | undefined;
  record: TrackRecord;
}

/** Throws CONFIG_INVALID for an account that is none of ours or no live one, JOURNAL_BROKEN when its standing cannot be proven. */
export async function evidenceFor(context: Host, id: string, workdir?: string): Promise<PromotionCase> {
  const { stateDir } = context.paths;
  const nowMs = context.clock.nowMs();
  const venue = await venueOf(context, id, workdir);
  const promotions = readPromotions(stateDir, id);
  const elsewhere = promotions.find((one) => one.venue !== venue);
  if (elsewhere !== undefined) {
    throw new TradeboxError('CONFIG_INVALID', `${id} was promoted as an account of ${elsewhere.venue}`, {
      remedy: 'Give the account of another venue another name.',
    });
  }
  proveBound(stateDir, id, promotions, nowMs);
  const standing = standingOf(promotions);
  const sinceMs = Date.parse(promotions.at(-1)?.at ?? '') || 0;
  const record = readTrackRecord(
    stateDir,
    { id, venue, rung: standing.rung, sinceMs },
    nowMs,
    (launch) => launchRecordSchema.safeParse(launch).data?.taint,
  );
  const next = nextStanding(standing);
  return { result: resultOf(id, standing, record), venue, next, record };
}

/** Records the promotion. @throws TradeboxError JOURNAL_BROKEN, DISK_FULL */
export function promote(
  context: Pick<Host, 'clock' | 'paths'>,
  { result: { account }, venue, record }: PromotionCase,
  next: Standing,
  override: { reason: string; missing: string[] } | undefined,
): PromotionResult {
  const { filled, readDays, unknown, heads } = record;
  addPromotion(context.paths.stateDir, {
    account,
    venue,
    ...next,
    at: new Date(context.clock.nowMs()).toISOString(),
    by: personName(),
    evidence: { filled, readDays, unknown },
    ...(override === undefined ? {} : { override }),
    heads: heads.map((head) => ({ ...head })),
  });
  return { ...resultOf(account, next, record), isPromoted: true };
}

function resultOf(account: string, standing: Standing, record: TrackRecord): PromotionResult {
  const { filled, readDays, unknown, countedFromMs, countedFromCause, problems } = record;
  const next = nextStanding(standing);
  return {
    account,
    standing: describeStanding(standing),
    next: next === undefined ? null : describeStanding(next),
    evidence: {
      filled,
      readDays,
      unknown,
      countedFrom: countedFromMs === 0 ? null : new Date(countedFromMs).toISOString(),
      countedFromCause,
    },
    missing: next === undefined ? [] : missingFor(standing, record),
    problems: [...problems],
    isPromoted: false,
  };
}

async function venueOf(context: Host, id: string, workdir: string | undefined): Promise<string> {
  const { accounts } = await context.loadConfig(workdir);
  const account = accounts.find((one) => one.id === id);
  if (account === undefined) {
    const near = nearest(
      id,
      accounts.map((one) => one.id),
    );
    throw new TradeboxError('CONFIG_INVALID', `there is no account "${id.slice(0, 60)}"`, {
      remedy: near === undefined ? 'Name a live account of tradebox.yaml.' : `Did you mean ${near}?`,
    });
  }
  if (account.environment !== 'live') {
    throw new TradeboxError(
      'CONFIG_INVALID',
      `the account ${id} is ${account.environment}: it moves no money`,
      {
        remedy: 'Name a live account; demo accounts need no promotion.',
      },
    );
  }
  return account.venue.id;
}
