// Every reply the name server can give, as values; and that no bytes at all make it throw.
import { decode, encode, type Packet, type Question } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerQuery } from '../../../src/sidecar/dns-answer.js';

const asked: string[] = [];
const policy = {
  address: '172.30.0.2',
  isAllowed: (name: string) => {
    asked.push(name);
    return name === 'www.okx.com';
  },
};

const query = (name: string, type: string, extra: Partial<Packet> = {}, klass = 'IN'): Buffer =>
  encode({
    type: 'query',
    id: 4711,
    flags: 0x0100,
    questions: [{ name, type, class: klass } as Question],
    ...extra,
  });

const reply = (bytes: Buffer) => {
  const { message, denied } = answerQuery(bytes, policy);
  if (message === undefined) return { denied };
  // The library's types leave these fields of its own result out.
  const packet = decode(message) as Packet as Packet & { rcode: string; flag_qr: boolean; flag_ra: boolean };
  return { packet, rcode: packet.rcode, denied, message };
};

test('A of an allowed name is the sidecar, for five seconds', () => {
  const { packet, rcode, denied } = reply(query('www.okx.com', 'A'));
  expect(rcode).toBe('NOERROR');
  expect(denied).toBeUndefined();
  expect(packet?.id).toBe(4711);
  expect(packet?.flag_qr && packet.flag_ra).toBe(true);
  expect(packet?.answers).toMatchObject([{ name: 'www.okx.com', type: 'A', ttl: 5, data: '172.30.0.2' }]);
});

test('the case of the question is kept, the policy sees lower case', () => {
  asked.length = 0;
  const { packet } = reply(query('wWw.OKx.cOM', 'A'));
  expect(packet?.questions?.[0]?.name).toBe('wWw.OKx.cOM');
  expect(packet?.answers?.[0]?.name).toBe('wWw.OKx.cOM');
  expect(asked).toEqual(['www.okx.com']);
});

test.each(['AAAA', 'TXT', 'MX', 'SRV', 'CNAME', 'NS', 'SOA', 'PTR', 'CAA', 'UNKNOWN_65', 'UNKNOWN_64'])(
  '%s of an allowed name is an empty NOERROR with a SOA',
  (type) => {
    const { packet, rcode, denied } = reply(query('www.okx.com', type));
    expect(rcode).toBe('NOERROR');
    expect(packet?.answers).toEqual([]);
    expect(packet?.authorities).toMatchObject([{ type: 'SOA', ttl: 5 }]);
    expect(denied).toBeUndefined();
  },
);

test.each(['A', 'AAAA', 'TXT', 'MX', 'UNKNOWN_65'])(
  '%s of a denied name does not exist and is told',
  (type) => {
    const { packet, rcode, denied } = reply(query('c2VjcmV0.Evil.example', type));
    expect(rcode).toBe('NXDOMAIN');
    expect(packet?.answers).toEqual([]);
    expect(denied).toEqual({ name: 'c2vjcmv0.evil.example', type: type.replace('UNKNOWN_', 'TYPE') });
  },
);

test.each(['okx.com', 'www.okx.com.evil.example', 'xwww.okx.com', 'www-okx.com', '.'])(
  'a name that only resembles an allowed one does not exist: %s',
  (name) => {
    expect(reply(query(name, 'A')).rcode).toBe('NXDOMAIN');
  },
);

test.each(['NULL', 'ANY', 'AXFR', 'IXFR', 'TKEY', 'UNKNOWN_0', 'UNKNOWN_253'])('%s is refused', (type) => {
  expect(reply(query('www.okx.com', type)).rcode).toBe('REFUSED');
  expect(reply(query('www.okx.com', type)).denied).toBeUndefined();
  const elsewhere = reply(query('evil.example', type));
  expect(elsewhere.rcode).toBe('REFUSED');
  expect(elsewhere.denied?.name).toBe('evil.example');
});

test.each(['CH', 'HS', 'CS', 'ANY'])('class %s is refused', (klass) => {
  expect(reply(query('www.okx.com', 'A', {}, klass)).rcode).toBe('REFUSED');
});

test('a class with the multicast bit is not IN', () => {
  const bytes = query('www.okx.com', 'A');
  bytes.writeUInt16BE(0x8001, bytes.length - 2);
  expect(reply(bytes).rcode).toBe('REFUSED');
});

test('EDNS questions are answered', () => {
  const additionals = [{ type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options: [] }];
  expect(reply(query('www.okx.com', 'A', { additionals } as unknown as Partial<Packet>)).rcode).toBe(
    'NOERROR',
  );
});

