// Session tokens that paper venues hand out: each stands for an account, for as long as the engine lives.
import { createHash } from 'node:crypto';
import type { PrivateCall } from './call.js';
import type { Engine } from './engine/engine.js';

const tokens = new WeakMap<Engine, Map<string, string>>();

/** Hands out a token of the account, made by `form` of what is the account's alone, and of what it opens where there are several. One account always gets the same. */
export function handOut(
  { engine, account }: Pick<PrivateCall, 'engine' | 'account'>,
  form: (digest: Buffer) => string,
  of?: string,
): string {
  const token = form(
    createHash('sha256')
      .update([of, engine.market.seed, account.id].filter((part) => part !== undefined).join(' '))
      .digest(),
  );
  const held = tokens.get(engine) ?? new Map<string, string>();
  tokens.set(engine, held.set(token, account.id));
  return token;
}

/** Id of the account whose token it is; undefined for one that nobody was given. */
export function holderOf(engine: Engine, token: string): string | undefined {
  return tokens.get(engine)?.get(token);
}
