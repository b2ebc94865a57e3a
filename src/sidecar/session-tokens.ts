// Session tokens that venues hand out: the agent holds a decoy for each, and only the venue's own sockets get the real one (B12, S5).

/** A token and whose it is. */
export interface HeldToken {
  venue: string;
  /** Id of the account. */
  credential: string;
  token: string;
}

/** A client renews its token every few minutes; older ones than these are forgotten, first come first gone. */
const mostTokens = 256;

export class SessionTokens {
  readonly #held = new Map<string, HeldToken>();

  /** From now on `decoy` stands for the token. */
  hold(decoy: string, held: HeldToken): void {
    this.#held.set(decoy, held);
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= mostTokens) break;
      this.#held.delete(oldest);
    }
  }

  /** The decoy that stands for the token already: a venue may give the same one twice. */
  decoyOf(token: string): string | undefined {
    for (const [decoy, held] of this.#held) if (held.token === token) return decoy;
    return undefined;
  }

  find(venue: string, decoy: string): HeldToken | undefined {
    const held = this.#held.get(decoy);
    return held?.venue === venue ? held : undefined;
  }

  /** A message of a venue with every token's decoy in its place, however JSON spells its slashes. */
  hide(data: Buffer): Buffer {
    if (this.#held.size === 0) return data;
    const text = data.toString('latin1');
    let hidden = text;
    for (const [decoy, { token }] of this.#held) {
      hidden = hidden.replaceAll(token, decoy).replaceAll(token.replaceAll('/', '\\/'), decoy);
    }
    return hidden === text ? data : Buffer.from(hidden, 'latin1');
  }

  /** A rotated key's sessions are not spoken for any more. */
  clear(): void {
    this.#held.clear();
  }
}
