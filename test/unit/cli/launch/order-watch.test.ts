import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { CliContext } from '../../../../src/cli/context.js';
import { addApprover } from '../../../../src/cli/launch/approvers.js';
import {
  alarmsOf,
  approvalOf,
  isNews,
  onKey,
  onWaiting,
  rowsOf,
  type Waiting,
  type WatchState,
  watchLines,
  watchOrders,
} from '../../../../src/cli/launch/order-watch.js';
import { personName } from '../../../../src/cli/launch/orders.js';
import { createStyle } from '../../../../src/cli/style.js';
import { readApprovers } from '../../../../src/config/approvers-file.js';
import type { Paths } from '../../../../src/config/paths.js';
import { fixedClock } from '../../../../src/core/clock.js';
import { Secret } from '../../../../src/core/secret.js';
import { explainSignature } from '../../../../src/orders/approval-signature.js';
import { writeRecord } from '../../../../src/sandbox/records.js';
import type { ControlRequest } from '../../../../src/sidecar/control.js';
import { boxRecord } from '../../../support/box-record.js';
import { engineWith } from '../../../support/fake-boxes.js';
import { heldOrder } from '../../../support/held-order.js';
import { temporaryDir } from '../../../support/host-files.js';
import { eventually } from '../../../support/sidecar-box.js';

test('the bell rings for what was not waiting before, and for nothing else', () => {
  const [a, b] = ['a', 'b'].map((order) => ({ box: 'desk', view: heldOrder(order) })) as [Waiting, Waiting];
  const rings = (before: Waiting[], now: Waiting[]) => isNews({ waiting: before }, { waiting: now });
  expect(rings([], [a])).toBe(true);
  expect(rings([a], [a])).toBe(false);
  expect(rings([a, b], [b])).toBe(false);
  expect(rings([a], [b])).toBe(true);
  expect(rings([a], [{ ...a, box: 'other' }])).toBe(true);
});

test('it rings for a halt, another cause of it, and an unknown outcome, and all are shown', () => {
  const account = { account: 'main', venue: 'okx', environment: 'demo', by: 'sidecar', resting: 0 };
  const box = (tradingState: 'ACTIVE' | 'HALTED', cause: string, state = 'held') =>
    alarmsOf([
      {
        box: 'desk',
        notes: [],
        accounts: [{ ...account, tradingState, cause }],
        orders: [{ ...heldOrder('o'), state }],
      },
    ]);
  expect(box('ACTIVE', '')).toEqual([]);
  const halted = box('HALTED', 'killed');
  expect(halted).toEqual(['desk: main is HALTED: killed']);
  const rings = (before: string[], now: string[]) =>
    isNews({ waiting: [], alarms: before }, { waiting: [], alarms: now });
  expect(rings([], halted)).toBe(true);
  expect(rings(halted, halted)).toBe(false);
  expect(rings(halted, box('HALTED', 'drift; killed'))).toBe(true);
  const unknown = box('ACTIVE', '', 'unknown');
  expect(unknown).toEqual(['desk: the outcome of o at main is not known']);
  const lines = watchLines(
    { ...start, alarms: [...halted, ...unknown, 'third', '\u001b[2J', 'fifth'] },
    createStyle(false),
  );
  expect(lines.slice(0, 4)).toEqual([...halted, ...unknown, 'third', 'and 2 more']);
});

const start: WatchState = {
  waiting: ['a', 'b', 'c'].map((order) => ({ box: 'desk', view: heldOrder(order) })),
  chosen: 'a',
  asked: undefined,
  message: '',
};
const press = (state: WatchState, ...keys: string[]) => {
  let result = onKey(state, '');
  for (const key of keys) result = onKey(result.state, key);
  return result;
};

