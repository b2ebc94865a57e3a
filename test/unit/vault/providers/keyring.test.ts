import { expect, test } from 'vitest';
import type { ProviderContext } from '../../../../src/vault/provider.js';
import { createKeyringProvider, type KeyringLibrary } from '../../../../src/vault/providers/keyring.js';

const source = { scheme: 'keyring', service: 'trading', account: 'okx key' } as const;
const context = {} as ProviderContext;

function library(answer: () => Promise<string | null>, seen: unknown[] = []): KeyringLibrary {
  return {
    AsyncEntry: class {
      constructor(...given: unknown[]) {
        seen.push(...given);
      }
      getPassword = answer;
    },
  };
}

test('the library is loaded when it is asked, and gives the value exactly', async () => {
  const seen: unknown[] = [];
  let loads = 0;
  const provider = createKeyringProvider(async () => {
    loads += 1;
    return library(async () => 'value with an end\n', seen);
  });
  expect(loads).toBe(0);
  expect((await provider.resolve(source, context)).reveal()).toBe('value with an end\n');
  expect(seen).toEqual(['trading', 'okx key', { linux: { store: 'secret-service' } }]);
});

test('nothing there, no keyring, no library for the platform: three things, each with a way on', async () => {
  const failing = [
    [
      createKeyringProvider(async () => library(async () => null)),
      'SECRET_MISSING',
      'holds nothing for trading/okx key',
    ],
    [
      createKeyringProvider(async () => library(() => Promise.reject(new Error('no D-Bus')))),
      'SECRET_SOURCE_FAILED',
      'does not answer',
    ],
    [
      createKeyringProvider(() => Promise.reject(new Error('no native code'))),
      'SECRET_SOURCE_FAILED',
      'no keyring library',
    ],
  ] as const;
  for (const [provider, code, message] of failing)
    await expect(provider.resolve(source, context)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      remedy: expect.stringMatching(/Store it|Unlock it/),
    });
});

test('the real library is there and has the entry that is used', async () => {
  const { AsyncEntry } = await import('@napi-rs/keyring');
  expect(AsyncEntry.prototype.getPassword).toBeTypeOf('function');
});
