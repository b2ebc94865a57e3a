import { expect, test } from 'vitest';
import { evaluate } from '../../../../src/guard/evaluate.js';
import { guardrailsSchema } from '../../../../src/guard/guardrails.js';
import { codesOf, factsOf, nowMs } from '../../../support/guard-facts.js';

const read = (minutesAgo: number | undefined, url = 'https://news.test/a') => ({
  url,
  host: 'news.test',
  fetchedMs: minutesAgo === undefined ? undefined : nowMs - minutesAgo * 60_000,
});
const wanted = { requireEvidence: { sources: 2, withinMinutes: 30 } };

test.each<[string, Parameters<typeof codesOf>[1], string[]]>([
  ['two sources that were read', { evidence: [read(1), read(30, 'https://news.test/b')] }, []],
  ['nothing was announced', {}, ['EVIDENCE_MISSING']],
  ['one source twice is one', { evidence: [read(1), read(1)] }, ['EVIDENCE_MISSING']],
  ['one was read too long ago', { evidence: [read(1), read(31, 'https://news.test/b')] }, ['HALLUCINATION']],
  ['one never', { evidence: [read(1), read(undefined, 'https://news.test/b')] }, ['HALLUCINATION']],
  [
    'an exit needs no reasons',
    { orders: [{ side: 'sell', type: 'market', unit: 'contracts', position: '5' }] },
    [],
  ],
])('%s', (_title, given, codes) => {
  expect(codesOf(wanted, given)).toEqual(codes);
});

test('what was never fetched is called by its name', () => {
  const guardrails = guardrailsSchema.parse({ version: 1, requireEvidence: {} });
  const { findings } = evaluate(guardrails, factsOf({ evidence: [read(undefined)] }));
  expect(findings[0]?.message).toMatch(/^hallucination: 1 of the cited sources/);
});