describe('keys', () => {
  test('decide the chosen order, with two keys', () => {
    expect(press(start, 'down', 'a').decide).toBeUndefined();
    expect(press(start, 'down', 'a', 'y').decide).toMatchObject({
      decision: 'approve',
      order: { view: { order: 'b' } },
    });
    expect(press(start, 'r', 'y').decide).toMatchObject({
      decision: 'reject',
      order: { view: { order: 'a' } },
    });
  });

  test('any other second key decides nothing, and y alone nothing either', () => {
    expect(press(start, 'a', 'n', 'y').decide).toBeUndefined();
    expect(press(start, 'y').decide).toBeUndefined();
  });

  test('an order that went away between the two keys is not replaced by its neighbour', () => {
    const asked = press(start, 'a').state;
    const left = { ...asked, waiting: asked.waiting.slice(1) };
    expect(onKey(left, 'y').decide).toBeUndefined();
  });

  test('an order that went away is not replaced by one that came: keys meant for it do nothing', () => {
    const [a, b] = start.waiting as [Waiting, Waiting];
    const empty = { ...start, waiting: [], chosen: undefined };
    const seen = onWaiting(empty, [a]);
    expect(seen.chosen).toBe('a');
    // A newer one stands above it now.
    expect(press(onWaiting(seen, [b, a]), 'a', 'y').decide?.order).toBe(a);
    const gone = onWaiting(press(seen, 'a').state, [b]);
    expect(gone).toMatchObject({
      chosen: undefined,
      asked: undefined,
      message: expect.stringContaining('a waits no more'),
    });
    expect(press(gone, 'y').decide).toBeUndefined();
    expect(press(gone, 'a', 'y').decide).toBeUndefined();
    expect(press(onWaiting(onWaiting(gone, []), [b]), 'a', 'y').decide).toBeUndefined();
    expect(press(gone, 'down', 'a', 'y').decide?.order).toBe(b);
  });

  test('nothing is approved that nobody could see whole', () => {
    const { state, decide } = press({ ...start, isCut: true }, 'a', 'y');
    expect(decide).toBeUndefined();
    expect(state.message).toContain('tradebox orders approve a ffffffff');
    expect(press({ ...start, isCut: true }, 'r', 'y').decide?.decision).toBe('reject');
    expect(rowsOf(['x'.repeat(81), '\u001b[1mshort\u001b[0m', ''], 80)).toBe(4);
    expect(rowsOf(['x'.repeat(81)], 0)).toBe(1);
  });

  test('stay within the list, and end', () => {
    expect(press(start, 'up').state.chosen).toBe('a');
    expect(press(start, 'down', 'down', 'down', 'down').state.chosen).toBe('c');
    expect(press({ ...start, waiting: [] }, 'a', 'y').decide).toBeUndefined();
    expect(press(start, 'q').isEnd).toBe(true);
  });
});

test('nothing of an agent acts on the terminal', () => {
  const lines = watchLines(press(start, 'a').state, createStyle(false)).join('\n');
  expect(lines).toContain('approve a? press y');
  expect(lines).toContain('59 s left');
  expect(lines).not.toContain('\u001b');
});

test('a flood and a long order leave the chosen one in sight, with all that is known of it', () => {
  const waiting = Array.from({ length: 50 }, (_, n) => ({ box: 'desk', view: heldOrder(`o${n}`) }));
  const long = heldOrder('long');
  const batch = Array.from({ length: 20 }, () => long.intents).flat();
  const explanation = { rationale: '\u202egnp\u200b', maxLoss: '5 USDT', sources: [] };
  waiting.splice(25, 1, { box: 'desk', view: { ...long, intents: batch, explanation } });
  const lines = watchLines({ ...start, waiting, chosen: 'long' }, createStyle(false));
  const text = lines.join('\n');
  expect(lines[0]).toBe('50 waiting, 43 of them not shown');
  expect(lines.filter((line) => line.startsWith('› '))).toHaveLength(1);
  expect(lines.filter((line) => line.startsWith('LIVE BUY'))).toHaveLength(20);
  expect(text).toContain('\\u{202e}gnp\\u{200b}');
  expect(text).toContain('its max loss');
  expect(text).not.toMatch(/[\u202e\u200b\u001b]/);
});

test('who decides has a name', () => {
  expect(personName().length).toBeGreaterThan(0);
});

