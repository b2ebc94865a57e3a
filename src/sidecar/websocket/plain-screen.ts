// Messages to a host that is no venue's: searched for decoys as a request's body is, also across messages; a plain credential's
// decoy is replaced in its place. Each counts as a body and as a request against the caps of its rule. Nothing else is understood.
import { findInMessage } from '../credentials.js';
import { disguisedBytes } from '../decoy-search.js';
import type { Masker } from '../http1/answer.js';
import { capProblem } from '../http1/body-limits.js';
import type { Denial, Exchange, World } from '../stage.js';
import { misuse } from '../stages/decoys.js';
import { rateProblem } from '../stages/egress.js';
import type { Screen } from './screen.js';

/** Longest message in either direction where no rule says less, in bytes: pictures and sound for a model. */
export const plainMessageBytes = 16 * 1_048_576;

const placementRule = 'built-in: credential placement';

export function createPlainScreen(
  exchange: Pick<Exchange, 'id' | 'host' | 'rule'>,
  world: Pick<World, 'decoys' | 'credentials' | 'canary' | 'takeRequest'>,
  newSpellingMasker: () => Masker,
): Screen {
  // B8: chat history may hold decoys; what a model's host reads is not searched.
  const isLlm = world.credentials.isLlm(exchange.host);
  const ear = isLlm ? world.canary?.earFor(exchange.id) : undefined;
  const across = newSpellingMasker();
  const decoyProblem = (data: Buffer, where: string): Denial | undefined => {
    ear?.(data);
    if (isLlm) return undefined;
    // Of a longer message its beginning is looked at for disguises, as of a request's body that is streamed.
    const id =
      world.decoys.find(data)?.id ?? world.decoys.findDisguised(data.subarray(0, disguisedBytes), false);
    if (id !== undefined) return misuse(where, id);
    // Ended by this message after it began in an earlier one.
    across.push(data);
    return across.hits > 0 ? misuse(where) : undefined;
  };
  /** A text message with the secrets in their places, and what is left of it without the decoys; undefined for most. */
  const place = (data: Buffer): { sent: Buffer; rest: Buffer } | undefined => {
    // Looked up each time: a rotation replaces the credentials.
    const own = world.credentials
      .plainFor(exchange.host)
      .filter(({ placement }) => placement.in === 'socket');
    if (own.length === 0 || world.decoys.find(data) === undefined) return undefined;
    let [sent, rest] = [data, data];
    for (const credential of own) {
      const inRest = findInMessage(credential, rest);
      const inSent = findInMessage(credential, sent);
      if (inRest.kind !== 'placed' || inSent.kind !== 'placed') continue;
      rest = inRest.rest;
      sent = inSent.sent();
    }
    return sent === data ? undefined : { sent, rest };
  };
  /** S4: by the rule in force now, which a reload puts into the exchange. */
  const overCap = (data: Buffer): Denial | undefined => {
    const { rule } = exchange;
    return rule === undefined ? undefined : (capProblem(rule, data.length) ?? rateProblem(rule, world));
  };
  return {
    maxMessageBytes: Math.min(exchange.rule?.maxBodyBytes ?? plainMessageBytes, plainMessageBytes),
    fromAgent: (data, isBinary) => {
      const over = overCap(data);
      if (over !== undefined) return { kind: 'refuse', denied: over, record: {} };
      const placed = isBinary ? undefined : place(data);
      const denied = decoyProblem(placed?.rest ?? data, 'a WebSocket message');
      if (denied !== undefined) return { kind: 'refuse', denied, record: {} };
      if (placed === undefined) return { kind: 'forward', data };
      return { kind: 'forward', data: placed.sent, record: { operation: 'login', rule: placementRule } };
    },
    control: (data) => decoyProblem(data, 'a WebSocket control frame'),
  };
}
