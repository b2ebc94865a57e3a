// Counts requests per rule of the policy over a sliding minute. No clock of its own.
import type { HostRule } from './settings.js';

const minuteMs = 60_000;

export class RequestRates {
  /** Times of the requests of the last minute, oldest first, by rule. */
  readonly #times = new Map<string, number[]>();

  /** Counts a request; false, and not counted, when the rule's cap is reached. `nowMs` never runs back far. */
  take(rule: HostRule, nowMs: number): boolean {
    const { requestsPerMinute } = rule;
    if (requestsPerMinute === undefined) return true;
    // By place and host, not by object: a reload of the same line keeps its count.
    const key = `${rule.origin} ${rule.host}`;
    const recent = (this.#times.get(key) ?? []).filter((atMs) => atMs > nowMs - minuteMs);
    this.#times.set(key, recent);
    if (recent.length >= requestsPerMinute) return false;
    recent.push(nowMs);
    return true;
  }
}