test('what takes two people is signed with the key of the person at the keyboard', async () => {
  const dir = temporaryDir();
  const paths = { configDir: join(dir, 'config'), stateDir: join(dir, 'state') } as Paths;
  writeRecord(paths.stateDir, boxRecord({ name: 'desk', id: 'k9' }));
  const words = `five random words of ${Math.random()}`;
  const asked: string[] = [];
  const context = {
    paths,
    clock: fixedClock(1_000),
    prompt: {
      hidden: async () => new Secret(words),
      line: async (question: string) => {
        asked.push(question);
        return 'ann';
      },
    },
  } as unknown as CliContext;
  await addApprover(context, 'ann', 32_768);
  const view = { ...heldOrder('o'), approvalsWanted: 2, approvers: ['bob'] };
  const { approver, signed, fingerprint } = await approvalOf(context, { box: 'desk', view });
  expect([approver, asked]).toEqual(['ann', ['o takes 2 people, 1 said yes. Sign as:']]);
  if (signed === undefined) throw new Error('not signed');
  const text = { box: 'k9', order: 'o', fingerprint, approver };
  expect(explainSignature(text, signed, readApprovers(paths), 1_000)).toBeUndefined();
  expect(await approvalOf(context, { box: 'desk', view: heldOrder('o') })).toEqual({
    op: 'approve',
    order: 'o',
    fingerprint,
    approver: personName(),
  });
});

test('while a name is typed its keys choose and decide nothing, and the view goes on afterwards', async () => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  const shown = new PassThrough();
  let screen = '';
  shown.on('data', (chunk) => {
    screen += chunk;
  });
  const view = { ...heldOrder('o'), approvalsWanted: 2 };
  const requests: ControlRequest[] = [];
  const engine = engineWith({ desk: 'answers' }, true, (request) => {
    requests.push(request);
    return { accounts: [], orders: [view] };
  });
  let typed: ((name: string) => void) | undefined;
  const prompt = {
    isInteractive: true,
    line: () =>
      new Promise<string>((resolve) => {
        typed = resolve;
      }),
  };
  const output = { progressStyle: createStyle(false) };
  const paths = { configDir: temporaryDir(), stateDir: temporaryDir() };
  const context = {
    stdin,
    stderr: shown,
    prompt,
    output,
    paths,
    clock: fixedClock(1_000),
  } as unknown as CliContext;
  const watching = watchOrders(context, engine, undefined);
  await eventually(() => screen.includes('1 waiting'));
  stdin.write('a');
  stdin.write('y');
  await eventually(() => typed !== undefined);
  stdin.write('r');
  stdin.write('y');
  stdin.write('q');
  await new Promise((resolve) => setTimeout(resolve, 50));
  typed?.('nobody');
  await eventually(() => screen.includes('there is no approver "nobody"'));
  expect(requests.filter(({ op }) => op !== 'orders')).toEqual([]);
  stdin.write('q');
  await watching;
});

test('it rings for what alerts tell of, but for what it shows already', () => {
  const note = (trigger: string, at: number) => ({
    trigger,
    message: `${trigger} of main`,
    atMs: at * 1_000,
  });
  const box = (...notes: ReturnType<typeof note>[]) =>
    alarmsOf([{ box: 'desk', accounts: [], orders: [], notes }]);
  expect(box(note('held', 1), note('stopped', 2), note('unknown', 3))).toEqual([]);
  const kinds = ['large', 'count', 'position', 'balance', 'loss', 'taint'];
  for (const kind of kinds) expect(box(note(kind, 61))).toEqual([`desk: 00:01:01 UTC: ${kind} of main`]);
  expect(box(...kinds.map((kind, at) => note(kind, at)))).toHaveLength(3);
  const before = { waiting: [], alarms: box(note('large', 1)) };
  expect(isNews(before, { waiting: [], alarms: box(note('large', 1), note('large', 2)) })).toBe(true);
  expect(isNews(before, { waiting: [], alarms: box(note('large', 1)) })).toBe(false);
});
