// The stage between parse and sign: an order request asks the desk of its account, and leaves with a release or not at all (S8).
import type { ReasonRecord } from '../../audit/order-events.js';
import type { OrderIntent } from '../../core/order.js';
import type { Admission } from '../../orders/admission.js';
import type { OrderDesk } from '../../orders/desk.js';
import { fingerprintOf } from '../../orders/fingerprint.js';
import { clientOrderIdsOf, recordOf } from '../../orders/intent-record.js';
import type { VenueQuestion } from '../../venues/admin.js';
import type { VenueCredential } from '../credentials.js';
import { type Denial, denial, type Exchange, type OrderGate } from '../stage.js';
import { newClientOrderId, Release } from './release.js';

export interface GateParts {
  /** The desk of an account; undefined for one that may not trade. */
  deskOf(account: VenueCredential): OrderDesk | undefined;
  /** Hears what a venue asks back about orders of an account, as they were sent. */
  onQuestions?(account: string, questions: readonly VenueQuestion[], intents: readonly OrderIntent[]): void;
  /** Called once the outcome of a release is in the journal. */
  onEnded(account: string, order: string): void;
}

const rule = 'built-in: order gate';

export function createOrderGate({ deskOf, onEnded, onQuestions }: GateParts): OrderGate {
  return {
    async admit(exchange, isGone) {
      const { id, venue, credential, classification, intents, request } = exchange;
      const desk = credential === undefined ? undefined : deskOf(credential);
      if (!venue || !credential || !classification || !intents || !request || desk === undefined) {
        return { denied: denial('ACCOUNT_CANNOT_TRADE', 'the account has no order desk in this box', rule) };
      }
      const { operation } = classification;
      // What ends a spot bot and keeps its coins only cancels, though the row of its operation may do more.
      const isCancel = intents.length > 0 && intents.every(({ action }) => action === 'cancel');
      const isUnstoppable = !isCancel && venue.admin?.covers?.(operation) === false;
      const refusal = isUnstoppable ? unstoppable(operation) : undefined;
      const admission = await desk.admit(
        { request: id, operation, intents, client: clientOf(exchange), refusal },
        { isGone },
      );
      if (admission.kind !== 'release') return { denied: deniedBy(admission) };
      const { order } = admission;
      const sent = stampClientOrderIds(exchange, intents, order);
      const parts = {
        desk,
        order,
        request: id,
        venue,
        clientOrderIds: clientOrderIdsOf(sent.map(recordOf)),
        placedAs: sent.map(({ action, clientOrderId }) => (action === 'place' ? clientOrderId : undefined)),
        onQuestions: (questions: readonly VenueQuestion[]) => onQuestions?.(credential.id, questions, sent),
        onEnded: (ended: string) => onEnded(credential.id, ended),
      };
      const release = new Release(parts, request.method);
      if (!isGone()) return { release };
      release.abandon('the client went away before the order could be sent');
      return { denied: denial('CLIENT_GONE', 'the client went away before the order could be sent', rule) };
    },
  };
}

function unstoppable(operation: string): ReasonRecord {
  const message = `orders through ${operation} can be neither found again nor cancelled from here`;
  return { code: 'ORDER_UNSTOPPABLE', message, rule };
}

/** Characters of a client's name for itself that are kept. */
const maxClientLength = 200;

function clientOf({ head }: Exchange): string | undefined {
  return head.fields.get('user-agent')?.slice(0, maxClientLength);
}

function deniedBy(admission: Exclude<Admission, { kind: 'release' }>): Denial {
  if (admission.kind === 'pending') {
    const { code, message, order } = admission;
    return {
      ...denial(code, message, rule),
      verdict: 'hold',
      agentMessage: `Your order is held: ${message}.`,
      order,
    };
  }
  const { code, message, order } = admission;
  return {
    ...denial(code, message, admission.rule),
    agentMessage: refusedAs(code),
    ...(order === undefined ? {} : { order }),
  };
}

/** The agent learns which rule said no, never the operator's words. */
const refusedAs = (code: string): string => `The order rules of this sandbox refuse the order: ${code}.`;

/** Nothing that it places lacks a client order id. */
function isNamed({ action, clientOrderId, legs = [] }: OrderIntent): boolean {
  return (action !== 'place' || clientOrderId !== undefined) && legs.every(isNamed);
}

/**
 * Puts ids of our own into orders that have none, so that a lost outcome can be asked for. Only what still means the
 * same is taken (S8). Returns the orders as they are sent.
 */
function stampClientOrderIds(
  exchange: Exchange,
  intents: readonly OrderIntent[],
  order: string,
): readonly OrderIntent[] {
  const { venue, request, context, classification } = exchange;
  if (!venue?.admin?.withClientOrderIds || !request || !context || !classification) return intents;
  if (intents.every(isNamed)) return intents;
  const stamped = venue.admin.withClientOrderIds(request, () => newClientOrderId(order));
  if (stamped === undefined) return intents;
  const parsed = venue.parseOrders(stamped, context);
  const { operation } = classification;
  if (!parsed.ok || fingerprintOf(operation, parsed.intents) !== fingerprintOf(operation, intents))
    return intents;
  exchange.request = stamped;
  return parsed.intents;
}
