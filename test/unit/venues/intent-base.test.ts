// The money mode follows the environment of the credential, nothing else.
import { expect, test } from 'vitest';
import { intentBase } from '../../../src/venues/intent-base.js';

test('each environment is its own money', () => {
  const modes = (['live', 'demo', 'paper'] as const).map(
    (environment) => intentBase('v', { account: 'a', environment }).moneyMode,
  );
  expect(modes).toEqual(['LIVE', 'DEMO', 'PAPER']);
  expect(intentBase('v', { account: 'a', environment: 'demo' })).toEqual({
    venue: 'v',
    account: 'a',
    moneyMode: 'DEMO',
  });
  expect(intentBase('v', { account: 'a', environment: 'demo' }, '7')).toMatchObject({ venueAccount: '7' });
});