describe('what is not one clean question', () => {
  const header = (flags: number, counts = [1, 0, 0, 0]): Buffer => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16BE(7, 0);
    bytes.writeUInt16BE(flags, 2);
    counts.forEach((count, at) => {
      bytes.writeUInt16BE(count, 4 + 2 * at);
    });
    return bytes;
  };
  const tail = Buffer.from([0, 1, 0, 1]);
  const message = (name: number[] | Buffer, counts?: number[]): Buffer =>
    Buffer.concat([header(0x0100, counts), Buffer.from(name), tail]);
  const label = (text: string): number[] => [text.length, ...Buffer.from(text, 'latin1')];
  const allowed = [...label('www'), ...label('okx'), ...label('com'), 0];

  test('the fixture itself is allowed', () => {
    expect(reply(message(allowed)).rcode).toBe('NOERROR');
  });

  test('a reply, or less than a header, gets no answer', () => {
    expect(reply(Buffer.concat([header(0x8100), Buffer.from(allowed), tail]))).toEqual({ denied: undefined });
    for (let length = 0; length < 12; length++) expect(reply(Buffer.alloc(length)).packet).toBeUndefined();
  });

  test('other opcodes are not implemented', () => {
    for (const opcode of [1, 2, 4, 5, 15]) {
      expect(reply(Buffer.concat([header(opcode << 11), Buffer.from(allowed), tail])).rcode).toBe('NOTIMP');
    }
  });

  test.each([
    ['no question', [0, 0, 0, 0]],
    ['two questions', [2, 0, 0, 0]],
    ['an answer', [1, 1, 0, 0]],
    ['an authority', [1, 0, 1, 0]],
    ['a missing additional', [1, 0, 0, 1]],
    ['65,535 additionals', [1, 0, 0, 65_535]],
  ])('%s', (_, counts) => {
    expect(reply(message(allowed, counts)).rcode).toBe('FORMERR');
  });

  test('several questions, or records that a question does not have', () => {
    const question = { name: 'www.okx.com', type: 'A' } as const;
    const record = { name: 'www.okx.com', type: 'A', data: '192.0.2.1' } as const;
    const messages: Packet[] = [
      { questions: [question, question] },
      { questions: [question, { ...question, name: 'evil.example' }] },
      { questions: [question], answers: [record] },
      { questions: [question], authorities: [record] },
      { questions: [question], additionals: [record, record, record] },
    ];
    for (const one of messages) expect(reply(encode({ type: 'query', ...one })).rcode).toBe('FORMERR');
  });

  test.each([
    ['a pointer to itself', [0xc0, 12]],
    ['a pointer forward', [0xc0, 14]],
    ['a pointer into the header', [0xc0, 0]],
    ['a label, then a pointer back to it', [...label('a'), 0xc0, 12]],
    ['an extended label type', [0x41, 1, 0]],
    ['a label past the end', [63, 1, 2]],
    ['no end', label('www')],
    ['dots within one label', [...label('www.okx.com'), 0]],
    ['dots within one label, mixed', [...label('www.okx'), ...label('com'), 0]],
    ['a space', [...label('www okx'), 0]],
    ['a NUL', [...label('www\0'), ...label('okx'), ...label('com'), 0]],
    ['Latin-1', [...label('w\xe9w'), ...label('okx'), ...label('com'), 0]],
    ['an empty label', [...label('www'), 0, ...label('okx'), 0]],
  ])('%s', (_, name) => {
    const result = reply(message(name));
    expect(result.rcode).toBe('FORMERR');
    expect(result.denied).toBeUndefined();
  });

  test('a name longer than 255 octets', () => {
    const long = Array.from({ length: 5 }, () => label('a'.repeat(60))).flat();
    expect(reply(message([...long, 0])).rcode).toBe('FORMERR');
  });

  test('a message longer than we read', () => {
    expect(reply(Buffer.concat([message(allowed), Buffer.alloc(5000)])).rcode).toBe('FORMERR');
  });
});

test('the longest name stays within a plain UDP answer', () => {
  const name = Array.from({ length: 4 }, (_, at) => 'a'.repeat(at === 3 ? 60 : 62)).join('.');
  const all = { ...policy, isAllowed: () => true };
  for (const type of ['A', 'AAAA']) {
    expect(answerQuery(query(name, type), all).message?.length).toBeLessThanOrEqual(512);
  }
});

test('no bytes make it throw, and none but a clean question gets an address', () => {
  const valid = query('www.okx.com', 'A');
  const mutated = fc
    .array(fc.record({ at: fc.nat(valid.length + 20), value: fc.nat(255) }), { minLength: 1, maxLength: 8 })
    .map((edits) => {
      const bytes = Buffer.concat([valid, Buffer.alloc(edits.length)]);
      for (const { at, value } of edits) if (at < bytes.length) bytes[at] = value;
      return bytes;
    });
  const anything = fc.uint8Array({ maxLength: 700 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.oneof(anything, mutated), (bytes) => {
      const { message } = answerQuery(bytes, policy);
      if (message === undefined) return;
      const packet = decode(message);
      const name = packet.questions?.[0]?.name.toLowerCase();
      if ((packet.answers?.length ?? 0) > 0) expect(name).toBe('www.okx.com');
    }),
    { numRuns: 3000 },
  );
});
