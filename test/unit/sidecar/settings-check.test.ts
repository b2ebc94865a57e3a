import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { protocolVersion, type Settings } from '../../../src/sidecar/settings.js';
import { checkSettings } from '../../../src/sidecar/settings-check.js';
import { ibkr } from '../../../src/venues/ibkr/ibkr.js';
import { okx } from '../../../src/venues/okx/okx.js';
import { testApprover } from '../../support/approver.js';
import { makeDecoys } from '../../support/venue-requests.js';

const secret = `real-${randomBytes(12).toString('hex')}`;
const base: Settings = {
  protocol: protocolVersion,
  sandbox: { name: 'n', id: 'i' },
  mode: 'demo',
  network: { address: '127.0.0.1', dnsPort: 53, httpPorts: [80], tlsPorts: [443], connectPort: 3128 },
  journalDir: '/j',
  accountsDir: '/a',
  policy: { rules: [] },
  credentials: [],
  pins: [],
  echo: { host: 'echo.tradebox.internal' },
};
type Credential = Settings['credentials'][number];
const plain = (more: object = {}): Credential => ({
  kind: 'plain',
  id: 'api',
  hosts: ['api.test'],
  placement: { in: 'header', name: 'authorization', prefix: 'Bearer ' },
  secret,
  decoy: 'decoy-decoy',
  isLlm: false,
  ...more,
});
const onVenue = (environment: 'live' | 'demo' | 'paper', more: object = {}): Credential => ({
  kind: 'venue',
  id: 'main',
  venue: 'okx',
  environment,
  secrets: makeDecoys(okx),
  decoys: makeDecoys(okx),
  ...more,
});
const rule = (host: string, venue?: string) => ({
  host,
  ports: [443],
  methods: ['*'],
  paths: ['/**'],
  reason: 'r',
  origin: 'tradebox.yaml:8',
  ...(venue === undefined ? {} : { venue }),
});
const pin = (host: string) => ({ host, address: '10.0.0.1', port: 443 });
const paper = { seed: 's', venues: ['okx'] };
const ann = testApprover('ann').pin;
const check = (patch: Partial<Settings>) => () => checkSettings({ ...base, ...patch }, [okx]);

test('settings that make sense pass', () => {
  expect(
    check({
      credentials: [plain(), onVenue('demo')],
      pins: [pin('llm.test')],
      policy: { rules: [rule('www.okx.com', 'okx'), rule('*.x.test')] },
    }),
  ).not.toThrow();
  expect(check({ credentials: [onVenue('paper')], paper })).not.toThrow();
});

test('an identifier may be shorter than a secret, whose minimum stays beside it', () => {
  const secrets = { bearerToken: 'b'.repeat(16), clientKeyId: 'main', userName: 'jo' };
  const at = (more: object) => () =>
    checkSettings(
      { ...base, credentials: [onVenue('demo', { venue: 'ibkr', secrets: { ...secrets, ...more } })] },
      [ibkr],
    );
  expect(at({})).not.toThrow();
  expect(at({ bearerToken: 'short-1' })).toThrow(/too short/);
  expect(at({ unheardOf: 'short-1' })).toThrow(/too short/);
});

