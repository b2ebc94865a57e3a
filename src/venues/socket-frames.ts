// What a venue's socket leaf is made of: frames read one way only, lists of channels by table, orders as the REST requests they stand for.
import type { HttpRequest } from '../core/http.js';
import {
  formatStrictJson,
  isStrictObject,
  JsonNumber,
  parseStrictJson,
  type StrictJson,
  type StrictObject,
} from './json-strict.js';
import type { Authentication, SocketMessage, SocketOperation } from './venue.js';

export function unknownMessage(reason: string): SocketMessage {
  return { kind: 'unknown', operation: 'unknown', reason };
}

/** Reads a message that is one JSON object; every other one is unknown. */
export function readFrame(text: string, read: (frame: StrictObject) => SocketMessage): SocketMessage {
  const parsed = parseStrictJson(Buffer.from(text));
  if (!parsed.ok) return unknownMessage(`the message is refused: ${parsed.message}`);
  return isStrictObject(parsed.value) ? read(parsed.value) : unknownMessage('the message is not an object');
}

/** A message that moves nothing. What is sent is written from what was parsed (C3). */
export function readMessage(operation: string, frame: StrictObject): SocketMessage {
  return { kind: 'read', operation, text: formatStrictJson(frame) };
}

/** A venue's answers are nested deeper than what clients may send. */
const deepest = 16;

/** The members of an answer, or of a message whose refusal repeats its id; none when it cannot be read. */
export function membersOf(text: string): StrictObject {
  const parsed = parseStrictJson(Buffer.from(text), { maxDepth: deepest });
  return parsed.ok && isStrictObject(parsed.value) ? parsed.value : new Map<string, StrictJson>();
}

/** Whether the frame has none but these members. */
export function hasOnly(frame: StrictObject, names: readonly string[]): boolean {
  return [...frame.keys()].every((name) => names.includes(name));
}

export const isCount = (value: StrictJson | undefined): boolean =>
  value instanceof JsonNumber && /^\d{1,15}$/.test(value.text);

/** The name by which a client finds the answer to its message: a short plain text or a whole number. */
export function isMessageId(value: StrictJson | undefined): boolean {
  return isCount(value) || (typeof value === 'string' && /^[A-Za-z0-9._:-]{1,64}$/.test(value));
}

/** Texts and numbers as they were written. */
export function textOf(value: StrictJson | undefined): string | undefined {
  if (value instanceof JsonNumber) return value.text;
  return typeof value === 'string' ? value : undefined;
}

/** Why a list of channels may not pass, or undefined. */
export function problemOfTopics(
  list: StrictJson | undefined,
  isKnown: (topic: string) => boolean,
  most = 500,
): string | undefined {
  if (!Array.isArray(list)) return 'the message has no list of channels';
  const topics = list as readonly StrictJson[];
  if (topics.length === 0 || topics.length > most) return 'the number of channels is out of bounds';
  return topics.every((topic) => typeof topic === 'string' && isKnown(topic))
    ? undefined
    : 'the socket has no row for a channel';
}

/** Rows of one socket: what asks, tells or logs in, and what trades, each with the REST request that it stands for. */
export function socketRows(
  path: string,
  reads: Iterable<string>,
  trades: Iterable<readonly [operation: string, rest: string]> = [],
): SocketOperation[] {
  return [
    ...[...reads].map((operation) => ({ path, operation })),
    ...[...trades].map(([operation, rest]) => ({ path, operation, rest })),
  ];
}

/** Subscriptions to each of the channels, and their ends. */
export function subscriptionsTo(channels: Iterable<string>): string[] {
  return [...channels].flatMap((channel) => [`subscribe ${channel}`, `unsubscribe ${channel}`]);
}

/** The REST request that an order on a socket stands for. */
export function postOf(host: string, path: string, body: StrictJson): HttpRequest {
  return {
    method: 'POST',
    host,
    port: 443,
    path,
    query: '',
    headers: [['content-type', 'application/json']],
    body: Buffer.from(formatStrictJson(body)),
  };
}

/** The body of that request as it left the gate. @throws a plain Error on a body that parseOrders refuses */
export function bodyOf({ body }: HttpRequest): StrictJson {
  const parsed = parseStrictJson(body);
  if (!parsed.ok) throw new Error('an order reached the socket with a body that parseOrders refuses');
  return parsed.value;
}

/** The answer's members when it repeats the message's id under `name`; numbers may come back as text. */
export function answerTo(text: string, name: string, id: StrictJson): StrictObject | undefined {
  const wanted = textOf(id);
  if (wanted === undefined || !text.includes(wanted)) return undefined;
  const frame = membersOf(text);
  return textOf(frame.get(name)) === wanted ? frame : undefined;
}

export function invalid(reason: string): Authentication {
  return { kind: 'invalid', reason };
}
