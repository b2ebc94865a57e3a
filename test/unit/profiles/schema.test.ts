import { expect, test } from 'vitest';
import { profileSchema } from '../../../src/profiles/schema.js';

const minimal = { name: 'mine', description: 'my agent', command: ['mine'] };

test('fills in what a small profile leaves out', () => {
  expect(profileSchema.parse(minimal)).toMatchObject({
    image: { apt: [], npm: [], npmScripts: false, steps: [] },
    tty: true,
    env: {},
    hosts: [],
  });
});

test.each([
  'paper',
  'mounts',
  'volumes',
  'devices',
  'privileged',
  'capabilities',
  'secrets',
  'pins',
  'mode',
  'network',
  'user',
  'limits',
])('S9: a profile cannot ask for %s', (key) => {
  expect(profileSchema.safeParse({ ...minimal, [key]: true }).success).toBe(false);
});

test.each([
  'openclaw',
  'openclaw@latest',
  'openclaw@^2026.9.6',
  'openclaw@2026',
  'openclaw@2026.9.6 --unsafe',
  'git+https://example.com/x.git',
  './local@1.0.0',
  '@scope@1.0.0',
  '-g@1.0.0',
])('refuses the package %j: not an exact version', (npm) => {
  expect(profileSchema.safeParse({ ...minimal, image: { npm: [npm] } }).success).toBe(false);
});

test.each(['git; rm -rf /', '--allow', 'Git', 'a b', '../x'])('refuses the Debian package %j', (apt) => {
  expect(profileSchema.safeParse({ ...minimal, image: { apt: [apt] } }).success).toBe(false);
});

test.each([
  'HTTPS_PROXY',
  'https_proxy',
  'no_proxy',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'JAVA_TOOL_OPTIONS',
  'LD_PRELOAD',
  'TRADEBOX_MODE',
  'A-B',
])('refuses the variable %s', (name) => {
  expect(profileSchema.safeParse({ ...minimal, env: { [name]: 'x' } }).success).toBe(false);
});

test.each(['/etc/passwd', '../x', 'a/../../x', './x', 'a//b', 'a/', '~/.x', ''])(
  'refuses the file path %j',
  (path) => {
    expect(profileSchema.safeParse({ ...minimal, files: [{ path, content: 'x' }] }).success).toBe(false);
  },
);

test.each([
  [{ host: 'www.okx.com', reason: 'read prices' }],
  [{ host: '*.okx.com', reason: 'read prices' }],
  [{ host: '*', reason: 'everything' }],
  [{ host: 'a.example.com' }],
  [{ host: '10.0.0.1', reason: 'local' }],
])('refuses the host %j', (host) => {
  expect(profileSchema.safeParse({ ...minimal, hosts: [host] }).success).toBe(false);
});

test('names an unknown venue with the nearest', () => {
  const checked = profileSchema.safeParse({ ...minimal, accounts: ['oxk'] });
  expect(checked.error?.issues[0]?.message).toContain('did you mean "okx"?');
});

test('placeholders are checked in variables and files', () => {
  expect(profileSchema.safeParse({ ...minimal, env: { A: '{{vault:x}}' } }).success).toBe(false);
  expect(profileSchema.safeParse({ ...minimal, files: [{ path: 'a', content: '{{secret}}' }] }).success).toBe(
    false,
  );
  expect(profileSchema.safeParse({ ...minimal, env: { A: '{{decoy:okx.apiKey}}' } }).success).toBe(true);
});
