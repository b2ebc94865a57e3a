// How a venue says that it is asked too often, and how a client is told so in the venue's words, such that it tries again later.
import { jsonAnswer } from '../core/http.js';
import { refusalText } from './refusal-text.js';
import type { OverheardAnswer, VenueRateLimits } from './venue.js';

/** A limit as the venue documents it. */
interface Limit {
  /** How long it lasts where the answer does not say, milliseconds. */
  windowMs: number;
  isBan?: true;
}

export interface RateLimitRules {
  /** By HTTP status. */
  statuses: Readonly<Record<number, Limit>>;
  /** By what stands in the body; the first group is the code. */
  codes?: readonly (Limit & { pattern: RegExp })[];
  marks?: readonly string[];
  /** The header that says when the limit ends, since the epoch. */
  resetHeader?: { name: string; unitMs: number };
  /** What in the body says so: the time since the epoch in the first group. */
  resetText?: { pattern: RegExp; unitMs: number };
  usedHeader?: string;
  refusal: { status: number; body(text: string): unknown };
}

/** The longest that a venue's word is taken for. */
const maxWaitMs = 60_000;
/** Binance bars an address for up to three days: developers.binance.com rest-api/limits "IP Limits". */
const maxBanMs = 259_200_000;

export function rateLimitsOf(rules: RateLimitRules): VenueRateLimits {
  const { statuses, codes = [], marks = [], usedHeader, refusal } = rules;
  return {
    marks,
    read(answer, nowMs) {
      const text = answer.body.toString('latin1');
      const byStatus = statuses[answer.status];
      let byCode: (Limit & { code: string }) | undefined;
      for (const limit of codes) {
        const code = byCode === undefined ? limit.pattern.exec(text)?.[1] : undefined;
        if (code !== undefined) byCode = { ...limit, code };
      }
      const limit = byStatus?.isBan === true ? byStatus : (byCode ?? byStatus);
      if (limit === undefined) return undefined;
      const isBan = limit.isBan === true;
      const toldMs = toldWait(rules, answer, text, nowMs) ?? limit.windowMs;
      const used = usedHeader === undefined ? undefined : answer.header(usedHeader);
      return {
        code: byCode?.code ?? String(answer.status),
        waitMs: Math.ceil(Math.min(Math.max(toldMs, 0), isBan ? maxBanMs : maxWaitMs)),
        isBan,
        ...(used === undefined ? {} : { used: used.slice(0, 32) }),
      };
    },
    refuse(given, waitMs) {
      const answer = jsonAnswer(refusal.status, refusal.body(refusalText(given)));
      const seconds = String(Math.max(1, Math.ceil(waitMs / 1000)));
      return { ...answer, headers: [...answer.headers, ['retry-after', seconds]] };
    },
  };
}

function toldWait(
  { resetHeader, resetText }: RateLimitRules,
  { header }: OverheardAnswer,
  text: string,
  nowMs: number,
): number | undefined {
  const after = header('retry-after')?.trim();
  if (after !== undefined && /^\d{1,9}$/.test(after)) return Number(after) * 1000;
  // RFC 9110, 10.2.3: the other form is a date.
  const date = after === undefined ? Number.NaN : Date.parse(after);
  if (!Number.isNaN(date)) return date - nowMs;
  const reset = resetHeader === undefined ? undefined : header(resetHeader.name)?.trim();
  if (resetHeader !== undefined && reset !== undefined && /^\d{1,16}$/.test(reset))
    return Number(reset) * resetHeader.unitMs - nowMs;
  const until = resetText?.pattern.exec(text)?.[1];
  return resetText === undefined || until === undefined
    ? undefined
    : Number(until) * resetText.unitMs - nowMs;
}
