// HTTP/2 connections to upstreams by origin: one is shared until it is full or leaves, then the next is made.
import type { UpstreamSession } from './upstream-session.js';
import type { UpstreamStream } from './upstream-stream.js';

interface Held {
  opening: Promise<UpstreamSession>;
  /** Undefined while it is on its way. */
  session: UpstreamSession | undefined;
}

export class SessionPool {
  readonly #current = new Map<string, Held>();
  readonly #all = new Set<UpstreamSession>();
  readonly #open: (host: string, port: number, onGone: () => void) => Promise<UpstreamSession>;

  /** `open` makes a connection with its handshake done; it calls `onGone` once when that has ended. */
  constructor(open: (host: string, port: number, onGone: () => void) => Promise<UpstreamSession>) {
    this.#open = open;
  }

  get size(): number {
    return this.#all.size;
  }

  /** A stream for one request. Rejects as `open` does. */
  async stream(host: string, port: number): Promise<UpstreamStream> {
    const key = `${host}:${port}`;
    const held = this.#current.get(key);
    const isShared = held !== undefined && (held.session === undefined || held.session.isUsable);
    const { opening } = isShared ? held : this.#begin(key, host, port);
    return (await opening).open();
  }

  close(): void {
    for (const session of [...this.#all]) session.destroy();
  }

  #begin(key: string, host: string, port: number): Held {
    const forget = (): void => {
      if (this.#current.get(key) === held) this.#current.delete(key);
      if (held.session !== undefined) this.#all.delete(held.session);
    };
    const held: Held = { opening: this.#open(host, port, forget), session: undefined };
    this.#current.set(key, held);
    held.opening.then((session) => {
      held.session = session;
      this.#all.add(session);
    }, forget);
    return held;
  }
}
