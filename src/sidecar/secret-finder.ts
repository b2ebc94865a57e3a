// What answers are scrubbed of at the moment: the secrets of the credentials, replaced ones, and what venues grant to them (S6).
import { Matcher, type Pattern } from '../core/matcher.js';
import type { Secret } from '../core/secret.js';
import { patternsOf } from './credentials.js';

/** A session takes two tokens at most; those of the ones before it go on being looked for, the oldest are forgotten. */
const mostGranted = 16;

export class SecretFinder {
  #patterns: readonly Pattern[];
  readonly #granted = new Map<string, Map<string, readonly Pattern[]>>();
  #matcher: Matcher;

  /** `patterns`: every spelling of the credentials' secrets. */
  constructor(patterns: readonly Pattern[]) {
    this.#patterns = patterns;
    this.#matcher = new Matcher(patterns);
  }

  get matcher(): Matcher {
    return this.#matcher;
  }

  /** From now on the token, which a venue granted to the credential, is looked for like a secret of its own. */
  hold(credential: string, token: Secret): void {
    const patterns = patternsOf(credential, token);
    const spelling = patterns[0]?.bytes.toString('latin1') ?? '';
    const tokens = this.#granted.get(credential) ?? new Map<string, readonly Pattern[]>();
    const isKnown = tokens.delete(spelling);
    tokens.set(spelling, patterns);
    for (const oldest of tokens.keys()) {
      if (tokens.size <= mostGranted) break;
      tokens.delete(oldest);
    }
    this.#granted.set(credential, tokens);
    if (!isKnown) this.#matcher = this.#matcherOf(this.#patterns);
  }

  /** Readies other patterns in the place of the credentials'; what was granted stays. The answer puts them in force. */
  prepare(patterns: readonly Pattern[]): () => void {
    const matcher = this.#matcherOf(patterns);
    return () => {
      this.#patterns = patterns;
      this.#matcher = matcher;
    };
  }

  #matcherOf(patterns: readonly Pattern[]): Matcher {
    const granted = [...this.#granted.values()].flatMap((tokens) => [...tokens.values()].flat());
    return new Matcher([...patterns, ...granted]);
  }
}
