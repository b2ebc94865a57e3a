// The embedded paper exchange: one engine behind every venue's dialect. A pure function of seed, clock and requests.
import type { Clock } from '../core/clock.js';
import { type HttpAnswer, type HttpRequest, jsonAnswer } from '../core/http.js';
import { venues } from '../venues/venues.js';
import type { PaperCredential } from './dialect.js';
import { dialects } from './dialects.js';
import { Engine } from './engine/engine.js';

export interface PaperExchange {
  /** Answers as the venue of the request's host would. 421 for a host that no dialect speaks for. */
  handle(request: HttpRequest): HttpAnswer;
}

/** Same seed, credentials, clock readings and requests: same answers. Nothing outlives the returned object. */
export function createPaperExchange(options: {
  seed: string;
  credentials: readonly PaperCredential[];
  clock: Clock;
}): PaperExchange {
  const { seed, credentials, clock } = options;
  const engine = new Engine({ seed, accounts: credentials.map(({ id }) => id) });
  const byHost = new Map(
    dialects.flatMap((dialect) => {
      const own = credentials.filter(({ venue }) => venue === dialect.venue);
      const venue = venues.find(({ id }) => id === dialect.venue);
      const hosts =
        venue?.hosts.filter(
          ({ transport, environments }) => transport === 'rest' && environments.includes('paper'),
        ) ?? [];
      return hosts.map(({ host }) => [host, { dialect, own }] as const);
    }),
  );
  return {
    handle(request) {
      const speaker = byHost.get(request.host);
      if (speaker === undefined) return jsonAnswer(421, { error: 'the paper exchange has no such host' });
      const nowMs = clock.nowMs();
      engine.advance(nowMs);
      return speaker.dialect.answer(request, { engine, credentials: speaker.own, nowMs });
    },
  };
}
