// Which addresses an operator may name for an upstream.
import { expect, test } from 'vitest';
import { explainFixedAddress } from '../../../src/core/fixed-address.js';

test.each(['10.0.0.1', '172.17.0.1', '192.168.1.10', '203.0.113.7'])('%s may be', (address) => {
  expect(explainFixedAddress(address)).toBeUndefined();
});

test.each([
  ['127.0.0.1', /loopback/],
  ['0.0.0.0', /loopback/],
  ['169.254.169.254', /metadata/],
  ['224.0.0.1', /multicast/],
  ['255.255.255.255', /multicast/],
  ['::1', /IPv4/],
  ['localhost', /IPv4/],
  ['10.1', /IPv4/],
])('%s may not', (address, reason) => {
  expect(explainFixedAddress(address)).toMatch(reason);
});
