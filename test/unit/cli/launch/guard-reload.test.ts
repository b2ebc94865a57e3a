import { expect, test } from 'vitest';
import { type AskSidecar, hand } from '../../../../src/cli/launch/guard-reload.js';
import { guardrailsSchema } from '../../../../src/guard/guardrails.js';
import type { ControlRequest } from '../../../../src/sidecar/control.js';
import { holdGuardrails } from '../../../../src/sidecar/orders/guardrails-reload.js';

/** A sidecar that holds a most of 100 for each order. */
function start() {
  const asked: ControlRequest[] = [];
  const held = holdGuardrails({ version: 1, notional: { max: 100 } }, { append: () => 1 });
  const ask: AskSidecar = async (request) => {
    asked.push(request);
    if (request.op !== 'guardrails') return { ok: false, code: 'USAGE', message: 'no' };
    return {
      ok: true,
      result: held.loadGuardrails({
        guardrails: request.guardrails,
        confirmed: request.confirmed,
        by: request.by,
      }),
    };
  };
  return { ask, asked, most: () => held.current()?.notional?.max?.toString() };
}
const rules = (max: string) => guardrailsSchema.parse({ version: 1, notional: { max } });

test('a tightening is taken without a question', async () => {
  const { ask, most } = start();
  const confirm = () => Promise.reject(new Error('asked'));
  expect(await hand(rules('50.5'), ask, 'lab', confirm)).toMatchObject({ isInForce: true });
  expect(most()).toBe('50.5');
});

test('a loosening is taken with a yes to what was shown', async () => {
  const { ask, most } = start();
  const shown: string[] = [];
  await hand(rules('200'), ask, 'lab', async (loosened) => {
    shown.push(...loosened.map(({ limit }) => limit));
    return true;
  });
  expect(shown).toEqual(['notional.max']);
  expect(most()).toBe('200');
});

test.each([
  ['a no', async () => false],
  ['nobody to ask', undefined],
])('with %s the old rules stay', async (_, confirm) => {
  const { ask, asked, most } = start();
  await expect(hand(rules('200'), ask, 'lab', confirm)).rejects.toThrow(/lab keeps its old.*notional\.max/);
  expect(most()).toBe('100');
  expect(asked).toHaveLength(1);
});

test('what the sidecar refuses is told', async () => {
  const ask: AskSidecar = async () => ({ ok: false, code: 'CONFIG_INVALID', message: 'not well-formed' });
  await expect(hand(rules('1'), ask, 'lab')).rejects.toThrow(/keeps its old guardrails: not well-formed/);
});
