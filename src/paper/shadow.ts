// A rehearsal at live prices: market data comes from the real venue, everything else is answered by the paper engine at those prices.
// The only way out is a question for market data without any key; orders have none.
import type { Clock } from '../core/clock.js';
import type { HttpAnswer, HttpRequest } from '../core/http.js';
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

export function createShadowExchange(options: {
  seed: string;
  credentials: readonly PaperCredential[];
  clock: Clock;
  ask: AskMarket;
}): ShadowExchange {
  const { seed, credentials, clock, ask } = options;
  const market = new ToldMarket();
  const exchange = createPaperExchange({ seed, credentials, clock, market });
  const byHost = new Map(dialects.flatMap((dialect) => hostsOf(dialect).map((host) => [host, dialect])));
  const looks = new Map<string, Promise<boolean>>();
  const lookedMs = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;

  /** True when the venue told those prices. */
  const lookAt = async (venue: string, host: string, { targets, read }: TickerLook): Promise<boolean> => {
    const answers = await Promise.all(targets.map((target) => ask(venue, target.host ?? host, target)));
    const good = answers.filter(isGood);
    const rows = good.length === targets.length ? read(good.map(({ body }) => body)) : undefined;
    const second = Math.floor(clock.nowMs() / 1000);
    for (const { symbol, ...quote } of rows ?? [])
      if (known.has(symbol)) market.tell(symbol, { second, ...quote });
    return rows !== undefined;
  };

  /** True when every price is fresh. Looks under way are shared. */
  const look = (venue: string, host: string, speech: MarketSpeech): Promise<boolean> => {
    if (clock.nowMs() - (lookedMs.get(venue) ?? Number.NEGATIVE_INFINITY) < freshMs)
      return Promise.resolve(true);
    const underWay = looks.get(venue);
    if (underWay !== undefined) return underWay;
    const started = Promise.all(speech.tickers.map((each) => lookAt(venue, host, each))).then((told) => {
      looks.delete(venue);
      const isWhole = told.every(Boolean);
      if (isWhole) lookedMs.set(venue, clock.nowMs());
      return isWhole;
    });
    looks.set(venue, started);
    return started;
  };

  /** The books of the instruments that the request names; true when each was told. */
  const readBooks = async (venue: string, request: HttpRequest, speech: MarketSpeech): Promise<boolean> => {
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
      const dialect = byHost.get(request.host);
      const speech = dialect?.market;
      if (dialect === undefined || speech === undefined) return exchange.handle({ ...request, host: '' });
      const { venue } = dialect;
      if (speech.isMarketData(request)) {
        const { path, query } = request;
        return (await ask(venue, request.host, { path, query })) ?? speech.unavailable;
      }
      const refused = speech.explainRefused(request);
      if (refused !== undefined) return refused;
      const isFresh = await look(venue, request.host, speech);
      if (speech.needsPrices(request)) {
        if (!isFresh || !(await readBooks(venue, request, speech))) return speech.unavailable;
        // From now on something may rest: its price is looked for.
        timer ??= setInterval(() => void look(venue, request.host, speech), lookMs).unref();
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
