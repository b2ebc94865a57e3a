// IBKR's sessions on paper, as a tickle tells them (cpapi-v1, "Ping the server").
import { handOut } from '../session-tokens.js';
import type { PrivateCall } from './call.js';

/** `session` of an answer to a tickle: 32 digits of hex. */
export function sessionOf(call: Pick<PrivateCall, 'engine' | 'account'>): string {
  return handOut(call, (digest) => digest.toString('hex').slice(0, 32), 'ibkr');
}
