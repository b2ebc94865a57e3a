// What the promotion ladder says to a box that is about to start: which accounts it may hold in its mode, and how much they may move.
import type { OverriddenRung } from '../../audit/events.js';
import { messageOf, TradeboxError } from '../../core/errors.js';
import { type IsolationId, isolationIds } from '../../core/isolation.js';
import {
  describeStanding,
  mayEnter,
  missingFor,
  type Rung,
  type Standing,
  stepLimits,
} from '../../orders/ladder.js';
import { type Promotion, proveBound, readPromotions, standingOf } from '../../sandbox/promotions.js';
import { readTrackRecord } from '../../sandbox/track-record.js';
import type { LiveStep, Mode } from '../../sidecar/settings.js';
import type { AccountSource } from './bindings.js';
import { launchRecordSchema } from './request.js';

interface Parts {
  stateDir: string;
  nowMs: number;
  warn(line: string): void;
}

/** The modes in which real money can move, and the rung that each takes. */
const neededRung: Partial<Record<Mode, Rung>> = { propose: 'propose', live: 'live' };

/** Rungs of the real accounts that were taken without the evidence, said aloud; the box's journal keeps them, in every mode. */
export function overriddenRungs(
  accounts: readonly Pick<AccountSource, 'id' | 'venue' | 'environment'>[],
  { stateDir, warn }: Pick<Parts, 'stateDir' | 'warn'>,
): OverriddenRung[] {
  return accounts.flatMap(({ id, venue, environment }) => {
    if (environment !== 'live') return []; // play money
    try {
      return readPromotions(stateDir, id).flatMap((one) => {
        const { override, rung, step, by, at } = one;
        if (override === undefined || one.venue !== venue.id) return [];
        const taken = `${rung}${step > 1 ? ` step ${step}` : ''}`;
        warn(`${id} came to ${taken} without the evidence: ${by} on ${at.slice(0, 10)}: ${override.reason}`);
        return [{ account: id, rung, step, by, at, ...override }];
      });
    } catch (error) {
      warn(`what rung ${id} stands on is not known: ${messageOf(error)}`); // Who needs one does not start (S11).
      return [];
    }
  });
}

/**
 * The steps of the real accounts; none but in `live`.
 * @throws TradeboxError MODE_UNAVAILABLE when an account has not come so far, JOURNAL_BROKEN when that cannot be proven (S11).
 */
export function liveStepsOf(
  mode: Mode,
  accounts: readonly Pick<AccountSource, 'id' | 'venue' | 'environment'>[],
  { stateDir, nowMs, warn }: Parts,
): LiveStep[] {
  const rung = neededRung[mode];
  if (rung === undefined) return [];
  return accounts.flatMap(({ id, venue, environment }) => {
    if (environment !== 'live') return []; // play money
    const promotions = readPromotions(stateDir, id).filter((one) => one.venue === venue.id);
    const standing = standingOf(promotions);
    if (!mayEnter(standing, rung)) {
      throw new TradeboxError(
        'MODE_UNAVAILABLE',
        `the account ${id} stands on the rung ${describeStanding(standing)}: the mode ${mode} takes the rung ${rung}`,
        { remedy: `See what is missing with \`tradebox promote ${id} --show\`.` },
      );
    }
    proveBound(stateDir, id, promotions, nowMs);
    if (mode !== 'live') return [];
    const step = stepNow({ id, venue: venue.id, standing, promotions }, { stateDir, nowMs, warn });
    const limits = stepLimits(step);
    if (limits === undefined) throw new TradeboxError('FAULT', `there is no step ${step}`);
    const isOverridden = promotions.some(({ override }) => override !== undefined);
    return [{ account: id, step, ...limits, isOverridden }];
  });
}

/** After a taint or drift an account trades on the first step until it has shown anew what a step takes. */
function stepNow(
  {
    id,
    venue,
    standing,
    promotions,
  }: {
    id: string;
    venue: string;
    standing: Standing;
    promotions: readonly Promotion[];
  },
  { stateDir, nowMs, warn }: Parts,
): number {
  if (standing.step === 1) return 1;
  const sinceMs = Date.parse(promotions.at(-1)?.at ?? '') || 0;
  const record = readTrackRecord(stateDir, { id, venue, rung: 'live', sinceMs }, nowMs, severitiesOf);
  const cause = record.isUnproven ? 'a box that held it left no journal that holds' : record.countedFromCause;
  const missing = cause === '' ? [] : missingFor(standing, record);
  if (missing.length === 0) return standing.step;
  warn(`${id} is back on step 1 instead of ${standing.step}: ${cause} since; missing: ${missing.join('; ')}`);
  return 1;
}

const severitiesOf = (launch: unknown) => launchRecordSchema.safeParse(launch).data?.taint;

/** Throws ISOLATION_UNAVAILABLE when a live box would start behind a weaker wall than the configuration demands. */
export function assertWall(level: IsolationId, floor: IsolationId | undefined): void {
  if (floor === undefined || isolationIds.indexOf(level) >= isolationIds.indexOf(floor)) return;
  throw new TradeboxError(
    'ISOLATION_UNAVAILABLE',
    `tradebox.yaml lets a box trade live at the isolation level ${floor} or a stronger one, not at ${level}`,
    { remedy: `Add --isolation ${floor}.` },
  );
}
