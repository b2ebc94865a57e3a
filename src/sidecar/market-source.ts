// Market data of a real venue for a rehearsal in `shadow`: GETs that the venue's table calls reads, without any key, and nothing else.
import type { HttpAnswer } from '../core/http.js';
import type { AskMarket } from '../paper/shadow.js';
import type { Venue } from '../venues/venue.js';
import { writeSignedHead } from './http1/write.js';
import type { Upstream } from './upstream.js';
import { exchangeOn } from './venue-calls.js';

export interface MarketSourceParts {
  /** Knows the real venues; nothing else of the box dials by it. */
  upstream: Upstream;
  venueOf(id: string): Venue | undefined;
  nowMs(): number;
}

const deadlineMs = 4_000;

/** S8: an order cannot be asked for here: it is no GET, and no read. */
export function createMarketSource({ upstream, venueOf, nowMs }: MarketSourceParts): AskMarket {
  return async (id, host, { path, query }) => {
    const venue = venueOf(id);
    const place = venue?.hosts.find((one) => one.host === host && one.transport === 'rest');
    const request = { method: 'GET', host, port: 443, path, query, headers: [], body: Buffer.alloc(0) };
    if (venue === undefined || !place?.environments.includes('live')) return undefined;
    if (venue.classify(request).class !== 'read') return undefined;
    try {
      const signed = venue.sign(request, undefined, { nowMs: nowMs(), nonce: 0n, environment: 'live' });
      const head = Buffer.from(writeSignedHead(signed, { host, port: 443 }), 'latin1');
      const connection =
        upstream.take(host, 443, Number.POSITIVE_INFINITY) ?? (await upstream.dial(host, 443));
      const answer = await exchangeOn(connection, 'GET', head, deadlineMs);
      if (!answer.isDone) return undefined;
      return {
        status: answer.status,
        headers: [['content-type', 'application/json']],
        body: answer.body,
      } satisfies HttpAnswer;
    } catch {
      return undefined; // nobody was there
    }
  };
}
