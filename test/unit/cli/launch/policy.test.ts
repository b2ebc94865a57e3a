import { expect, test } from 'vitest';
import { buildRules } from '../../../../src/cli/launch/policy.js';
import type { Venue } from '../../../../src/venues/venue.js';

const venue = {
  id: 'toy',
  title: 'Toy',
  hosts: [
    { host: 'api.toy.example', ports: [443], transport: 'rest', environments: ['live'] },
    { host: 'demo.toy.example', ports: [443, 8443], transport: 'rest', environments: ['demo'] },
    { host: 'ws.toy.example', ports: [443], transport: 'websocket', environments: ['live', 'demo'] },
  ],
} as unknown as Venue;
const nothing = {
  profileHosts: [],
  config: { hosts: [], pins: [] },
  registryRules: [],
  credentials: [],
  accounts: [],
};
const hostsOf = (rules: readonly { host: string }[]) => rules.map(({ host }) => host);

test('S4: with nothing attached only the echo venue is open', () => {
  expect(hostsOf(buildRules(nothing))).toEqual(['echo.tradebox.internal']);
});

test('D9: an account opens the hosts of its own environment, and no other', () => {
  const open = (environment: 'live' | 'demo' | 'paper') =>
    hostsOf(buildRules({ ...nothing, accounts: [{ id: 'toy-main', venue, environment }] })).slice(1);
  expect(open('live')).toEqual(['api.toy.example']);
  expect(open('demo')).toEqual(['demo.toy.example']);
  expect(open('paper')).toEqual(['api.toy.example', 'demo.toy.example']);
});

test('a venue’s rule is marked as the venue’s, so that its table decides', () => {
  const [, rule] = buildRules({ ...nothing, accounts: [{ id: 'toy-main', venue, environment: 'demo' }] });
  expect(rule).toMatchObject({ venue: 'toy', ports: [443, 8443], origin: 'account toy-main' });
});

test('profile, configuration, registries, credentials and pins each add theirs, with a reason', () => {
  const rule = (host: string) => ({
    host,
    ports: [443],
    methods: ['GET'],
    paths: ['/**'],
    reason: 'why',
    origin: 'x:1',
  });
  const rules = buildRules({
    ...nothing,
    profileHosts: [rule('profile.example')],
    config: {
      hosts: [rule('config.example')],
      pins: [{ host: 'pin.example', address: '10.0.0.9', port: 8443, reason: 'local', origin: 'x:2' }],
    },
    registryRules: [rule('registry.example')],
    credentials: [
      {
        id: 'llm',
        hosts: ['llm.example'],
        origin: 'x:3',
        env: [],
        isLlm: true,
        placement: { in: 'basic', username: 'u' },
        value: {} as never,
      },
    ],
  });
  expect(hostsOf(rules)).toEqual(
    expect.arrayContaining([
      'profile.example',
      'config.example',
      'registry.example',
      'llm.example',
      'pin.example',
    ]),
  );
  for (const { reason, origin } of rules)
    expect([reason.length > 0, origin.length > 0]).toEqual([true, true]);
});
