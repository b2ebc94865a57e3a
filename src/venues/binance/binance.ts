// Binance, spot to portfolio margin over REST, streams and WebSocket APIs: the leaf. Facts and their sources stand in the rooms beside this file.
import type { Venue } from '../venue.js';
import { admin } from './admin.js';
import { credential } from './credential.js';
import { hosts } from './hosts.js';
import { classify, operations } from './operations.js';
import { parseOrders } from './orders.js';
import { quotes } from './quotes.js';
import { rateLimits, refuse } from './refusal.js';
import { sessionTokens } from './session-tokens.js';
import { authenticate, sign, signedAtMs } from './signature.js';
import { socket } from './socket.js';

export const binance: Venue = {
  id: 'binance',
  title: 'Binance',
  hosts,
  get operations() {
    return operations();
  },
  credential,
  classify,
  authenticate,
  signedAtMs,
  sign,
  parseOrders,
  refuse,
  rateLimits,
  quotes,
  sessionTokens,
  socket,
  admin,
};
