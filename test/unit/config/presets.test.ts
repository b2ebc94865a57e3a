import { expect, test } from 'vitest';
import { explainPreset, presetRegistry, presetRule, presets } from '../../../src/config/presets.js';

test('every preset is a rule or a registry, never both', () => {
  for (const preset of presets) {
    expect([presetRule(preset), presetRegistry(preset)].filter((one) => one !== undefined)).toHaveLength(1);
  }
  expect(presetRule('llm:anthropic')).toMatchObject({ host: 'api.anthropic.com', paths: ['/v1/**'] });
  expect(presetRegistry('registry:pypi')).toBe('pypi');
});

test('a preset that is told what it opens is refused', () => {
  const plain = { ports: [443], methods: ['GET', 'HEAD'], paths: ['/**'] };
  expect(explainPreset(plain)).toBeUndefined();
  for (const more of [{ ports: [8443] }, { methods: ['POST'] }, { paths: ['/v2/**'] }]) {
    expect(explainPreset({ ...plain, ...more })).toMatch(/write "host"/);
  }
});
