// Fuzzes of names: queries of any bytes to our name server, and upstream answers that lie about where a host is.
import { isIPv4 } from 'node:net';
import { encode } from 'dns-packet';
import fc from 'fast-check';
import { publicAddresses } from '../../src/sidecar/dial.js';
import { answerQuery } from '../../src/sidecar/dns-answer.js';
import { type Fuzz, mutate, mutations } from './fuzz.js';

const address = '10.1.2.3';
const allowed = new Set(['api.example.com', 'llm.example.com']);
const names = fc.oneof(
  fc.constantFrom(...allowed, 'evil.example.com', 'example.com', '', 'API.example.COM'),
  fc.domain(),
  fc.array(fc.string({ maxLength: 70 }), { maxLength: 6 }).map((labels) => labels.join('.')),
);
const types = fc.constantFrom(
  'A',
  'AAAA',
  'TXT',
  'MX',
  'NULL',
  'ANY',
  'CNAME',
  'SRV',
  'AXFR',
  'HTTPS',
  'NS',
  'SOA',
);

function queryOf(name: string, type: string, id: number): Buffer {
  try {
    return encode({ type: 'query', id, questions: [{ type: type as 'A', name, class: 'IN' }] });
  } catch {
    return Buffer.from(name);
  }
}

const queries = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(names, types, fc.nat(65_535), mutations())
      .map(([name, type, id, changes]) => mutate(queryOf(name, type, id), changes)),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)) },
);

/** The first name of a message, read as naively as a client would. */
function askedName(query: Buffer): string {
  const labels: string[] = [];
  let at = 12;
  while ((query[at] ?? 0) > 0 && labels.length < 130) {
    const length = query[at] ?? 0;
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return labels.join('.').toLowerCase();
}

const dnsQueries: Fuzz = {
  name: 'dns-queries',
  property: () =>
    fc.property(queries, (query) => {
      const copy = Buffer.from(query);
      const { message } = answerQuery(query, { address, isAllowed: (name) => allowed.has(name) });
      if (!query.equals(copy)) throw new Error('the query was changed');
      if (message === undefined) return;
      if (message.length > 1024) throw new Error('an answer of that size amplifies');
      if ((message.readUInt16BE(2) & 0x8000) === 0) throw new Error('the answer is no answer');
      const records = message.readUInt16BE(6);
      if (records === 0) return;
      if (!allowed.has(askedName(query))) throw new Error('a denied name was answered');
      const tail = message.subarray(-4);
      if (records !== 1 || [...tail].join('.') !== address) throw new Error('another address was answered');
    }),
};

const octet = fc.nat(255);
const addresses = fc.oneof(
  fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.')),
  // Around the edges of the special ranges.
  fc
    .tuple(
      fc.constantFrom(0, 9, 10, 100, 127, 169, 172, 192, 224),
      fc.oneof(octet, fc.constantFrom(15, 16, 31, 32, 63, 64, 168, 254)),
      octet,
      octet,
    )
    .map((parts) => parts.join('.')),
  fc.constantFrom(
    '127.0.0.1',
    '10.0.0.1',
    '169.254.169.254',
    '192.168.1.1',
    '172.16.0.1',
    '0.0.0.0',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
  ),
  fc.ipV6(),
  fc.constantFrom(
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    'fe80::1%eth0',
  ),
  fc.string({ maxLength: 20 }),
);

/** Private, local or special, by plain arithmetic: shares no table with the code under test. */
function isSpecial(text: string): boolean {
  if (!isIPv4(text)) {
    const first = Number.parseInt(text.split(':')[0] || '0', 16);
    return !(first >= 0x2000 && first <= 0x3fff) || first === 0x2002 || text.includes('%');
  }
  const [a = 0, b = 0] = text.split('.').map(Number);
  return (
    a === 0 ||
    a === 10 ||
    a === 127 ||
    a >= 224 ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168)
  );
}

const dnsAnswers: Fuzz = {
  name: 'dns-answers',
  property: () =>
    fc.asyncProperty(fc.array(addresses, { maxLength: 5 }), async (answers) => {
      let dialled: readonly string[];
      try {
        dialled = await publicAddresses('api.example.com', async () => answers);
      } catch {
        return;
      }
      const bad = dialled.find(isSpecial) ?? answers.find(isSpecial);
      if (bad !== undefined) throw new Error(`an answer with ${bad} in it was dialled`);
    }),
};

export const dnsFuzzes: readonly Fuzz[] = [dnsQueries, dnsAnswers];
