import { expect, test } from 'vitest';
import type { JournalEvent, JournalRecord } from '../../../src/audit/events.js';
import { foldAccount, foldBoxes } from '../../../src/audit/track-record.js';

const day = 86_400_000;
const start = Date.UTC(2026, 10, 1, 12);

/** Records of [days after the start, event]. */
const records = (...entries: [number, JournalEvent][]): JournalRecord[] =>
  entries.map(([days, event], index) => ({
    seq: index + 1,
    at: new Date(start + days * day).toISOString(),
    prev: '',
    event,
  }));
const opened = (sandboxId: string): JournalEvent => ({ type: 'journal.opened', sandbox: 'lab', sandboxId });
const started = (mode: string): JournalEvent => ({
  type: 'sidecar.started',
  mode,
  paper: false,
  policyDigest: '',
  accounts: [{ id: 'okx-main', venue: 'okx', environment: 'live' }],
});
const read = (request: string, more: object = {}): JournalEvent => ({
  type: 'request.decided',
  request,
  ingress: 'tls',
  host: 'www.okx.com',
  port: 443,
  method: 'GET',
  target: '/',
  verdict: 'allow',
  code: 'ALLOWED',
  rule: '',
  message: '',
  venue: 'okx',
  class: 'read',
  ...more,
});
const completed = (request: string, status = 200): JournalEvent => ({
  type: 'request.completed',
  request,
  status,
  bytesUp: 0,
  bytesDown: 0,
  durationMs: 1,
  scrubbed: 0,
});

test('days count when the venue answered a read, once each', () => {
  const boxes = foldBoxes(
    records(
      [0, opened('a')],
      [0, started('readonly')],
      [0, read('1')],
      [0, completed('1')],
      [0.1, read('2')],
      [0.1, completed('2')],
      [1, read('3')],
      [1, completed('3', 502)], // no answer of the venue
      [2, read('4', { verdict: 'deny' })],
      [2, completed('4')],
      [3, read('5', { class: 'order' })],
      [3, completed('5')],
      [4, read('6', { venue: undefined })],
      [4, completed('6')],
      [5, read('7')],
      [5, completed('7')],
    ),
  );
  const box = boxes.get('a');
  expect([...(box?.accounts ?? [])]).toEqual(['okx-main']);
  expect(box?.mode).toBe('readonly');
  expect([...(box?.reads.get('okx')?.keys() ?? [])]).toEqual(['2026-11-01', '2026-11-06']);
});

test('each box of a name has a past of its own, taint included', () => {
  const taint = (cause: string): JournalEvent => ({ type: 'taint', cause, message: '' });
  const all = records(
    [0, opened('a')],
    [0, started('demo')],
    [1, taint('decoy-misuse')],
    [2, opened('b')],
    [2, started('readonly')],
    [3, taint('boundary-probe')],
  );
  const boxes = foldBoxes(all, { 'boundary-probe': 'warn' });
  expect(boxes.get('a')?.taintedMs).toEqual([start + day]);
  expect(boxes.get('b')?.taintedMs).toEqual([]);
  expect(foldBoxes(all).get('b')?.taintedMs).toEqual([start + 3 * day]);
});

const attached = (isFresh = false): JournalEvent => ({
  type: 'account.attached',
  account: 'okx-main',
  venue: 'okx',
  environment: 'live',
  sandbox: 'lab',
  isFresh,
});
const proposed = (order: string, ...actions: ('place' | 'cancel')[]): JournalEvent => ({
  type: 'order.proposed',
  order,
  request: 'r',
  operation: 'o',
  fingerprint: 'f',
  intents: actions.map((action) => ({
    venue: 'okx',
    account: 'okx-main',
    moneyMode: 'LIVE',
    action,
    instrument: 'BTC-USDT',
  })),
});
const answered = (order: string, outcome: 'acknowledged' | 'unknown'): JournalEvent => ({
  type: 'order.answered',
  order,
  outcome,
  status: 200,
  outcomes: [],
});
const reconciled = (order: string, ...states: ('filled' | 'resting' | 'canceled')[]): JournalEvent => ({
  type: 'order.reconciled',
  order,
  outcomes: states.map((state) => ({ state })),
});

test('a filled order counts once, a cancel that finds its order filled does not', () => {
  const past = foldAccount(
    records(
      [0, opened('a')],
      [0, attached()],
      [0, proposed('one', 'place', 'place')],
      [0, answered('one', 'acknowledged')],
      [1, reconciled('one', 'filled', 'resting')],
      [2, reconciled('one', 'filled', 'filled')],
      [2, proposed('two', 'cancel')],
      [2, reconciled('two', 'filled')],
      [3, opened('b')],
      [3, attached()],
      [3, proposed('three', 'place')],
      [3, reconciled('three', 'canceled')],
      [3, proposed('four', 'place')],
      [3, reconciled('four', 'filled')],
    ),
  );
  expect(past?.fills).toEqual([
    { atMs: start + day, sandboxId: 'a' },
    { atMs: start + 2 * day, sandboxId: 'a' },
    { atMs: start + 3 * day, sandboxId: 'b' },
  ]);
  expect([...(past?.sandboxIds ?? [])]).toEqual(['a', 'b']);
});

test('what is unknown stays so until the venue tells, or the exchange is gone', () => {
  const until = [
    [0, opened('a')],
    [0, attached()],
    [0, proposed('one', 'place')],
    [0, answered('one', 'unknown')],
    [0, proposed('two', 'place')],
    [0, answered('two', 'unknown')],
    [1, reconciled('two', 'filled')],
  ] satisfies [number, JournalEvent][];
  expect([...(foldAccount(records(...until))?.unknown ?? [])]).toEqual(['one']);
  expect(foldAccount(records(...until, [2, attached(true)]))?.unknown.size).toBe(0);
});

test('drift is told apart from a human’s halt, and a journal that no box had is none', () => {
  const halt = (cause: string, by: string): JournalEvent => ({
    type: 'trading.state',
    account: 'okx-main',
    state: 'HALTED',
    cause,
    by,
  });
  const past = foldAccount(
    records(
      [0, opened('a')],
      [0, attached()],
      [1, halt('drift: a position', 'sidecar')],
      [2, halt('killed', 'ann')],
    ),
  );
  expect(past?.driftMs).toEqual([start + day]);
  expect(foldAccount(records([0, opened('a')]))).toBeUndefined();
});
