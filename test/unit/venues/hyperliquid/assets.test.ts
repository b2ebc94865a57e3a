// Numbers become names only by the venue's list.
import { expect, test } from 'vitest';
import { assetSource } from '../../../../src/venues/hyperliquid/assets.js';

const meta = { universe: [{ name: 'BTC', szDecimals: 5 }, { name: 'ETH' }] };
const spotMeta = {
  tokens: [],
  universe: [
    { name: 'PURR/USDC', index: 0 },
    { name: '@107', index: 107 },
  ],
};
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

test('perpetuals count from zero, spot pairs from ten thousand', () => {
  const list = assetSource.read([bytes(meta), bytes(spotMeta)]);
  expect(Object.fromEntries(list!)).toEqual({ 0: 'BTC', 1: 'ETH', 10000: 'PURR/USDC', 10107: '@107' });
});

test('an answer that is no list gives none', () => {
  expect(assetSource.read([bytes(meta)])).toBeUndefined();
  expect(assetSource.read([bytes({}), bytes(spotMeta)])).toBeUndefined();
  expect(assetSource.read([bytes(meta), bytes({ universe: [{ name: 'X', index: 'one' }] })])).toBeUndefined();
  expect(assetSource.read([Buffer.from('<html>'), bytes(spotMeta)])).toBeUndefined();
});

test('each network is asked for its own list', () => {
  const hosts = (environment: 'live' | 'demo') => assetSource.requests(environment).map(({ host }) => host);
  expect(hosts('live')).toEqual(['api.hyperliquid.xyz', 'api.hyperliquid.xyz']);
  expect(hosts('demo')).toEqual(['api.hyperliquid-testnet.xyz', 'api.hyperliquid-testnet.xyz']);
});
