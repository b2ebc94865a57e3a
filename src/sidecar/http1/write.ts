// Writes heads: fields are copied as they came, except those of one hop and those that the sidecar decides. No I/O.
import { type HeaderList, type HttpAnswer, lowerCaseOf } from '../../core/http.js';
import { ownUserAgent } from '../../venues/client-headers.js';
import { type PlacedDecoy, placedSecret, placedTarget } from '../credentials.js';
import type { HostRule } from '../settings.js';
import { overridingFields } from '../stages/identify.js';
import type { Fields } from './fields.js';
import type { Framing } from './framing.js';
import type { AnswerHead, RequestHead } from './head.js';

/** Fields of one hop (RFC 9110 section 7.6.1), and those that the sidecar writes itself. */
const requestFieldsDropped = new Set([
  'host',
  'connection',
  'proxy-connection',
  'proxy-authorization',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'content-length',
  'upgrade',
  'expect',
  // S6: answers are searched for secrets, so they are asked for in plain.
  'accept-encoding',
  'grpc-accept-encoding',
]);

const answerFieldsDropped = new Set([
  'connection',
  'proxy-connection',
  'proxy-authenticate',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'content-length',
  'upgrade',
  // Would lead clients to QUIC and to other ports.
  'alt-svc',
]);

/** Ask for a part: RFC 9110 section 14, Netscape's own that Apache httpd still heeds, Azure Blob Storage's own (its REST reference). */
const rangeFields = new Set(['range', 'if-range', 'request-range', 'x-ms-range']);

/** Say how a body was coded, and that parts of it, so coded, can be had. */
const ofCodedBody = new Set(['content-encoding', 'accept-ranges']);

/** The Host field for an origin; the default port is left out. */
export function hostField(host: string, port: number): string {
  return port === 443 ? host : `${host}:${port}`;
}

/** Instead of the agent's own, at a registry of which a lock file opens parts: in fields anything can be told. */
const ownFields = `user-agent: ${ownUserAgent}\r\naccept: */*\r\n`;

/**
 * A client's request head as it goes upstream, in latin1. `isWhole`: without the range that it asks for. S4: of a request that a
 * rule of tarballs lets out, no field goes along.
 */
export function writeRequestHead(
  head: RequestHead,
  origin: { host: string; port: number; rule?: Pick<HostRule, 'tarballs'> | undefined },
  target: { path: string; query: string },
  placed: readonly PlacedDecoy[],
  isWhole = false,
): string {
  const { fields } = head;
  const sent = placed.some(({ spot }) => spot !== undefined) ? placedTarget(target, placed) : target;
  let out = `${startLine(head.method, sent)}host: ${hostField(origin.host, origin.port)}\r\n`;
  const isBare = origin.rule?.tarballs !== undefined;
  if (isBare) out += ownFields;
  for (let index = isBare ? fields.count : 0; index < fields.count; index += 1) {
    const name = fields.names[index] ?? '';
    if (requestFieldsDropped.has(name) || (isWhole && rangeFields.has(name))) continue;
    const own = placed.length === 0 ? undefined : placed.find(({ field }) => field === index);
    out += own === undefined ? `${fields.line(index)}\r\n` : `${name}: ${placedSecret(own.credential)}\r\n`;
  }
  const isEmptyPost = head.framing.kind === 'none' && !bodiless.has(head.method);
  return `${out}accept-encoding: identity\r\n${isEmptyPost ? 'content-length: 0\r\n' : framingField(head.framing)}\r\n`;
}

/** The head of a request that a venue leaf signed, in latin1. */
export function writeSignedHead(
  signed: { method: string; path: string; query: string; headers: HeaderList; body: Buffer },
  origin: { host: string; port: number },
): string {
  let out = `${startLine(signed.method, signed)}host: ${hostField(origin.host, origin.port)}\r\n`;
  for (const [name, value] of signed.headers) {
    if (!requestFieldsDropped.has(lowerCaseOf(name))) out += `${name}: ${value}\r\n`;
  }
  const hasBody = signed.body.length > 0 || !bodiless.has(signed.method);
  const length = hasBody ? `content-length: ${signed.body.length}\r\n` : '';
  return `${out}accept-encoding: identity\r\n${length}\r\n`;
}

const bodiless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS']);

function startLine(method: string, { path, query }: { path: string; query: string }): string {
  return `${method} ${query === '' ? path : `${path}?${query}`} HTTP/1.1\r\n`;
}

function framingField(framing: Framing): string {
  if (framing.kind === 'chunked') return 'transfer-encoding: chunked\r\n';
  return framing.kind === 'length' ? `content-length: ${framing.length}\r\n` : '';
}

/** An upstream's answer head as it goes to the client, in latin1. `framing` is the one the body will really have. */
export function writeAnswerHead(
  head: AnswerHead,
  framing: Framing,
  options: { close: boolean; decoded: boolean; declaredLength?: string | undefined },
): string {
  const { fields } = head;
  let out = `HTTP/1.1 ${head.statusLine}\r\n`;
  for (let index = 0; index < fields.count; index += 1) {
    const name = fields.names[index] ?? '';
    if (answerFieldsDropped.has(name) || (options.decoded && ofCodedBody.has(name))) continue;
    out += `${fields.line(index)}\r\n`;
  }
  if (options.declaredLength !== undefined) out += `content-length: ${options.declaredLength}\r\n`;
  return `${out}${framingField(framing)}${options.close ? 'connection: close\r\n' : ''}\r\n`;
}

/** An answer of our own, whole. */
export function writeAnswer(answer: HttpAnswer, options: { close: boolean; isHead: boolean }): Buffer {
  let out = `HTTP/1.1 ${answer.status} ${reasonPhrases[answer.status] ?? 'Refused'}\r\n`;
  for (const [name, value] of answer.headers) out += `${name}: ${value}\r\n`;
  out += `content-length: ${answer.body.length}\r\n${options.close ? 'connection: close\r\n' : ''}\r\n`;
  const head = Buffer.from(out, 'latin1');
  return options.isHead ? head : Buffer.concat([head, answer.body]);
}

const reasonPhrases: Readonly<Record<number, string>> = {
  200: 'OK',
  202: 'Accepted',
  400: 'Bad Request',
  403: 'Forbidden',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** Trailer fields that may follow a chunked body: none that frame, route or authenticate (RFC 9110 section 6.5.1), none that a head is refused for (ATTACKS D8), and no credential's own. */
export function writeTrailers(trailers: Fields | undefined, own: readonly { header: string }[] = []): string {
  if (trailers === undefined) return '';
  let out = '';
  for (let index = 0; index < trailers.count; index += 1) {
    const name = trailers.names[index] ?? '';
    if (
      answerFieldsDropped.has(name) ||
      forbiddenTrailers.has(name) ||
      own.some(({ header }) => header === name)
    )
      continue;
    out += `${trailers.line(index)}\r\n`;
  }
  return out;
}

const forbiddenTrailers = new Set([
  ...overridingFields,
  'host',
  'authorization',
  'proxy-authorization',
  'cookie',
  'expect',
  'set-cookie',
  'content-encoding',
  'content-type',
  'content-range',
]);
