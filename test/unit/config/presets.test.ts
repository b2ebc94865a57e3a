import { expect, test } from 'vitest';
import { explainHostName, explainVenueHost } from '../../../src/config/host-pattern.js';
import { explainPreset, presetRules, presets, registryOf } from '../../../src/config/presets.js';

test('every preset is rules or a registry, never both', () => {
  for (const preset of presets) {
    expect([presetRules(preset).length > 0, registryOf({ preset }) !== undefined], preset).toContain(true);
    expect([presetRules(preset).length > 0, registryOf({ preset }) !== undefined], preset).toContain(false);
  }
  expect(presetRules('llm:anthropic')).toMatchObject([{ host: 'api.anthropic.com', paths: ['/v1/**'] }]);
  expect(registryOf({ preset: 'registry:pypi' })).toBe('pypi');
  expect(registryOf({ registry: 'npm' })).toBe('npm');
  expect(registryOf({})).toBeUndefined();
});

test('news is read and never written, not even in the body of a GET, from exact hosts that are no venue’s', () => {
  for (const preset of presets.filter((one) => one.startsWith('news:'))) {
    expect(presetRules(preset).length).toBeGreaterThan(2);
    for (const { host, methods, ports, maxBodyBytes } of presetRules(preset)) {
      expect([methods, ports, maxBodyBytes]).toEqual([['GET'], [443], 0]);
      expect(explainHostName(host) ?? explainVenueHost(host), host).toBeUndefined();
    }
  }
});

test('a preset that is told what it opens is refused', () => {
  const plain = { preset: 'llm:openai' as const, ports: [443], methods: ['GET', 'HEAD'], paths: ['/**'] };
  expect(explainPreset(plain)).toBeUndefined();
  for (const more of [{ ports: [8443] }, { methods: ['POST'] }, { paths: ['/v2/**'] }]) {
    expect(explainPreset({ ...plain, ...more })).toMatch(/write "host"/);
  }
  expect(explainPreset({ ...plain, maxBodyBytes: 4096 })).toBeUndefined();
  const news = { ...plain, preset: 'news:crypto' as const };
  expect(explainPreset({ ...news, maxBodyBytes: 0 })).toBeUndefined();
  expect(explainPreset({ ...news, maxBodyBytes: 4096 })).toMatch(/no request bodies/);
});
