import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Secret } from '../../../src/core/secret.js';
import { freshKey, open, openKey, parseEnvelope, seal } from '../../../src/vault/envelope.js';
import { thrownBy } from '../../support/host-files.js';

const cheapN = 32_768;
const passphrase = new Secret('correct horse battery staple');
const plain = Buffer.from('{"hello":"wörld"}');
const key = await freshKey(passphrase, cheapN);
const sealed = seal(plain, key);
const fields = JSON.parse(sealed.toString()) as Record<string, never>;

/** The sealed vault with a change, its checksum made right again: what an attacker would write. */
function forged(change: (envelope: Record<string, unknown>) => void): Buffer {
  const envelope = structuredClone(fields) as Record<string, unknown>;
  change(envelope);
  const { format, version, kdf, check, cipher, tag, data } = envelope as {
    format: string;
    version: number;
    check: string;
    tag: string;
    data: string;
    kdf: Record<string, unknown>;
    cipher: Record<string, unknown>;
  };
  const header = [format, version, kdf.name, kdf.n, kdf.r, kdf.p, kdf.salt, check, cipher.name, cipher.nonce];
  envelope.checksum = createHash('sha256')
    .update(JSON.stringify(header))
    .update(`\n${tag}\n${data}`)
    .digest('hex');
  return Buffer.from(JSON.stringify(envelope));
}

async function openAll(bytes: Buffer, by = passphrase): Promise<Buffer> {
  const envelope = parseEnvelope(bytes, '/vault');
  return open(envelope, await openKey(envelope, by), '/vault');
}

test('opens what it sealed', async () => {
  expect(await openAll(sealed)).toEqual(plain);
});

test('the forging helper changes nothing by itself', async () => {
  expect(await openAll(forged(() => {}))).toEqual(plain);
});

test('never uses a nonce twice, and a new vault has a new salt', async () => {
  const nonces = Array.from({ length: 50 }, () => JSON.parse(seal(plain, key).toString()).cipher.nonce);
  expect(new Set(nonces).size).toBe(50);
  expect((await freshKey(passphrase, cheapN)).kdf.salt).not.toBe(key.kdf.salt);
});

test('a wrong passphrase is told from damage', async () => {
  await expect(openAll(sealed, new Secret('correct horse battery stable'))).rejects.toMatchObject({
    code: 'VAULT_PASSPHRASE_WRONG',
  });
});

test('every changed byte is noticed', () => {
  const text = sealed.toString();
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index] ?? '';
    if (/\s/.test(char)) continue;
    const changed = text.slice(0, index) + (char === 'A' ? 'B' : 'A') + text.slice(index + 1);
    expect(
      thrownBy(() => parseEnvelope(Buffer.from(changed), '/vault')),
      changed,
    ).toMatchObject({ code: 'VAULT_CORRUPT' });
  }
});

test.each(['', 'null', '[]', '{}', 'not json'])('%j is no vault', (text) => {
  expect(thrownBy(() => parseEnvelope(Buffer.from(text), '/vault'))).toMatchObject({ code: 'VAULT_CORRUPT' });
});

test('data, tag or nonce changed on purpose do not open', async () => {
  const flip = (text: string): string => {
    const bytes = Buffer.from(text, 'base64');
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    return bytes.toString('base64');
  };
  for (const change of [
    (envelope: Record<string, unknown>) => {
      envelope.data = flip(String(envelope.data));
    },
    (envelope: Record<string, unknown>) => {
      envelope.tag = flip(String(envelope.tag));
    },
    (envelope: Record<string, unknown>) => {
      const cipher = envelope.cipher as { nonce: string };
      cipher.nonce = flip(cipher.nonce);
    },
  ]) {
    await expect(openAll(forged(change))).rejects.toMatchObject({ code: 'VAULT_CORRUPT' });
  }
});

test('the header is bound to the data: the check value of another key does not help', async () => {
  const other = await freshKey(passphrase, cheapN);
  const swapped = forged((envelope) => {
    envelope.kdf = other.kdf;
    envelope.check = other.check;
  });
  await expect(openAll(swapped)).rejects.toMatchObject({ code: 'VAULT_CORRUPT' });
});

test.each([
  ['cheap', 2],
  ['huge', 2 ** 24],
  ['odd', 100_000],
])('refuses %s scrypt parameters', (_what, n) => {
  const weak = forged((envelope) => {
    (envelope.kdf as { n: number }).n = n;
  });
  expect(thrownBy(() => parseEnvelope(weak, '/vault'))).toMatchObject({ code: 'VAULT_CORRUPT' });
});
