// Bybit v5 over REST and sockets: the leaf. Facts and their sources stand in the rooms beside this file.
import type { Venue } from '../venue.js';
import { admin } from './admin.js';
import { quotes } from './converts.js';
import { credential } from './credential.js';
import { hosts } from './hosts.js';
import { classify, operations } from './operations.js';
import { parseOrders } from './orders.js';
import { rateLimits, refuse } from './refusal.js';
import { authenticate, sign, signedAtMs } from './signature.js';
import { socket } from './socket.js';
import { instrumentSource } from './spread-names.js';

export const bybit: Venue = {
  id: 'bybit',
  title: 'Bybit',
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
  instrumentSource,
  socket,
  admin,
};
