// A rehearsal at live prices: market data comes from the real venue, everything else is answered by the paper engine at those prices.
// The only way out is a question for market data without any key; orders have none.
import type { Clock } from '../core/clock.js';
import { type HttpAnswer, type HttpRequest, jsonAnswer } from '../core/http.js';
import { venues } from '../venues/venues.js';
import type { Dialect, MarketSpeech, MarketTarget, PaperCredential, TickerLook } from './dialect.js';
import { dialects } from './dialects.js';
import { instruments } from './engine/instruments.js';
import { PriceUntold, ToldMarket } from './engine/told-market.js';
import { createPaperExchange } from './exchange.js';

/** Asks a real venue for market data. Undefined when no whole answer came. Never rejects. */
export type AskMarket = (
  venue: string,
  host: string,
  target: MarketTarget,
) => Promise<HttpAnswer | undefined>;

export interface ShadowExchange {
  handle(request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
}

/** Prices older than this fill no order, milliseconds. */
const freshMs = 1_000;
/** Between two looks while orders may rest, milliseconds. */
const lookMs = 2_000;

interface ShadowOptions {
  seed: string;
  credentials: readonly PaperCredential[];
  clock: Clock;
  ask: AskMarket;
}

/** Each venue has an engine of its own: what is filled there is filled at its prices. */
export function createShadowExchange(options: ShadowOptions): ShadowExchange {
  const byHost = new Map(dialects.flatMap((dialect) => hostsOf(dialect).map((host) => [host, dialect])));
  const rehearsals = new Map<string, ShadowExchange>();
  return {
    async handle(request) {
      const { venue, market } = byHost.get(request.host) ?? {};
      if (venue === undefined || market === undefined)
        return jsonAnswer(421, { error: 'no market of this host is rehearsed' });
      const rehearsal = rehearsals.get(venue) ?? createRehearsal(venue, market, options);
      rehearsals.set(venue, rehearsal);
      return rehearsal.handle(request);
    },
    close: () => {
      for (const rehearsal of rehearsals.values()) rehearsal.close();
    },
  };
}

function createRehearsal(
  venue: string,
  speech: MarketSpeech,
  { seed, credentials, clock, ask }: ShadowOptions,
): ShadowExchange {
  const market = new ToldMarket(speech.hasOwnSteps);
  const own = credentials.filter((one) => one.venue === venue);
  const exchange = createPaperExchange({ seed, credentials: own, clock, market });
  let underWay: Promise<boolean> | undefined;
  let lookedMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  /** True when the venue told those prices. */
  const lookAt = async (host: string, { targets, read }: TickerLook): Promise<boolean> => {
    const answers = await Promise.all(targets.map((target) => ask(venue, target.host ?? host, target)));
    const good = answers.filter(isGood);
    const rows = good.length === targets.length ? read(good.map(({ body }) => body)) : undefined;
    const second = Math.floor(clock.nowMs() / 1000);
    for (const { symbol, ...quote } of rows ?? [])
      if (known.has(symbol)) market.tell(symbol, { second, ...quote });
    return rows !== undefined;
  };

  /** True when every price is fresh. Looks under way are shared. */
  const look = (host: string): Promise<boolean> => {
    if (clock.nowMs() - lookedMs < freshMs) return Promise.resolve(true);
    underWay ??= Promise.all(speech.tickers.map((each) => lookAt(host, each))).then((told) => {
      underWay = undefined;
      const isWhole = told.every(Boolean);
      if (isWhole) lookedMs = clock.nowMs();
      return isWhole;
    });
    return underWay;
  };

  /** The books of the instruments that the request names; true when each was told. */
  const readBooks = async (request: HttpRequest): Promise<boolean> => {
    const books = await Promise.all(
      speech.named(request).map(async (instrument) => {
        const target = speech.book(instrument);
        const answer = await ask(venue, target.host ?? request.host, target);
        const book = isGood(answer) ? speech.readBook(answer.body, instrument) : undefined;
        const before = market.latest(instrument.symbol);
        if (book === undefined || before === undefined) return false;
        market.tell(instrument.symbol, {
          second: Math.floor(clock.nowMs() / 1000),
          last: before.last,
          ...book,
        });
        return true;
      }),
    );
    return books.every(Boolean);
  };

  return {
    async handle(request) {
      if (speech.isMarketData(request)) {
        const { path, query } = request;
        return (await ask(venue, request.host, { path, query })) ?? speech.unavailable;
      }
      const refused = speech.explainRefused(request);
      if (refused !== undefined) return refused;
      const isFresh = await look(request.host);
      if (speech.needsPrices(request)) {
        if (!isFresh || !(await readBooks(request))) return speech.unavailable;
        // From now on something may rest: its price is looked for.
        timer ??= setInterval(() => void look(request.host), lookMs).unref();
      }
      try {
        return exchange.handle(request);
      } catch (thrown) {
        if (thrown instanceof PriceUntold) return speech.unavailable;
        throw thrown;
      }
    },
    close: () => clearInterval(timer),
  };
}

const known: ReadonlySet<string> = new Set(instruments.map(({ symbol }) => symbol));

const isGood = (answer: HttpAnswer | undefined): answer is HttpAnswer => answer?.status === 200;

function hostsOf({ venue }: Dialect): readonly string[] {
  const hosts = venues.find(({ id }) => id === venue)?.hosts ?? [];
  return hosts.filter(({ transport }) => transport === 'rest').map(({ host }) => host);
}
