// The dead-man switch arms from one second to a day, disarms at 0, and reads nothing else.
import { expect, test } from 'vitest';
import type { PrivateCall } from '../../../src/paper/call.js';
import { cancelAllAfter } from '../../../src/paper/dead-man-switch.js';
import { Fields } from '../../../src/paper/fields.js';

const nowMs = Date.UTC(2026, 0, 1);

function armed(timeout: string) {
  const deadlines: (number | undefined)[] = [];
  const engine = { nowMs, setDeadline: (_: string, deadlineMs?: number) => deadlines.push(deadlineMs) };
  const call = { engine, account: { id: 'main' }, fields: new Fields(new Map([['timeout', timeout]])) };
  return { told: cancelAllAfter(call as unknown as PrivateCall), deadlines };
}

test('arms by seconds and disarms at 0', () => {
  expect(armed('60')).toEqual({
    told: { currentTime: '2026-01-01T00:00:00.000Z', triggerTime: '2026-01-01T00:01:00.000Z' },
    deadlines: [nowMs + 60_000],
  });
  expect(armed('0')).toMatchObject({ told: { triggerTime: '0' }, deadlines: [undefined] });
  expect(armed('86400').deadlines).toEqual([nowMs + 86_400_000]);
});

test.each(['86401', '-1', '1.5', '1e3', ' 60', '0x10'])('refuses %j', (timeout) => {
  expect(() => armed(timeout)).toThrow('PARAMETER_BAD');
});
