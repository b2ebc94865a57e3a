// The export: JSON lines as they stand in the journal, and CSV whose cells do nothing in a spreadsheet.
import { expect, test } from 'vitest';
import type { JournalRecord } from '../../../src/audit/events.js';
import { exportLines } from '../../../src/audit/export.js';
import { encodeRecord } from '../../../src/audit/record.js';

const prev = '0'.repeat(64);
const at = '2026-11-20T12:00:00.000Z';
const records: JournalRecord[] = [
  {
    seq: 1,
    at,
    prev,
    event: {
      type: 'account.attached',
      account: 'okx-main',
      venue: 'okx',
      environment: 'demo',
      sandbox: 'lab',
      isFresh: false,
    },
  },
  {
    seq: 2,
    at,
    prev,
    event: { type: 'order.closed', order: 'abc', cause: 'human', by: 'ann', message: '=cmd("x"),\nno' },
  },
  { seq: 3, at, prev, event: { type: 'taint', cause: '-1', message: '-1+1' } },
];

test('JSON lines are those of the journal', () => {
  expect([...exportLines(records, 'jsonl')]).toEqual(records.map(encodeRecord));
});

test('CSV: one row each, formulas are text, quotes are doubled, the rest stands in details', () => {
  const [header, attached, closed, taint, ...more] = [...exportLines(records, 'csv')];
  expect(more).toEqual([]);
  expect(header).toBe(
    'seq,at,prev,type,sandbox,account,order,request,verdict,code,by,host,method,target,status,fingerprint,digest,notional,message,details',
  );
  expect(attached).toBe(
    `1,${at},${prev},account.attached,lab,okx-main,,,,,,,,,,,,,,"{""venue"":""okx"",""environment"":""demo"",""isFresh"":false}"`,
  );
  expect(closed).toBe(`2,${at},${prev},order.closed,,,abc,,,human,ann,,,,,,,,"'=cmd(""x""),\nno",`);
  expect(taint).toBe(`3,${at},${prev},taint,,,,,,-1,,,,,,,,,'-1+1,`);
});
