// HTTP/2 connections to upstreams by origin: each is shared until it is full or leaves, then another is made.
import type { UpstreamSession } from './upstream-session.js';
import type { UpstreamStream } from './upstream-stream.js';

/**
 * Makes a connection with its handshake done, and calls `onGone` once when that has ended. Resolves to undefined when another protocol
 * was negotiated; where HTTP/2 `isRequired` it rejects instead.
 */
type OpenSession = (
  host: string,
  port: number,
  isRequired: boolean,
  onGone: (session: UpstreamSession) => void,
) => Promise<UpstreamSession | undefined>;

interface Origin {
  ready: UpstreamSession[];
  opening: Promise<UpstreamSession | undefined> | undefined;
}

export class SessionPool {
  readonly #origins = new Map<string, Origin>();
  readonly #open: OpenSession;

  constructor(open: OpenSession) {
    this.#open = open;
  }

  /** A stream for one request; undefined when the upstream chose another protocol. Rejects as `open` does. */
  async stream(host: string, port: number, isRequired: boolean): Promise<UpstreamStream | undefined> {
    const key = `${host}:${port}`;
    for (;;) {
      const origin = this.#origins.get(key);
      const session = origin?.ready.find(({ isUsable }) => isUsable);
      if (session !== undefined) {
        const answers = session.answers();
        // Others may have filled it while it was asked.
        if (answers === true || ((await answers) && session.isUsable)) return session.open();
      } else if (origin?.opening === undefined) {
        // Who makes a connection gets its first stream, whatever the upstream thinks of it.
        return (await this.#begin(key, host, port, isRequired))?.open();
      } else if ((await origin.opening) === undefined && !isRequired) {
        return undefined;
      }
    }
  }

  /** Makes a connection ahead of a request that is likely to come, unless there is one. */
  warm(host: string, port: number): void {
    const key = `${host}:${port}`;
    // The request that follows will meet the same problem and report it.
    if (!this.#origins.has(key)) this.#begin(key, host, port, false).catch(() => {});
  }

  /** What is open now gets no further request. */
  retire(): void {
    for (const { ready } of [...this.#origins.values()]) for (const session of [...ready]) session.retire();
    this.#origins.clear();
  }

  #begin(key: string, host: string, port: number, isRequired: boolean): Promise<UpstreamSession | undefined> {
    const origin = this.#origins.get(key) ?? { ready: [], opening: undefined };
    this.#origins.set(key, origin);
    const forgetEmpty = (): void => {
      const isEmpty = origin.ready.length === 0 && origin.opening === undefined;
      if (isEmpty && this.#origins.get(key) === origin) this.#origins.delete(key);
    };
    const onGone = (session: UpstreamSession): void => {
      origin.ready = origin.ready.filter((one) => one !== session);
      forgetEmpty();
    };
    const opening = this.#open(host, port, isRequired, onGone)
      .then((session) => {
        if (session !== undefined && !session.isOver) origin.ready.push(session);
        return session;
      })
      .finally(() => {
        origin.opening = undefined;
        forgetEmpty();
      });
    origin.opening = opening;
    return opening;
  }
}
