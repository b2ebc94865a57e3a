// Session tokens of Kraken's paper exchange: one for each account, as GetWebSocketsToken hands it out. Lives as long as the engine.
import { createHash } from 'node:crypto';
import type { Engine } from '../engine/engine.js';
import { PaperFault } from '../fault.js';
import type { PrivateCall, Row } from './call.js';

const lifetimeSeconds = 900;
const tokens = new WeakMap<Engine, Map<string, string>>();

/** docs.kraken.com REST, "Get Websockets Token": base64 of 32 bytes without its padding. */
export function handToken({ engine, account }: PrivateCall): Row {
  const token = createHash('sha256')
    .update(`${engine.market.seed} ${account.id}`)
    .digest('base64')
    .slice(0, 43);
  const held = tokens.get(engine) ?? new Map<string, string>();
  tokens.set(engine, held.set(token, account.id));
  return { token, expires: lifetimeSeconds };
}

/** The account of a token. Throws PaperFault KEY_MISSING or KEY_UNKNOWN. */
export function accountOf(engine: Engine, token: string | undefined): string {
  if (token === undefined) throw new PaperFault('KEY_MISSING');
  const id = tokens.get(engine)?.get(token);
  if (id === undefined) throw new PaperFault('KEY_UNKNOWN');
  return id;
}
