import { expect, test } from 'vitest';
import {
  addressAt,
  chooseSubnet,
  formatSubnet,
  overlaps,
  parseRoutes,
  parseSubnet,
  type Subnet,
} from '../../../src/sandbox/subnets.js';

const subnet = (text: string): Subnet => {
  const parsed = parseSubnet(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
};

test('a chosen range is private, of sixteen addresses, and aligned', () => {
  for (const random of [0, 0.25, 0.5, 0.999999]) {
    const chosen = chooseSubnet([], () => random);
    expect(chosen).toBeDefined();
    const text = formatSubnet(chosen as Subnet);
    expect(text).toMatch(/^10\.(20[1-9]|2[1-4]\d|250)\.\d+\.\d+\/28$/);
    expect((chosen as Subnet).base % 16).toBe(0);
  }
});

test('a range that the host routes is not chosen', () => {
  const values = [0, 0, 0.5];
  const first = formatSubnet(chooseSubnet([], () => 0) as Subnet);
  const chosen = chooseSubnet([subnet(first)], () => values.shift() ?? 0);
  expect(chosen).toBeDefined();
  expect(overlaps(chosen as Subnet, subnet(first))).toBe(false);
});

test('no range is chosen when all is taken', () => {
  expect(chooseSubnet([subnet('10.0.0.0/8')], Math.random)).toBeUndefined();
});

test.each([
  ['10.0.0.0/8', '10.210.0.16/28', true],
  ['10.210.0.16/28', '10.0.0.0/8', true],
  ['10.210.0.0/28', '10.210.0.16/28', false],
  ['192.168.0.0/16', '10.0.0.0/8', false],
])('%s and %s overlap: %s', (a, b, expected) => {
  expect(overlaps(subnet(a), subnet(b))).toBe(expected);
});

test('addresses count from the base, also beyond the sign bit', () => {
  expect(addressAt(subnet('10.201.3.32/28'), 2)).toBe('10.201.3.34');
  expect(addressAt(subnet('200.1.2.240/28'), 15)).toBe('200.1.2.255');
});

test('host bits of a range are dropped, nonsense is refused', () => {
  expect(formatSubnet(subnet('192.168.7.9/24'))).toBe('192.168.7.0/24');
  expect(parseSubnet('fe80::1/64')).toBeUndefined();
  expect(parseSubnet('10.0.0.1')).toBeUndefined();
});

test('routes come out of /proc/net/route without the default route', () => {
  const table = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    'docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    '',
  ].join('\n');
  expect(parseRoutes(table).map(formatSubnet)).toEqual(['192.168.0.0/16', '172.17.0.0/16']);
});