test.each<[string, Partial<Settings>, RegExp]>([
  ['one id twice', { credentials: [plain(), plain()] }, /called "api"/],
  ['a secret that cannot be scrubbed', { credentials: [plain({ secret: 'short' })] }, /too short/],
  [
    'a venue field that cannot be scrubbed',
    { credentials: [onVenue('demo', { secrets: { ...makeDecoys(okx), passphrase: 'short' } })] },
    /too short/,
  ],
  [
    'a secret that would break out of its line',
    { credentials: [plain({ secret: `${secret}\r\nX: y` })] },
    /header value/,
  ],
  [
    'a header name that is none',
    { credentials: [plain({ placement: { in: 'header', name: 'a b', prefix: '' } })] },
    /names no header/,
  ],
  [
    'a prefix that breaks out of its line',
    { credentials: [plain({ placement: { in: 'header', name: 'a', prefix: '\r\n' } })] },
    /prefix/,
  ],
  ['a plain credential for a venue', { credentials: [plain({ hosts: ['www.okx.com'] })] }, /venue's host/],
  ['a plain credential for an address', { credentials: [plain({ hosts: ['10.0.0.1'] })] }, /no plain host/],
  ['an unknown venue', { credentials: [onVenue('demo', { venue: 'nobody' })] }, /unknown venue/],
  ['a paper credential without paper', { credentials: [onVenue('paper')] }, /is a paper credential/],
  ['a live credential on paper', { credentials: [onVenue('live')], paper }, /not a paper credential/],
  ['a demo credential on paper', { credentials: [onVenue('demo')], paper }, /not a paper credential/],
  ['paper for an unknown venue', { paper: { seed: 's', venues: ['nobody'] } }, /does not know/],
  [
    'an approver twice by name',
    { approvers: [testApprover('ann').pin, testApprover('ann').pin] },
    /"ann", or that key, is there twice/,
  ],
  [
    'one key under two names',
    { approvers: [ann, { ...ann, name: 'bob' }] },
    /"ann", or that key, is there twice/,
  ],
  ['an approver without a key', { approvers: [{ name: 'ann', publicKey: 'AAAA' }] }, /no Ed25519 key/],
  ['shadow without a paper exchange', { mode: 'shadow' }, /there is none/],
  [
    'shadow at a venue whose market nobody reads',
    { mode: 'shadow', paper: { seed: 's', venues: ['alpaca'] } },
    /"alpaca" cannot be rehearsed/,
  ],
  [
    'a live account without a step',
    { mode: 'live', guardrails: { version: 1 }, accountsDir: '/a', credentials: [onVenue('live')] },
    /"main" has no step on the ladder/,
  ],
  ['a pinned venue', { pins: [pin('www.okx.com')] }, /venue's host/],
  ['a pinned address', { pins: [pin('10.0.0.1')] }, /no plain host/],
  ['a pin in capitals', { pins: [pin('WWW.okx.com')] }, /no plain host/],
  ['a pinned echo', { pins: [pin('echo.tradebox.internal')] }, /internal host/],
  ['a pin for our own page', { pins: [pin('tradebox.internal')] }, /internal host/],
  ['a rule for our own page', { policy: { rules: [rule('tradebox.internal')] } }, /tradebox.yaml:8/],
  ['a venue rule for another host', { policy: { rules: [rule('evil.test', 'okx')] } }, /tradebox.yaml:8/],
])('%s is refused', (_name, patch, message) => {
  expect(check(patch)).toThrow(message);
  try {
    check(patch)();
  } catch (error) {
    expect(String(error)).not.toContain(secret);
  }
});

test('where orders can pass, every account has a journal, and a venue that cannot be stopped stays out of propose and live', () => {
  const { accountsDir: _none, ...bare } = { ...base, credentials: [onVenue('demo')] };
  expect(() => checkSettings(bare, [okx])).toThrow(/no journal of its own/);
  expect(() => checkSettings({ ...bare, mode: 'readonly' }, [okx])).not.toThrow();
  const { admin: _admin, ...unstoppable } = okx;
  const settings: Settings = { ...base, mode: 'propose', credentials: [onVenue('live')] };
  expect(() => checkSettings(settings, [okx])).not.toThrow();
  expect(() => checkSettings(settings, [unstoppable])).toThrow(/cannot be stopped/);
  expect(() => checkSettings({ ...settings, mode: 'live' }, [okx])).toThrow(/guardrails/);
  expect(check({ credentials: [onVenue('demo', { id: '../up' })] })).toThrow(/cannot name a directory/);
});

test('guardrails must be well-formed, and live is refused without them', () => {
  expect(() => checkSettings({ ...base, guardrails: { version: 1, notional: { max: 0.5 } } }, [okx])).toThrow(
    /guardrails/,
  );
  expect(() => checkSettings({ ...base, mode: 'live', credentials: [] }, [okx])).toThrow(/guardrails/);
});
