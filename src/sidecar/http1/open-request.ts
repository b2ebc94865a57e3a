// The request that a relay has open: what was collected of it, and what became of it so far.
import { type Denial, denial, type Exchange } from '../stage.js';
import { type BodyLimits, planBody } from './body-limits.js';
import { Fields, type Malformed } from './fields.js';
import type { Flight } from './flight.js';
import { noBody } from './framing.js';
import type { RequestHead } from './head.js';

export interface Open {
  exchange: Exchange;
  startMs: number;
  /** Pieces of a body that is collected; undefined when it is streamed. */
  collected: Buffer[] | undefined;
  collectedBytes: number;
  /** Bytes of a streamed body so far. */
  streamedBytes: number;
  limitBytes: number;
  flight: Flight | undefined;
  /** Gives the turn of a rising nonce on. */
  leaveTurn: (() => void) | undefined;
  isRefused: boolean;
}

export function newOpen(exchange: Exchange): Open {
  return {
    exchange,
    startMs: performance.now(),
    collected: undefined,
    collectedBytes: 0,
    streamedBytes: 0,
    limitBytes: 0,
    flight: undefined,
    leaveTurn: undefined,
    isRefused: false,
  };
}

/** The head of a request of which not even the head could be read. */
export function unreadHead(): RequestHead {
  const fields = new Fields(Buffer.alloc(0));
  return {
    method: '',
    target: '',
    host: '',
    fields,
    framing: noBody,
    close: true,
    expectsContinue: false,
  };
}

/** Why a message that cannot be read is refused. */
export function unreadable({ code, protocol }: Malformed): Denial {
  const rule = 'built-in: HTTP syntax';
  if (code !== 'NOT_HTTP') return denial(code, 'the bytes are not one unambiguous HTTP request', rule, 400);
  const what = protocol === undefined ? '' : ` but ${protocol}`;
  const message = `the bytes are no HTTP${what}: raw protocols are not carried`;
  // Its client can do nothing about it but speak something else, so it is told what.
  const refused = protocol === undefined ? 'no FIX, no socket of a broker' : `not ${protocol}`;
  const agentMessage = `Only HTTP is carried, ${refused}. Use the web API of the venue.`;
  return { ...denial(code, message, rule, 400), agentMessage };
}

/** Says whether the body is collected before the decision, and refuses at once what is too large for that. */
export function planCollecting(
  open: Open,
  limits: BodyLimits,
  world: Parameters<typeof planBody>[2],
): Denial | undefined {
  const plan = planBody(open.exchange, limits, world);
  if ('denied' in plan) return plan.denied;
  if (plan.collectBytes === undefined) return undefined;
  open.collected = [];
  open.limitBytes = plan.collectBytes;
  return undefined;
}

export const nothing = Buffer.alloc(0);

/** The client went away before its request was let out. */
export function giveUp({ exchange, leaveTurn }: Open): void {
  exchange.release?.abandon('the client went away before the order could be sent');
  leaveTurn?.();
}

/** Gives the memory of a collected body back. */
export function freeCollected(open: Open, budget: { leftBytes: number }): void {
  budget.leftBytes += open.collectedBytes;
  open.collectedBytes = 0;
  if (open.collected !== undefined) open.collected = [];
}
