// Who listens to an answer as it is given to the client: the book of rate limits, and that of quotes.
import { parseContext } from '../parse-context.js';
import type { Exchange, HeardHead, Overheard } from '../stage.js';
import type { FlightEnvironment } from './flight-environment.js';

/** Undefined where nobody does, which is so for most answers. */
export function overhear(
  exchange: Exchange,
  world: FlightEnvironment['world'],
  head: HeardHead,
): Overheard | undefined {
  const limit = world.rateLimits?.overhear(exchange, head);
  const isQuoted = exchange.venue?.quotes?.operations.has(exchange.classification?.operation ?? '') === true;
  const context = isQuoted ? parseContext(exchange, world) : undefined;
  const quotes = context === undefined ? undefined : world.quotes?.overhear(exchange, head, context);
  if (limit === undefined || quotes === undefined) return limit ?? quotes;
  return {
    add: (piece) => {
      limit.add(piece);
      quotes.add(piece);
    },
    end: () => {
      limit.end();
      quotes.end();
    },
  };
}
