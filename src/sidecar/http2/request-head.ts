// The header block of an HTTP/2 request as the head of an HTTP/1.1 one, so that both go through one parser and one pipeline.
// Strict (RFC 9113 section 8): what two servers could read differently is refused, never mended. No I/O.
import { type Fields, Malformed, scanFields } from '../http1/fields.js';

const pseudoFields = new Set([':method', ':scheme', ':authority', ':path']);
/** Fields of one connection, which HTTP/2 forbids (RFC 9113 section 8.2.2). */
const connectionFields = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);
const fieldName = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** No control characters, and no white space at the ends (RFC 9113 section 8.2.1). */
const fieldValue = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/**
 * @param raw names and values in turn, as they came, duplicates included; latin1.
 * @param hasBody false when the header block ended the stream.
 */
export function requestHeadOf(raw: readonly string[], hasBody: boolean): Buffer | Malformed {
  const pseudo = new Map<string, string>();
  const cookies: string[] = [];
  const hosts: string[] = [];
  let lines = '';
  let length: string | undefined;
  let isRegular = false;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    const value = raw[at + 1] ?? '';
    if (!fieldValue.test(value)) return new Malformed('BAD_FIELD_VALUE');
    if (name.startsWith(':')) {
      if (isRegular || !pseudoFields.has(name) || pseudo.has(name)) return new Malformed('PSEUDO_FIELD');
      pseudo.set(name, value);
      continue;
    }
    isRegular = true;
    if (!fieldName.test(name)) return new Malformed('BAD_FIELD_NAME');
    if (connectionFields.has(name)) return new Malformed('CONNECTION_FIELD');
    if (name === 'te') {
      if (value.toLowerCase() !== 'trailers') return new Malformed('CONNECTION_FIELD');
    } else if (name === 'cookie') {
      cookies.push(value);
    } else if (name === 'host') {
      hosts.push(value);
    } else {
      if (name === 'content-length') length = value;
      lines += `${name}: ${value}\r\n`;
    }
  }
  const start = startLines(pseudo, hosts);
  if (start instanceof Malformed) return start;
  if (!hasBody && length !== undefined && length !== '0') return new Malformed('LENGTH_BAD');
  // Crumbs of one field (RFC 9113 section 8.2.3): whole again before anybody looks for a decoy in them.
  if (cookies.length > 0) lines += `cookie: ${cookies.join('; ')}\r\n`;
  if (hasBody && length === undefined) lines += 'transfer-encoding: chunked\r\n';
  return Buffer.from(`${start}${lines}\r\n`, 'latin1');
}

/** Start line and Host field. A Host field beside `:authority` must say the same. */
function startLines(pseudo: ReadonlyMap<string, string>, hosts: readonly string[]): string | Malformed {
  const method = pseudo.get(':method');
  const target = pseudo.get(':path');
  const authority = pseudo.get(':authority') ?? hosts[0];
  if (pseudo.get(':scheme') !== 'https' || method === undefined || target === undefined) {
    return new Malformed('PSEUDO_FIELD');
  }
  if (authority === undefined) return new Malformed('HOST_MISSING');
  if (hosts.length > 1 || hosts.some((host) => host !== authority)) return new Malformed('HOST_DUPLICATE');
  // The request line has no room for a space: it would end the target early.
  if (/[^\x21-\x7e]/.test(method) || /[^\x21-\x7e]/.test(target)) return new Malformed('BAD_TARGET');
  return `${method} ${target} HTTP/1.1\r\nhost: ${authority}\r\n`;
}

/** The fields of a trailer block, names and values in turn. */
export function trailerFieldsOf(raw: readonly string[]): Fields | Malformed {
  let lines = '';
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    const value = raw[at + 1] ?? '';
    if (!fieldName.test(name) || !fieldValue.test(value)) return new Malformed('TRAILER_BAD');
    lines += `${name}: ${value}\r\n`;
  }
  const bytes = Buffer.from(`${lines}\r\n`, 'latin1');
  return scanFields(bytes, 0, bytes.length);
}
