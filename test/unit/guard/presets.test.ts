import { expect, test } from 'vitest';
import { parseGuardrails } from '../../../src/config/guardrails-file.js';
import { evaluate } from '../../../src/guard/evaluate.js';
import { presets } from '../../../src/guard/presets.js';
import { factsOf, type Given } from '../../support/guard-facts.js';

const outcome = (name: keyof typeof presets, given: Given) =>
  evaluate(parseGuardrails(name, presets[name].yaml), factsOf(given)).outcome;
const exit: Given = { orders: [{ side: 'sell', type: 'market', unit: 'contracts', position: '1' }] };

test('every preset is well-formed, stops a burst or an entry, and lets an exit out', () => {
  for (const name of Object.keys(presets) as (keyof typeof presets)[]) {
    expect(presets[name].summary).not.toBe('');
    expect(outcome(name, exit)).toBe('allow');
  }
  expect(outcome('paper', { accepted: 99 })).toBe('allow');
  expect(outcome('paper', { earlier: Array.from({ length: 600 }, () => [300, '1']) })).toBe('deny');
  expect(outcome('cautious', {})).toBe('hold');
  expect(outcome('cautious', { orders: [{ type: 'market' }] })).toBe('deny');
  expect(outcome('swing', { accepted: 99 })).toBe('allow');
  expect(outcome('hft-deny-all', {})).toBe('deny');
});
