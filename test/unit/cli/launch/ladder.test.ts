import { rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assertWall, liveStepsOf, overriddenRungs } from '../../../../src/cli/launch/ladder.js';
import { boxPaths } from '../../../../src/sandbox/box-paths.js';
import { addPromotion, type Promotion, promotionsFile } from '../../../../src/sandbox/promotions.js';
import { bybit } from '../../../../src/venues/bybit/bybit.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { dayMs, livePast, promotionTo } from '../../../support/account-past.js';
import { temporaryDir } from '../../../support/host-files.js';

const nowMs = Date.UTC(2026, 10, 20, 12);
const main = { id: 'okx-main', venue: okx, environment: 'live' } as const;

function ground() {
  const stateDir = temporaryDir();
  const said: string[] = [];
  const parts = { stateDir, nowMs, warn: (line: string) => void said.push(line) };
  const climb = (rung: Promotion['rung'], step = 0, more: Partial<Promotion> = {}) =>
    addPromotion(stateDir, promotionTo(nowMs)(rung, step, more));
  return { parts, said, climb };
}

test('reading and play money need no rung', () => {
  const { parts } = ground();
  expect(liveStepsOf('readonly', [main], parts)).toEqual([]);
  expect(liveStepsOf('demo', [main], parts)).toEqual([]);
  expect(liveStepsOf('live', [{ ...main, environment: 'demo' }], parts)).toEqual([]);
  expect(liveStepsOf('propose', [{ ...main, environment: 'paper' }], parts)).toEqual([]);
});

test('an account enters the modes of its rung, and no others', () => {
  const { parts, climb } = ground();
  expect(() => liveStepsOf('propose', [main], parts)).toThrow('stands on the rung demo');
  climb('readonly');
  expect(() => liveStepsOf('propose', [main], parts)).toThrow('stands on the rung readonly');
  climb('propose');
  expect(liveStepsOf('propose', [main], parts)).toEqual([]);
  expect(() => liveStepsOf('live', [main], parts)).toThrow('the mode live takes the rung live');
  climb('live', 1);
  expect(liveStepsOf('live', [main], parts)).toEqual([
    { account: 'okx-main', step: 1, maxNotional: '50', maxDayNotional: '500', isOverridden: false },
  ]);
  climb('live', 2);
  expect(liveStepsOf('live', [main], parts)[0]).toMatchObject({ step: 2, maxNotional: '200' });
  // One account that has not come so far keeps the whole box from starting.
  expect(() => liveStepsOf('live', [main, { ...main, id: 'okx-side' }], parts)).toThrow('okx-side');
  // What was shown at one venue says nothing of another.
  expect(() => liveStepsOf('live', [{ ...main, venue: bybit }], parts)).toThrow('rung demo');
});

test('a rung that was taken without evidence is said at each start, and given to the journal, whatever the mode', () => {
  const { parts, said, climb } = ground();
  climb('readonly', 0, { override: { reason: 'known bot', missing: ['20 orders'] } });
  climb('propose');
  const taken = overriddenRungs([main, { ...main, id: 'okx-side' }], parts);
  expect(taken).toMatchObject([
    { account: 'okx-main', rung: 'readonly', by: 'ann', reason: 'known bot', missing: ['20 orders'] },
  ]);
  expect(overriddenRungs([main], parts)).toEqual(taken);
  expect(said).toHaveLength(2);
  expect(said[0]).toContain('without the evidence: ann on 2026-11-20: known bot');
  expect(overriddenRungs([{ ...main, environment: 'demo' }], parts)).toEqual([]);
  expect(overriddenRungs([{ ...main, venue: bybit }], parts)).toEqual([]);
});

test('promotions that nobody here signed keep no box from reading, and are told', () => {
  const { parts, said, climb } = ground();
  climb('readonly');
  writeFileSync(promotionsFile(parts.stateDir, 'okx-main'), 'changed\n');
  expect(overriddenRungs([main], parts)).toEqual([]);
  expect(said).toEqual([expect.stringContaining('this host did not sign this promotion')]);
  expect(() => liveStepsOf('propose', [main], parts)).toThrow('did not sign');
});

test('after a taint or drift an account is back on the first step, until it has earned the rest anew', async () => {
  const { parts, said, climb } = ground();
  climb('readonly');
  climb('propose');
  climb('live', 1);
  climb('live', 2);
  climb('live', 3);
  const step = () => liveStepsOf('live', [main], { ...parts, nowMs: nowMs + 9 * dayMs })[0]?.step;
  const box = {
    name: 'desk',
    mode: 'live',
    account: 'okx-main',
    environment: 'live',
    atMs: nowMs + dayMs,
  } as const;
  const taint = { type: 'taint', cause: 'decoy-misuse', message: 'm' } as const;
  await livePast(parts.stateDir, { ...box, id: 'a', filled: 2 });
  expect([step(), said]).toEqual([3, []]);
  await livePast(parts.stateDir, { ...box, id: 'b', filled: 30, afterwards: [taint] });
  expect(step()).toBe(1);
  expect(said[0]).toContain('back on step 1 instead of 3: a box was tainted since; missing: 0 of 20');
  await livePast(parts.stateDir, { ...box, id: 'c', filled: 19, atMs: nowMs + 2 * dayMs });
  expect(step()).toBe(1);
  await livePast(parts.stateDir, { ...box, id: 'd', filled: 1, atMs: nowMs + 3 * dayMs });
  expect(step()).toBe(3);
  // Where a box's own journal is gone nobody knows what it did.
  rmSync(boxPaths(parts.stateDir, 'desk').journal, { recursive: true });
  expect(step()).toBe(1);
});

test('a live box starts behind the wall that the configuration demands, or a stronger one', () => {
  expect(() => assertWall('container', undefined)).not.toThrow();
  expect(() => assertWall('gvisor', 'gvisor')).not.toThrow();
  expect(() => assertWall('vm', 'gvisor')).not.toThrow();
  expect(() => assertWall('container', 'gvisor')).toThrow('not at container');
});
