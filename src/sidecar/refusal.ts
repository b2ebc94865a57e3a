// What the agent is told when the sidecar says no: generic, with a request id that lets the operator find the reason in the journal.
import { type HttpAnswer, jsonAnswer } from '../core/http.js';
import type { Refusal, Venue } from '../venues/venue.js';
import type { Denial, Exchange } from './stage.js';

interface Words {
  code: string;
  message: string;
}

const words: Readonly<Record<number, Words>> = {
  400: { code: 'TRADEBOX_MALFORMED', message: 'The request is malformed or ambiguous.' },
  403: { code: 'TRADEBOX_DENIED', message: 'The policy of this sandbox does not permit the request.' },
  413: { code: 'TRADEBOX_TOO_LARGE', message: 'The request body is too large.' },
  415: { code: 'TRADEBOX_CODING', message: 'Compressed request bodies are not accepted.' },
  429: { code: 'TRADEBOX_RATE', message: 'Too many requests for this host; try again later.' },
  501: { code: 'TRADEBOX_UNSUPPORTED', message: 'This sandbox does not carry WebSockets of this venue.' },
  502: { code: 'TRADEBOX_UPSTREAM', message: 'The upstream could not be reached or gave a broken answer.' },
  503: { code: 'TRADEBOX_UNAVAILABLE', message: 'The sandbox cannot serve the request now.' },
  504: { code: 'TRADEBOX_TIMEOUT', message: 'The upstream did not answer in time.' },
};

const fallback: Words = { code: 'TRADEBOX_DENIED', message: 'The request was refused.' };

/** The refusal for a status. A venue's clients get it in the venue's own shape, unless the fault is the upstream's. */
export function refusalAnswer(
  status: number,
  requestId: string,
  venue?: Venue,
  agentMessage?: string,
): HttpAnswer {
  const { code, message: generic } = words[status] ?? fallback;
  const message = agentMessage ?? generic;
  if (venue !== undefined && (status < 500 || status === 501))
    return venue.refuse({ code, message, requestId });
  return jsonAnswer(status, { error: { type: 'tradebox', code, message, request_id: requestId } });
}

/** What a denied request is answered with: of a venue's rate limit its clients are told as the venue would. */
export function denialAnswer(
  { status, agentMessage, retryMs }: Denial,
  { id, venue }: Pick<Exchange, 'id' | 'venue'>,
): HttpAnswer {
  if (venue === undefined || retryMs === undefined) return refusalAnswer(status, id, venue, agentMessage);
  return venue.rateLimits.refuse(messageRefusal(status, id, agentMessage), retryMs);
}

/** The refusal of a message on a socket, in general words: its venue gives it a shape. */
export function messageRefusal(status: number, requestId: string, agentMessage?: string): Refusal {
  const { code, message } = words[status] ?? fallback;
  return { code, message: agentMessage ?? message, requestId };
}

/** For an order whose answer was lost: its client must not send it again (S8). */
function outcomeUnknownAnswer(requestId: string, venue: Venue): HttpAnswer {
  const message =
    'The outcome of this request is unknown. Read its state from the venue; do not send it again.';
  return venue.refuse({ code: 'TRADEBOX_OUTCOME_UNKNOWN', message, requestId });
}

/** For a protocol that is not carried: says which, because its client can do nothing about it. */
export function protocolAnswer(requestId: string, message: string): HttpAnswer {
  const code = 'TRADEBOX_PROTOCOL';
  return jsonAnswer(501, { error: { type: 'tradebox', code, message, request_id: requestId } });
}

/** For a request that was let out and got no answer of the venue; `sent`: some of its bytes may have arrived. */
export function failureAnswer(
  { id, venue, classification }: Pick<Exchange, 'id' | 'venue' | 'classification'>,
  problem: string,
  sent: boolean,
): HttpAnswer {
  const isOrder = classification !== undefined && classification.class !== 'read';
  if (isOrder && sent && venue !== undefined) return outcomeUnknownAnswer(id, venue);
  const isOwn = problem === 'JOURNAL_UNAVAILABLE' || problem === 'SECRET_ROTATED';
  const status = problem === 'UPSTREAM_TIMEOUT' ? 504 : isOwn ? 503 : 502;
  return refusalAnswer(status, id, venue);
}
