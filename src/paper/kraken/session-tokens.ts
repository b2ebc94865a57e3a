// Kraken's session tokens on paper, as GetWebSocketsToken hands them out.
import type { Engine } from '../engine/engine.js';
import { PaperFault } from '../fault.js';
import { handOut, holderOf } from '../session-tokens.js';
import type { PrivateCall, Row } from './call.js';

const lifetimeSeconds = 900;

/** docs.kraken.com REST, "Get Websockets Token": base64 of 32 bytes without its padding. */
export function handToken(call: PrivateCall): Row {
  return {
    token: handOut(call, (digest) => digest.toString('base64').slice(0, 43)),
    expires: lifetimeSeconds,
  };
}

/** The account of a token. Throws PaperFault KEY_MISSING or KEY_UNKNOWN. */
export function accountOf(engine: Engine, token: string | undefined): string {
  if (token === undefined) throw new PaperFault('KEY_MISSING');
  const id = holderOf(engine, token);
  if (id === undefined) throw new PaperFault('KEY_UNKNOWN');
  return id;
}
