// OKX, v5 REST: the leaf. Facts and their sources stand in the rooms beside this file.
import type { Venue } from '../venue.js';
import { admin } from './admin.js';
import { credential } from './credential.js';
import { hosts } from './hosts.js';
import { instrumentSource } from './instrument-list.js';
import { classify, operations } from './operations.js';
import { parseOrders } from './orders.js';
import { quotes } from './quotes.js';
import { rateLimits, refuse } from './refusal.js';
import { authenticate, sign, signedAtMs } from './signature.js';
import { socket } from './socket.js';

export const okx: Venue = {
  id: 'okx',
  title: 'OKX',
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
