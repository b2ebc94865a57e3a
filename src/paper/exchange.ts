// The embedded paper exchange: one engine behind every venue's dialect. A pure function of seed, clock and requests.
import type { Clock } from '../core/clock.js';
import { type HttpAnswer, type HttpRequest, jsonAnswer } from '../core/http.js';
import { servesSockets } from '../venues/own-host.js';
import { venues } from '../venues/venues.js';
import type { BinaryFrames, Dialect, PaperCredential, SocketPlace } from './dialect.js';
import { dialects } from './dialects.js';
import { type Disorder, Engine } from './engine/engine.js';
import type { Market } from './engine/market.js';

export interface PaperExchange {
  /** Answers as the venue of the request's host would. 421 for a host that no dialect speaks for. */
  handle(request: HttpRequest, disorder?: Disorder): HttpAnswer;
  /** A new WebSocket of the venue whose host it is; undefined where that venue has none. */
  openSocket(place: SocketPlace): OpenPaperSocket | undefined;
}

/** A client's WebSocket; both calls move the exchange's time on first. */
export interface OpenPaperSocket {
  hear(text: string, disorder?: Disorder): readonly string[];
  tell(): readonly string[];
  readonly frames?: BinaryFrames | undefined;
}

/** Same seed, credentials, clock readings and requests: same answers. Nothing outlives the returned object. */
export function createPaperExchange(options: {
  seed: string;
  credentials: readonly PaperCredential[];
  clock: Clock;
  /** Made of the seed when absent. */
  market?: Market;
}): PaperExchange {
  const { seed, credentials, clock, market } = options;
  const engine = new Engine({
    seed,
    accounts: credentials.map(({ id }) => id),
    ...(market === undefined ? {} : { market }),
  });
  const speakersAt = (isSocket: boolean) =>
    new Map(
      dialects.flatMap((dialect) => hostsOf(dialect, isSocket).map((host) => [host, dialect] as const)),
    );
  const byHost = speakersAt(false);
  const bySocketHost = speakersAt(true);
  const exchangeNow = ({ venue }: Dialect) => {
    const nowMs = clock.nowMs();
    engine.advance(nowMs);
    return { engine, credentials: credentials.filter((one) => one.venue === venue), nowMs };
  };
  return {
    handle(request, disorder = {}) {
      const dialect = byHost.get(request.host);
      if (dialect === undefined) return jsonAnswer(421, { error: 'the paper exchange has no such host' });
      const exchange = exchangeNow(dialect);
      return engine.under(disorder, () => dialect.answer(request, exchange));
    },
    openSocket(place) {
      const dialect = bySocketHost.get(place.host);
      const socket = dialect?.openSocket?.(place);
      if (dialect === undefined || socket === undefined) return undefined;
      return {
        hear(text, disorder = {}) {
          const exchange = exchangeNow(dialect);
          return engine.under(disorder, () => socket.hear(text, exchange));
        },
        tell: () => socket.tell(exchangeNow(dialect)),
        frames: socket.frames,
      };
    },
  };
}

function hostsOf({ venue }: Dialect, isSocket: boolean): readonly string[] {
  const hosts = venues.find(({ id }) => id === venue)?.hosts ?? [];
  return hosts
    .filter((one) => (isSocket ? servesSockets(one) : one.transport === 'rest'))
    .filter(({ environments }) => environments.includes('paper'))
    .map(({ host }) => host);
}
