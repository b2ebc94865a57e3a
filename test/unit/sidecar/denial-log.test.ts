import { expect, test } from 'vitest';
import type { JournalEvent } from '../../../src/audit/events.js';
import { DenialLog } from '../../../src/sidecar/denial-log.js';

function setUp() {
  const written: JournalEvent[] = [];
  return { written, log: new DenialLog((event) => written.push(event)) };
}
const denied = (host: string): Extract<JournalEvent, { type: 'connection.denied' }> => ({
  type: 'connection.denied',
  ingress: 'tls',
  host,
  port: 443,
  code: 'HOST_DENIED',
  message: 'm',
});

test('the first of its kind is written at once, the rest as one count per window', () => {
  const { written, log } = setUp();
  for (let index = 0; index < 5; index += 1) log.record(denied('a.test'), 1000 + index);
  log.record(denied('b.test'), 1010);
  expect(written).toEqual([denied('a.test'), denied('b.test')]);
  log.record(denied('a.test'), 20_000);
  expect(written.slice(2)).toEqual([
    { ...denied('a.test'), message: 'm (4 more of the same)' },
    denied('a.test'),
  ]);
});

test('a flood of different kinds is counted together', () => {
  const { written, log } = setUp();
  for (let index = 0; index < 1000; index += 1) log.record(denied(`n${index}.test`), 1000);
  expect(written).toHaveLength(64);
  log.flush(2000);
  expect(written.slice(64)).toEqual([{ ...denied('n999.test'), message: 'm (936 more of other kinds)' }]);
  log.flush(3000);
  expect(written).toHaveLength(65);
});

test('names are told apart by type', () => {
  const { written, log } = setUp();
  for (const queryType of ['A', 'TXT', 'A'])
    log.record({ type: 'dns.denied', name: 'a.test', queryType, code: 'HOST_DENIED' }, 1000);
  expect(written).toHaveLength(2);
  log.flush(2000);
  expect(written[2]).toMatchObject({
    name: 'a.test',
    queryType: 'A',
    code: 'HOST_DENIED (1 more of the same)',
  });
});
