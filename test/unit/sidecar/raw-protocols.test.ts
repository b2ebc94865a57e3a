import { expect, test } from 'vitest';
import { rawProtocolIn, rawProtocolOf } from '../../../src/sidecar/raw-protocols.js';

test('ports of brokers and venues are named, others are not', () => {
  expect([4001, 4002, 7496, 7497, 9000].map((port) => rawProtocolOf('', port))).toEqual([
    expect.stringContaining('IB Gateway (live)'),
    expect.stringContaining('IB Gateway (paper)'),
    expect.stringContaining('TWS (live)'),
    expect.stringContaining('TWS (paper)'),
    expect.stringContaining('FIX order entry'),
  ]);
  const fix = [4000, 4001, 4002, 4003, 4004, 4005, 4198, 6110, 6120, 6121, 6122, 6130, 9880, 9883];
  for (const port of fix) expect(rawProtocolOf('gw.test', port)).toContain('FIX');
  expect(rawProtocolOf('www.okx.com', 443)).toBeUndefined();
});

test.each([
  'fix-oe.binance.com',
  'fix-md.testnet.binance.vision',
  'fix-oe-testnet.bybit.com',
  'colo-london.vip-fix.uat.kraken.com',
  'fix.prime.coinbase.com',
  'fix-ord.exchange.coinbase.com',
  'FIX.example.test',
])('%s is a host of FIX at any port', (host) => {
  expect(rawProtocolOf(host, 443)).toContain('FIX');
  expect(rawProtocolOf(host)).toContain('FIX');
});

test.each(['api.fixer.io', 'prefix.test', 'suffix-api.test', 'fix', 'www.binance.com'])(
  '%s is none',
  (host) => {
    expect(rawProtocolOf(host, 443)).toBeUndefined();
  },
);

test.each([
  ['8=FIX.4.2\x019=5\x01', 'FIX'],
  ['8=FIXT.1.1\x019=5\x01', 'FIX'],
  ['API\0\0\0\0\x09v100..176', "the TWS API of IBKR's TWS and IB Gateway"],
  ['8=FI', undefined],
  ['GET / HTTP/1.1\r\n', undefined],
  ['\x16\x03\x01', undefined],
])('%j is named %s', (bytes, name) => {
  expect(rawProtocolIn(Buffer.from(bytes, 'latin1'))).toBe(name);
});
