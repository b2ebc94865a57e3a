import { expect, test } from 'vitest';
import { normaliseHost, parseAuthority } from '../../../src/sidecar/hosts.js';

test.each([
  ['api.example.test', 'api.example.test'],
  ['API.Example.TEST', 'api.example.test'],
  ['localhost', 'localhost'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
])('%s is the host %s', (text, host) => {
  expect(normaliseHost(text)).toBe(host);
});

// ATTACKS A8: every spelling of an address, and every trick with a name.
test.each([
  '127.0.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '127.1',
  '127.0.1',
  '1.2.3.0x4',
  '0x',
  '::1',
  '[::1]',
  '::ffff:127.0.0.1',
  'fe80::1%eth0',
  'api.example.test.',
  '.example.test',
  'a..b',
  '-a.test',
  'a-.test',
  'user@api.example.test',
  'api.example.test/',
  'api.example.test\0',
  'api example.test',
  'bücher.example',
  '*.example.test',
  `${'a'.repeat(64)}.test`,
  `${'a.'.repeat(130)}test`,
  '',
])('%j is no host name', (text) => {
  expect(normaliseHost(text)).toBeUndefined();
});

test('an authority has a host and perhaps a port', () => {
  expect(parseAuthority('a.test')).toEqual({ host: 'a.test', port: undefined });
  expect(parseAuthority('A.test:8443')).toEqual({ host: 'a.test', port: 8443 });
});

test.each([
  'a.test:',
  'a.test:0',
  'a.test:65536',
  'a.test:+443',
  'a.test:443:443',
  'u:p@a.test:443',
  'a.test:0443',
  '[::1]:443',
  '1.2.3.4:443',
])('%j is no authority', (text) => {
  expect(parseAuthority(text)).toBeUndefined();
});
