// What the sidecar says to one DNS message: own answers only, never a question to anyone else (S3, A5). Pure.
import { decode, encode } from 'dns-packet';

/** A denied question, for the journal. */
export interface DeniedQuestion {
  /** Lower case, no final dot. Up to 253 bytes that the agent chose. */
  name: string;
  /** Type as in RFC 1035, or `TYPE65` (RFC 3597 section 5). */
  type: string;
}

export interface DnsReply {
  /** The message to send back; absent when the sender deserves none. */
  message?: Buffer;
  denied?: DeniedQuestion;
}

/** Longest query read, in bytes; a question with EDNS options needs a few hundred. */
export const maxQueryBytes = 4096;

/** How long clients may keep an answer, in seconds: policy may change. */
const ttlSeconds = 5;

/** RFC 1035 4.1.1, RFC 6895 2.3. */
const rcodes = { noError: 0, formatError: 1, nameError: 3, notImplemented: 4, refused: 5 } as const;
const headerBytes = 12;
const classIn = 1;

/** Types that ask for more than one name's records or carry opaque bytes: NULL, OPT, TKEY … ANY (RFC 6895 3.1: 128–255 are meta types). */
function isRefusedType(type: number): boolean {
  return type === 0 || type === 10 || type === 41 || (type >= 128 && type <= 255);
}

/**
 * The reply to a message of any bytes.
 *
 * A of an allowed name is the sidecar's address; any other type of it is an empty NOERROR with a SOA (RFC 2308 2.2: no
 * data); a denied name does not exist. Meta types, NULL and classes other than IN are refused. What is not a query
 * gets no reply, so that two servers cannot be made to talk to each other.
 */
export function answerQuery(
  query: Buffer,
  options: { address: string; isAllowed(name: string): boolean },
): DnsReply {
  if (query.length < headerBytes || (query.readUInt16BE(2) & 0x8000) !== 0) return {};
  if (query.length > maxQueryBytes) return { message: bareReply(query, rcodes.formatError) };
  const opcode = (query.readUInt16BE(2) >> 11) & 0xf;
  if (opcode !== 0) return { message: bareReply(query, rcodes.notImplemented) };
  const question = readQuestion(query);
  if (question === undefined) return { message: bareReply(query, rcodes.formatError) };

  const name = question.name.toLowerCase();
  const isAllowed = options.isAllowed(name);
  const denied = isAllowed ? {} : { denied: { name, type: question.typeName } };
  const echo = query.subarray(0, question.end);
  if (question.class !== classIn || isRefusedType(question.type)) {
    return { message: echoReply(echo, rcodes.refused), ...denied };
  }
  if (!isAllowed) return { message: echoReply(echo, rcodes.nameError), ...denied };
  return { message: question.type === 1 ? addressReply(echo, options.address) : noDataReply(echo) };
}

interface Question {
  /** Case as sent (clients check it: draft-vixie-dnsext-dns0x20). */
  name: string;
  type: number;
  typeName: string;
  class: number;
  /** Offset of the byte after the question. */
  end: number;
}

/** Letters, digits, hyphen, underscore: what a host name can be. Labels of other bytes could read as other names. */
const hostLabels = /^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*$/;

/** The one question, when the whole message parses; undefined otherwise. */
function readQuestion(query: Buffer): Question | undefined {
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((at) => query.readUInt16BE(at));
  // RFC 9619: QDCOUNT of a QUERY is 1. Additional: OPT (RFC 6891), perhaps a signature (RFC 8945).
  if (questions !== 1 || answers !== 0 || authorities !== 0 || (additionals ?? 0) > 2) return undefined;
  let name: string;
  let typeName: string;
  try {
    const decoded = decode(query).questions?.[0];
    if (decoded === undefined || decode.bytes !== query.length) return undefined;
    name = decoded.name;
    typeName = decoded.type.replace(/^UNKNOWN_/, 'TYPE');
  } catch {
    return undefined;
  }
  if (name !== '.' && !hostLabels.test(name)) return undefined;
  // The name stands uncompressed at 12: nothing precedes it that it could point to. One dot inside a label would
  // make it longer or shorter than its text says.
  const nameBytes = name === '.' ? 1 : name.length + 2;
  const end = headerBytes + nameBytes + 4;
  if (end > query.length || !isSpelledOut(query, name)) return undefined;
  return { name, typeName, type: query.readUInt16BE(end - 4), class: query.readUInt16BE(end - 2), end };
}

function isSpelledOut(query: Buffer, name: string): boolean {
  let at = headerBytes;
  for (const label of name === '.' ? [] : name.split('.')) {
    if (query[at] !== label.length || query.toString('latin1', at + 1, at + 1 + label.length) !== label)
      return false;
    at += 1 + label.length;
  }
  return query[at] === 0;
}

function addressReply(echo: Buffer, address: string): Buffer {
  // RFC 1035 4.1.4: the owner is a pointer to the question's name, so the case is kept and 512 bytes are enough.
  const record = Buffer.from([0xc0, headerBytes, 0, 1, 0, classIn, 0, 0, 0, ttlSeconds, 0, 4]);
  const reply = Buffer.concat([
    echoReply(echo, rcodes.noError),
    record,
    Buffer.from(address.split('.').map(Number)),
  ]);
  reply.writeUInt16BE(1, 6);
  return reply;
}

function noDataReply(echo: Buffer): Buffer {
  const reply = Buffer.concat([echoReply(echo, rcodes.noError), soaRecord]);
  reply.writeUInt16BE(1, 8);
  return reply;
}

/** RFC 2308 3: the TTL of a SOA and its MINIMUM say how long "no data" may be kept. Its owner is the root, of which all we know is what we say. */
const soaRecord = encode({
  type: 'response',
  authorities: [
    {
      type: 'SOA',
      class: 'IN',
      name: '.',
      ttl: ttlSeconds,
      data: {
        mname: 'tradebox.internal',
        rname: 'tradebox.internal',
        serial: 1,
        refresh: 3600,
        retry: 600,
        expire: 86_400,
        minimum: ttlSeconds,
      },
    },
  ],
}).subarray(headerBytes);

/** Header and question as they came, as a reply. */
function echoReply(headerAndQuestion: Buffer, rcode: number): Buffer {
  const reply = Buffer.from(headerAndQuestion);
  setReplyFlags(reply, rcode);
  reply.writeUInt16BE(1, 4);
  reply.fill(0, 6, headerBytes);
  return reply;
}

/** The header alone, when the question cannot be trusted. */
function bareReply(query: Buffer, rcode: number): Buffer {
  const reply = Buffer.alloc(headerBytes);
  query.copy(reply, 0, 0, 4);
  setReplyFlags(reply, rcode);
  return reply;
}

/** QR, AA and RA set; opcode, RD and CD as sent (RFC 1035 4.1.1, RFC 4035 3.1.6). */
function setReplyFlags(reply: Buffer, rcode: number): void {
  const sent = reply.readUInt16BE(2);
  reply.writeUInt16BE(0x8480 | (sent & 0x7910) | rcode, 2);
}
