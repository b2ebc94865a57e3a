import { expect, test } from 'vitest';
import { explainTemplate, fillTemplate } from '../../../src/profiles/placeholders.js';

const values = {
  decoy: (key: string) => ({ 'okx.apiKey': 'DECOY-$&-1', anthropic: 'DECOY2' })[key],
  ca: '/etc/ca.pem',
  proxy: 'http://proxy:3128',
};

test('fills decoys, the CA path and the proxy, literally', () => {
  expect(fillTemplate('a={{decoy:okx.apiKey}} b={{decoy:anthropic}} {{ca}} {{proxy}} $1', values)).toBe(
    'a=DECOY-$&-1 b=DECOY2 /etc/ca.pem http://proxy:3128 $1',
  );
});

test('gives nothing when a decoy is not there, so that the entry is left out', () => {
  expect(fillTemplate('{{decoy:openai}}', values)).toBeUndefined();
});

test('a decoy that looks like a placeholder is not filled again', () => {
  expect(fillTemplate('{{decoy:x}}', { ...values, decoy: () => '{{ca}}' })).toBe('{{ca}}');
});

test('S1: no placeholder names anything but decoys', () => {
  for (const text of [
    '{{secret:okx.apiKey}}',
    '{{vault:x}}',
    '{{env:HOME}}',
    '{{ ca }}',
    '{{}}',
    '{{decoy:}}',
  ]) {
    expect(explainTemplate(text), text).toContain('{{decoy:venue.field}}');
  }
});

test('fields are those of the venue', () => {
  expect(explainTemplate('{{decoy:okx.apiKey}} {"a": {"b": 1}}')).toBeUndefined();
  expect(explainTemplate('{{decoy:okx.apikey}}')).toContain('did you mean "okx.apiKey"?');
  expect(explainTemplate('{{decoy:oxk.apiKey}}')).toContain('no such venue');
});
