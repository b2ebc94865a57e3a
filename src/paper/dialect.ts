// The contract of a dialect: one venue's REST interface spoken over the paper engine. Pure but for the engine's state.
import type { HttpAnswer, HttpRequest } from '../core/http.js';
import type { Secret } from '../core/secret.js';
import type { Engine } from './engine/engine.js';
import type { Instrument } from './engine/instruments.js';
import type { Quote } from './engine/told-market.js';

/** A paper account and the real credential that opens it. */
export interface PaperCredential {
  /** Id of the venue. */
  venue: string;
  /** Name of the account; one paper account per id. */
  id: string;
  /** By the venue's field names. */
  secrets: Readonly<Record<string, Secret>>;
}

/** What a dialect answers with. */
export interface Exchange {
  engine: Engine;
  /** Those of the dialect's own venue. */
  credentials: readonly PaperCredential[];
  /** The venue's clock, which signatures are dated by. */
  nowMs: number;
}

/** Where a client opens a WebSocket; `query` without its question mark. */
export interface SocketPlace {
  host: string;
  path: string;
  query: string;
  /** Of the upgrade, in small letters. */
  contentType?: string;
  /** The Cookie header, where one is sent. */
  cookie?: string;
}

/** What goes over the wire in binary messages, and the text that stands for it. */
export interface BinaryFrames {
  /** The text of a client's binary message, or undefined when it cannot be read. Absent where clients send text. */
  read?(data: Buffer): string | undefined;
  write(text: string): Uint8Array;
}

/** One client's WebSocket at a venue: who it is and what it listens to. Pure but for the engine's state. */
export interface PaperSocket {
  /** What the client is answered. Never throws on its input. */
  hear(text: string, exchange: Exchange): readonly string[];
  /** What has changed of all that it listens to since this was called last. */
  tell(exchange: Exchange): readonly string[];
  /** Absent where all messages are text. */
  readonly frames?: BinaryFrames | undefined;
}

/** What a GET asks for; `query` without its question mark. */
export interface MarketTarget {
  path: string;
  query: string;
  /** Absent: the host that the client spoke to. */
  host?: string;
}

/** Prices of a part of what the engine trades. */
export interface TickerLook {
  targets: readonly MarketTarget[];
  /** From the answers, in the order of `targets`; undefined when one is not what the venue documents. */
  read(bodies: readonly Buffer[]): readonly (Omit<Quote, 'second'> & { symbol: string })[] | undefined;
}

/** How the real venue is asked for its market, where orders are rehearsed at its prices. Pure. */
export interface MarketSpeech {
  /** Whether a request asks for public market data and nothing else. */
  isMarketData(request: HttpRequest): boolean;
  /** Whether a request may be filled, so that it waits for fresh prices. */
  needsPrices(request: HttpRequest): boolean;
  /** The answer to a request that would mean something else on paper; undefined for any other. */
  explainRefused(request: HttpRequest): HttpAnswer | undefined;
  /** The client rounds by the venue's own list, whose steps may be finer than the engine's. */
  hasOwnSteps?: true;
  /** Together they tell the price of everything the engine trades. */
  tickers: readonly TickerLook[];
  /** What an order would take from. */
  named(request: HttpRequest): readonly Instrument[];
  book(instrument: Instrument): MarketTarget;
  readBook(body: Buffer, instrument: Instrument): Pick<Quote, 'bids' | 'asks'> | undefined;
  /** Said while the real market cannot be asked. */
  unavailable: HttpAnswer;
}

export interface Dialect {
  /** Id of the venue; its leaf says which hosts are its own. */
  venue: string;
  /** Never throws on its input: what it cannot answer is an error in the venue's shape. */
  answer(request: HttpRequest, exchange: Exchange): HttpAnswer;
  /** Undefined where orders cannot be rehearsed at the venue's real prices. */
  market?: MarketSpeech;
  /** Undefined where the venue has no socket. */
  openSocket?(place: SocketPlace): PaperSocket | undefined;
}
