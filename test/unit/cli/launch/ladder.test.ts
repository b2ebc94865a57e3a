import { expect, test } from 'vitest';
import { assertWall, liveStepsOf } from '../../../../src/cli/launch/ladder.js';
import { addPromotion, type Promotion } from '../../../../src/sandbox/promotions.js';
import { bybit } from '../../../../src/venues/bybit/bybit.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { temporaryDir } from '../../../support/host-files.js';

const nowMs = Date.UTC(2026, 10, 20, 12);
const main = { id: 'okx-main', venue: okx, environment: 'live' } as const;

function ground() {
  const stateDir = temporaryDir();
  const said: string[] = [];
  const parts = { stateDir, nowMs, warn: (line: string) => void said.push(line) };
  const climb = (rung: Promotion['rung'], step = 0, more: Partial<Promotion> = {}) =>
    addPromotion(stateDir, {
      account: 'okx-main',
      venue: 'okx',
      rung,
      step,
      at: new Date(nowMs).toISOString(),
      by: 'ann',
      evidence: { filled: 0, readDays: 0, unknown: 0 },
      heads: [],
      ...more,
    });
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

test('a rung that was taken without evidence is said at each start', () => {
  const { parts, said, climb } = ground();
  climb('readonly', 0, { override: { reason: 'known bot', missing: ['20 orders'] } });
  climb('propose');
  liveStepsOf('propose', [main], parts);
  liveStepsOf('propose', [main], parts);
  expect(said).toHaveLength(2);
  expect(said[0]).toContain('without the evidence: ann on 2026-11-20: known bot');
});

test('a live box starts behind the wall that the configuration demands, or a stronger one', () => {
  expect(() => assertWall('container', undefined)).not.toThrow();
  expect(() => assertWall('gvisor', 'gvisor')).not.toThrow();
  expect(() => assertWall('vm', 'gvisor')).not.toThrow();
  expect(() => assertWall('container', 'gvisor')).toThrow('not at container');
});
