import { expect, test } from 'vitest';
import { mismatchProbe, probeOf } from '../../../src/sidecar/boundary-probe.js';

// ATTACKS A1, A8: whatever a resolver would take for the address.
test.each([
  '169.254.169.254',
  '169.254.169.254:80',
  '2852039166',
  '0xA9FEA9FE:80',
  '0251.0376.0251.0376',
  '169.254.43518',
  '169.254.169.254.',
  '[::ffff:169.254.169.254]:80',
  '[64:ff9b::a9fe:a9fe]',
  '[fd00:ec2::254]:80',
  'user@169.254.169.254',
  'METADATA.google.internal:80',
  'metadata.google.internal.',
])('%s is a metadata service: it taints by itself', (authority) => {
  expect(probeOf(authority)).toEqual({
    message: expect.stringMatching(
      /^the metadata service (169\.254\.169\.254|fd00:ec2::254|metadata\.google\.internal) was/,
    ),
    taint: 'boundary-probe',
  });
});

test.each([
  ['10.0.0.1:22', '10.0.0.1:22'],
  ['0x7f.1:80', '127.0.0.1:80'],
  ['[fe80::1]:443', 'fe80::1'],
  ['192.168.1.1', '192.168.1.1'],
  ['8.8.8.8:53', '8.8.8.8:53'],
])('%s is an address: one is only told', (authority, shown) => {
  expect(probeOf(authority)).toEqual({
    message: `the address ${shown} was asked for`,
    taint: 'boundary-probe',
    taintSeverity: 'warn',
  });
});

test('names, nonsense and the sidecar itself are no probe', () => {
  for (const authority of ['api.example.test:443', '', 'a b', '[x', 'host:99999', '1.2.3.4.5'])
    expect(probeOf(authority)).toBeUndefined();
  expect(probeOf('172.20.0.2:80', '172.20.0.2')).toBeUndefined();
});

test('another origin is told with its name; what is no name is not quoted; a metadata service taints here, too', () => {
  expect(mismatchProbe('differs', 'Evil.test:443')).toEqual({
    message: 'differs: evil.test:443',
    taint: 'boundary-probe',
    taintSeverity: 'warn',
  });
  expect(mismatchProbe('differs', '\u001b[31m').message).toBe('differs');
  expect(mismatchProbe('differs', '169.254.169.254')).toEqual({
    message: 'differs: the metadata service 169.254.169.254 was asked for',
    taint: 'boundary-probe',
  });
});
