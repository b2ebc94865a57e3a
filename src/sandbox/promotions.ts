// Which rung of the ladder each account has reached: one signed line for each promotion, kept where no sidecar can write, bound to
// the journals that showed it (S10).
import { createHash, createPublicKey, sign, verify } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ensurePrivateDir, readPrivateFile, writePrivateFile } from '../config/private-files.js';
import { TradeboxError } from '../core/errors.js';
import { bottom, nextStanding, rungs, type Standing } from '../orders/ladder.js';
import { accountJournal, checkJournal, hostKey } from './checkpoints.js';

const promotionSchema = z.strictObject({
  version: z.literal(1),
  account: z.string(),
  venue: z.string(),
  rung: z.enum(rungs),
  step: z.int().min(0),
  /** ISO 8601, UTC. */
  at: z.string(),
  /** Who promoted it. */
  by: z.string(),
  evidence: z.strictObject({ filled: z.int(), readDays: z.int(), unknown: z.int() }),
  /** Why it was promoted without the evidence, in the person's own words, and what was missing. */
  override: z.strictObject({ reason: z.string(), missing: z.array(z.string()) }).optional(),
  /** The journals that were counted, as they were. */
  heads: z.array(z.strictObject({ journal: z.string(), seq: z.int(), hash: z.string() })),
  /** SHA-256 hex of the line before; 64 zeros in the first. */
  prev: z.string(),
});
const lineSchema = promotionSchema.extend({ signature: z.string() });

export type Promotion = z.infer<typeof promotionSchema>;

const genesis = '0'.repeat(64);

/** `<state>/accounts/<id>/ladder.jsonl`: beside the journal, which alone is mounted. */
export function promotionsFile(stateDir: string, account: string): string {
  return join(dirname(accountJournal(stateDir, account).dir), 'ladder.jsonl');
}

/**
 * The promotions of an account in order, each signed by this host and one place above the one before.
 * @throws TradeboxError JOURNAL_BROKEN when one is not: no rung counts then.
 */
export function readPromotions(stateDir: string, account: string): readonly Promotion[] {
  const file = promotionsFile(stateDir, account);
  const lines = readPrivateFile(file)?.toString('utf8').split('\n').filter(Boolean) ?? [];
  const key = lines.length === 0 ? undefined : createPublicKey(hostKey(stateDir));
  let prev = genesis;
  let at: Standing = bottom;
  return lines.map((line, index) => {
    const promotion = parse(line);
    const next = nextStanding(at);
    const { signature, ...unsigned } = promotion ?? { signature: '' };
    const isOurs =
      promotion !== undefined &&
      key !== undefined &&
      promotion.account === account &&
      promotion.prev === prev &&
      promotion.rung === next?.rung &&
      promotion.step === next.step &&
      verify(null, Buffer.from(JSON.stringify(unsigned)), key, Buffer.from(signature, 'base64'));
    if (!isOurs) throw broken(`${file}:${index + 1}: this host did not sign this promotion`);
    prev = createHash('sha256').update(line).digest('hex');
    at = { rung: promotion.rung, step: promotion.step };
    return promotionSchema.parse(unsigned);
  });
}

/** Where an account stands by its promotions alone. */
export function standingOf(promotions: readonly Promotion[]): Standing {
  const last = promotions.at(-1);
  return last === undefined ? bottom : { rung: last.rung, step: last.step };
}

/** Adds a promotion to the place above. @throws TradeboxError JOURNAL_BROKEN, DISK_FULL */
export function addPromotion(stateDir: string, promotion: Omit<Promotion, 'version' | 'prev'>): void {
  const { account } = promotion;
  readPromotions(stateDir, account); // a file that does not hold is not gone on with
  const file = promotionsFile(stateDir, account);
  const before = readPrivateFile(file)?.toString('utf8') ?? '';
  const lines = before.split('\n').filter(Boolean);
  const last = lines.at(-1);
  const prev = last === undefined ? genesis : createHash('sha256').update(last).digest('hex');
  const unsigned = promotionSchema.parse({ version: 1, ...promotion, prev });
  const signature = sign(null, Buffer.from(JSON.stringify(unsigned)), hostKey(stateDir)).toString('base64');
  ensurePrivateDir(join(stateDir, 'accounts'));
  ensurePrivateDir(dirname(file));
  writePrivateFile(file, `${before}${JSON.stringify({ ...unsigned, signature })}\n`);
}

/**
 * Holds the journal of the account against its promotions: what they were bound to is still there, unchanged.
 * @throws TradeboxError JOURNAL_BROKEN when it is not: no rung counts then.
 */
export function proveBound(
  stateDir: string,
  account: string,
  promotions: readonly Promotion[],
  nowMs: number,
): void {
  const journal = accountJournal(stateDir, account);
  const bound = promotions.flatMap(({ heads }) => heads.filter((head) => head.journal === journal.id)).at(-1);
  if (!existsSync(journal.dir)) {
    if (bound === undefined) return;
    throw broken(`the journal ${journal.id}, which its promotions are bound to, is gone`);
  }
  const { problem } = checkJournal(stateDir, journal, nowMs, bound);
  if (problem === undefined || problem.kind === 'unfinished') return;
  throw broken(`the journal ${journal.id} does not hold: ${problem.message}`);
}

function parse(line: string): z.infer<typeof lineSchema> | undefined {
  try {
    return lineSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function broken(message: string): TradeboxError {
  return new TradeboxError('JOURNAL_BROKEN', message, {
    remedy: 'Keep the files as evidence; until it is explained, no rung of the account counts.',
  });
}
