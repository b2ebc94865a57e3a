// Receivers of alerts: the address is a Secret until the settings are written.
import { expect, test } from 'vitest';
import { alertSettings, resolveAlerts } from '../../../../src/cli/launch/alerts.js';
import { Secret } from '../../../../src/core/secret.js';

test('the address is resolved, prints as nothing, and stands in the settings', async () => {
  const from = { source: { scheme: 'env', name: 'HOOK' }, baseDir: '/', origin: 't:1' } as const;
  const resolver = async () => ({ alert: async () => new Secret('https://hooks.test/x') });
  const alerts = await resolveAlerts([{ kind: 'slack', on: ['held'], url: from }], resolver);
  expect(JSON.stringify(alerts)).not.toContain('hooks.test');
  expect(alertSettings(alerts)).toEqual([{ kind: 'slack', on: ['held'], url: 'https://hooks.test/x' }]);
});
