// libsecp256k1 as it is loaded in the sidecar: asked for by the first signature, absent where WebAssembly is.
import { randomBytes } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';

const load = () => {
  vi.resetModules();
  return import('../../../../src/venues/hyperliquid/libsecp256k1.js');
};
const key = () => Uint8Array.from([0x3f, ...randomBytes(31)]);

afterEach(() => vi.unstubAllGlobals());

test('the first signature asks for the library, and the next ones are made by it', async () => {
  const { loadLibrary, signByLibrary } = await load();
  expect(signByLibrary(key(), randomBytes(32))).toBeUndefined();
  expect(await loadLibrary()).toBe(true);
  const { r, s } = signByLibrary(key(), randomBytes(32)) ?? {};
  expect([r?.length, s?.length]).toEqual([32, 32]);
});

test('a key that is none signs nothing', async () => {
  const { loadLibrary, signByLibrary } = await load();
  await loadLibrary();
  for (const none of [new Uint8Array(32), new Uint8Array(32).fill(0xff)])
    expect(() => signByLibrary(none, randomBytes(32))).toThrow('no signature comes of this digest');
});

test('where WebAssembly is missing, nothing is signed by the library and nothing breaks', async () => {
  vi.stubGlobal('WebAssembly', undefined);
  const { loadLibrary, signByLibrary } = await load();
  expect(await loadLibrary()).toBe(false);
  expect(signByLibrary(key(), randomBytes(32))).toBeUndefined();
});
