// What is remembered of each origin that was asked for: idle connections, how much is open, and which protocol it does not speak.
import type { UpstreamConnection } from './upstream-connection.js';

export interface Origin {
  idle: UpstreamConnection[];
  open: number;
  /** Streams of HTTP/2 connections, those included that wait for one. */
  streams: number;
  /** A dial ahead of a request that nobody has asked for yet. */
  warming: Promise<UpstreamConnection> | undefined;
  session: Buffer | undefined;
  /** It has refused HTTP/1.1, which is not tried again before; on the monotonic clock, in milliseconds. */
  http2OnlyUntil: number;
  /** It has not chosen HTTP/2, which is not offered again before; likewise. */
  http1OnlyUntil: number;
}

export const isHttp2Only = ({ http2OnlyUntil }: Origin): boolean => performance.now() < http2OnlyUntil;
export const isHttp1Only = ({ http1OnlyUntil }: Origin): boolean => performance.now() < http1OnlyUntil;

/** Origins remembered although no connection to them is open. */
const maxUnused = 256;

export class Origins {
  readonly #byName = new Map<string, Origin>();
  /** The one that was asked for last: mostly the next one, too. */
  #last: { host: string; port: number; origin: Origin } | undefined;

  of(host: string, port: number): Origin {
    if (this.#last?.host === host && this.#last.port === port) return this.#last.origin;
    const name = `${host}:${port}`;
    let origin = this.#byName.get(name);
    if (origin === undefined) {
      origin = {
        idle: [],
        open: 0,
        streams: 0,
        warming: undefined,
        session: undefined,
        http2OnlyUntil: 0,
        http1OnlyUntil: 0,
      };
      this.#byName.set(name, origin);
    }
    this.#last = { host, port, origin };
    return origin;
  }

  /** Ends connections that are idle since before then, on the monotonic clock, in milliseconds. */
  sweep(oldest: number): void {
    for (const [name, origin] of this.#byName) {
      for (const connection of [...origin.idle]) if (connection.idleSince < oldest) connection.destroy();
      // Names below a wildcard are endless: an origin that is not used is kept only for its session.
      if (this.#byName.size > maxUnused && origin.open === 0 && origin.streams === 0) {
        this.#byName.delete(name);
        this.#last = undefined;
      }
    }
  }

  endIdle(): void {
    for (const { idle } of this.#byName.values()) for (const connection of [...idle]) connection.destroy();
  }
}
