// Parses the head of a request or an answer from its whole bytes. Strict: what is ambiguous is refused, never mended. No I/O.
import { type Fields, Malformed, maxMethodBytes, scanFields, tokenBytes } from './fields.js';
import { answerFraming, type Framing, requestFraming } from './framing.js';

export interface RequestHead {
  method: string;
  /** The request target as sent: visible ASCII, still percent-encoded. */
  target: string;
  /** Value of the one Host field. */
  host: string;
  fields: Fields;
  framing: Framing;
  /** The client will close after this answer. */
  close: boolean;
  expectsContinue: boolean;
  /** The client asks to leave HTTP, e.g. for a WebSocket; the protocol's name. */
  upgrade?: string;
  /** The request came by HTTP/2. */
  isHttp2?: boolean;
}

export interface AnswerHead {
  status: number;
  /** `200 OK`: status and reason as sent. */
  statusLine: string;
  fields: Fields;
  framing: Framing;
  /** The upstream connection may be used again after this answer. */
  keepAlive: boolean;
}

const SP = 32;
const CR = 13;
const LF = 10;
const requestVersion = ' HTTP/1.1';
// Python's http.client before 3.12 opens its tunnels so, without a Host field.
const oldTunnelVersion = ' HTTP/1.0';

/** Parses `head`, which ends with CRLFCRLF. HTTP/1.0 is refused, but for CONNECT: it has no framing that proxies agree on. */
export function parseRequestHead(head: Buffer): RequestHead | Malformed {
  let at = 0;
  for (let byte = head[at] ?? 0; tokenBytes[byte] === 1 && !isLowerCase(byte); byte = head[at] ?? 0) at += 1;
  if (at === 0 || at > maxMethodBytes || head[at] !== SP) return new Malformed('BAD_METHOD');
  const text = head.toString('latin1');
  const method = text.slice(0, at);
  const targetStart = at + 1;
  at = targetStart;
  while (isTargetByte(head[at])) at += 1;
  if (at === targetStart || head[at] !== SP) return new Malformed(head[at] === LF ? 'BARE_LF' : 'BAD_TARGET');
  // A copy of its own: what is kept of a target must not keep the whole head.
  const target = head.toString('latin1', targetStart, at);
  const lineEnd = at + requestVersion.length;
  const isTunnel = method === 'CONNECT';
  if (!text.startsWith(requestVersion, at) && !(isTunnel && text.startsWith(oldTunnelVersion, at)))
    return new Malformed('BAD_VERSION');
  if (head[lineEnd] !== CR || head[lineEnd + 1] !== LF) {
    return new Malformed(head[lineEnd] === LF ? 'BARE_LF' : 'BAD_START_LINE');
  }
  const fields = scanFields(head, lineEnd + 2, head.length, text);
  if (fields instanceof Malformed) return fields;
  const framing = requestFraming(fields);
  if (framing instanceof Malformed) return framing;
  return withRequestFields(method, target, fields, framing);
}

function withRequestFields(
  method: string,
  target: string,
  fields: Fields,
  framing: Framing,
): RequestHead | Malformed {
  let host: string | undefined;
  let close = false;
  let expectsContinue = false;
  let upgrade: string | undefined;
  for (let index = 0; index < fields.count; index += 1) {
    switch (fields.names[index]) {
      case 'host':
        if (host !== undefined) return new Malformed('HOST_DUPLICATE');
        host = fields.value(index);
        break;
      case 'connection':
      case 'proxy-connection':
        for (const option of fields.value(index).toLowerCase().split(',')) {
          const name = option.trim();
          if (name === 'close') close = true;
          // An option naming any other field would let the client strip it in passing.
          else if (!knownConnectionOptions.has(name)) return new Malformed('CONNECTION_OPTION');
        }
        break;
      case 'expect':
        if (fields.value(index).toLowerCase() !== '100-continue') return new Malformed('EXPECT_UNKNOWN');
        expectsContinue = true;
        break;
      case 'upgrade':
        upgrade = fields.value(index);
        break;
      case 'content-type':
      case 'content-encoding':
      case 'grpc-encoding':
        // Of two, one parser takes the first, another the last.
        if (fields.names.includes(fields.names[index] ?? '', index + 1))
          return new Malformed('FIELD_DUPLICATE');
        break;
      default:
    }
  }
  if (method === 'CONNECT') host ??= target;
  if (host === undefined || host === '') return new Malformed('HOST_MISSING');
  const read: RequestHead = {
    method,
    target,
    host,
    fields,
    framing,
    close,
    expectsContinue,
  };
  if (upgrade !== undefined) read.upgrade = upgrade;
  return read;
}

function isLowerCase(byte: number): boolean {
  return byte >= 97 && byte <= 122;
}

const knownConnectionOptions = new Set(['', 'keep-alive', 'te', 'upgrade']);

/** Visible ASCII without `#` (no fragment on the wire) and `\` (some servers read it as `/`). */
function isTargetByte(byte: number | undefined): boolean {
  return byte !== undefined && byte > SP && byte < 127 && byte !== 35 && byte !== 92;
}

const statusLine = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;

/** The start line that was read last: mostly the next one says the same. */
let knownStart = { line: 'HTTP/1.1 200 OK', status: 200, statusLine: '200 OK', isOld: false };

/** `text` is `head` as latin1. */
function readStatusLine(head: Buffer, text: string, lineEnd: number): typeof knownStart | undefined {
  if (lineEnd === knownStart.line.length && text.startsWith(knownStart.line)) return knownStart;
  // A text of its own: a slice would keep the whole head.
  const line = head.toString('latin1', 0, Math.max(0, lineEnd));
  const match = statusLine.exec(line);
  if (match === null) return undefined;
  const [, minor, code, reason = ''] = match;
  knownStart = { line, status: Number(code), statusLine: `${code} ${reason}`, isOld: minor === '0' };
  return knownStart;
}

/** Parses an upstream's answer head to a request of `method`. */
export function parseAnswerHead(head: Buffer, method: string): AnswerHead | Malformed {
  const text = head.toString('latin1');
  const lineEnd = text.indexOf('\r');
  if (head[lineEnd + 1] !== LF) return new Malformed('BAD_START_LINE');
  const start = readStatusLine(head, text, lineEnd);
  if (start === undefined) return new Malformed('BAD_STATUS');
  const fields = scanFields(head, lineEnd + 2, head.length, text);
  if (fields instanceof Malformed) return fields;
  const { status, isOld } = start;
  const framing = answerFraming(fields, method, status);
  if (framing instanceof Malformed) return framing;
  if (isOld && framing.kind === 'chunked') return new Malformed('CODING_UNKNOWN');
  const options = fields.get('connection')?.toLowerCase() ?? '';
  return {
    status,
    statusLine: start.statusLine,
    fields,
    framing,
    keepAlive: !isOld && framing.kind !== 'close' && !options.includes('close'),
  };
}
