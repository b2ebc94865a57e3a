import { expect, test } from 'vitest';
import { Secret } from '../../../src/core/secret.js';
import { makeApproverKey, openApproverKey } from '../../../src/vault/approver-keys.js';

/** The least that scrypt's bounds allow. */
const costN = 32_768;
const words = new Secret(`five random words of ${Math.random()}`);

test('a key opens with its passphrase alone, and only as the pinned one', async () => {
  const { sealed, publicKey } = await makeApproverKey(words, words, costN);
  const place = { file: 'ann.key', name: 'ann', publicKey };
  expect((await openApproverKey(sealed, place, words)).asymmetricKeyType).toBe('ed25519');
  await expect(openApproverKey(sealed, place, new Secret('something else'))).rejects.toMatchObject({
    code: 'VAULT_PASSPHRASE_WRONG',
    message: expect.stringContaining('ann’s key'),
  });
  const stranger = { ...place, publicKey: `${publicKey.slice(0, -4)}AAA=` };
  await expect(openApproverKey(sealed, stranger, words)).rejects.toThrow('not the pinned one');
  const damaged = Buffer.from(sealed.toString().replace('"data": "', '"data": "AAAA'));
  await expect(openApproverKey(damaged, place, words)).rejects.toMatchObject({ code: 'VAULT_CORRUPT' });
});
