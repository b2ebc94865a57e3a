// The vault on disk: a JSON envelope around AES-256-GCM, its key from scrypt. Bytes in, bytes out; no file is touched here.
//
// scrypt (RFC 7914) gives 64 bytes: the first half is the key, a hash of the second half stands in the header, so that a wrong
// passphrase is told from a damaged file. The header is the cipher's additional data. A checksum over everything tells damage
// before the passphrase is asked for; against a deliberate change stands the cipher's tag alone.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import { z } from 'zod';
import { TradeboxError } from '../core/errors.js';
import { Secret } from '../core/secret.js';

const base64 = (bytes: number) =>
  z.string().refine((text) => {
    const decoded = Buffer.from(text, 'base64');
    return decoded.length === bytes && decoded.toString('base64') === text;
  });

const headerSchema = z.strictObject({
  format: z.literal('tradebox-vault'),
  version: z.literal(1),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    // Bounds keep a changed file from weakening the key or exhausting memory (128 · N · r bytes).
    n: z.int().refine((n) => n >= 32_768 && n <= 524_288 && Number.isInteger(Math.log2(n))),
    r: z.literal(8),
    p: z.literal(1),
    salt: base64(32),
  }),
  /** SHA-256 of the second half of scrypt's output. */
  check: base64(32),
  cipher: z.strictObject({ name: z.literal('aes-256-gcm'), nonce: base64(12) }),
});
type Header = z.infer<typeof headerSchema>;

const envelopeSchema = z.strictObject({
  ...headerSchema.shape,
  tag: base64(16),
  data: z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/),
  /** SHA-256 hex of the envelope without this member. */
  checksum: z.string(),
});
type Envelope = z.infer<typeof envelopeSchema>;

/** OWASP's minimum for scrypt with r = 8, p = 1 (Password Storage Cheat Sheet, 2024): 128 MB, about 0.3 s. */
export const defaultCostN = 131_072;

/** A key with the header it belongs to: opening and sealing again costs one derivation. */
export interface VaultKey {
  kdf: Header['kdf'];
  check: string;
  key: Secret<Buffer>;
}

/** A sealed vault, its form and checksum verified. Throws VAULT_CORRUPT. */
export function parseEnvelope(bytes: Buffer, path: string): Envelope {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw corrupt(path);
  }
  const parsed = envelopeSchema.safeParse(json);
  if (!parsed.success || parsed.data.checksum !== checksumOf(parsed.data)) throw corrupt(path);
  return parsed.data;
}

/** The key of a sealed vault. Throws VAULT_PASSPHRASE_WRONG. */
export async function openKey(envelope: Envelope, passphrase: Secret): Promise<VaultKey> {
  const { key, check } = await derive(passphrase, envelope.kdf);
  if (!timingSafeEqual(Buffer.from(check, 'base64'), Buffer.from(envelope.check, 'base64'))) {
    throw new TradeboxError('VAULT_PASSPHRASE_WRONG', "that is not the vault's passphrase", {
      remedy: 'Try again; check TRADEBOX_PASSPHRASE_FILE and TRADEBOX_PASSPHRASE if they are set.',
    });
  }
  return { kdf: envelope.kdf, check, key: new Secret(key) };
}

/** A key for a new vault, or for one whose passphrase changes. */
export async function freshKey(passphrase: Secret, n: number = defaultCostN): Promise<VaultKey> {
  const kdf: Header['kdf'] = { name: 'scrypt', n, r: 8, p: 1, salt: randomBytes(32).toString('base64') };
  const { key, check } = await derive(passphrase, kdf);
  return { kdf, check, key: new Secret(key) };
}

/** Decrypts. Throws VAULT_CORRUPT when header or data are not what was sealed. */
export function open(envelope: Envelope, { key }: VaultKey, path: string): Buffer {
  const decipher = createDecipheriv(
    'aes-256-gcm',
    key.reveal(),
    Buffer.from(envelope.cipher.nonce, 'base64'),
    {
      authTagLength: 16,
    },
  );
  decipher.setAAD(additionalData(envelope));
  decipher.setAuthTag(Buffer.from(envelope.tag, 'base64'));
  try {
    return Buffer.concat([decipher.update(Buffer.from(envelope.data, 'base64')), decipher.final()]);
  } catch {
    throw corrupt(path);
  }
}

/** Encrypts under a nonce that was never used before. */
export function seal(plain: Buffer, { key, kdf, check }: VaultKey): Buffer {
  const nonce = randomBytes(12);
  const header: Header = {
    format: 'tradebox-vault',
    version: 1,
    kdf,
    check,
    cipher: { name: 'aes-256-gcm', nonce: nonce.toString('base64') },
  };
  const cipher = createCipheriv('aes-256-gcm', key.reveal(), nonce, { authTagLength: 16 });
  cipher.setAAD(additionalData(header));
  const data = Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
  const envelope = { ...header, tag: cipher.getAuthTag().toString('base64'), data };
  return Buffer.from(`${JSON.stringify({ ...envelope, checksum: checksumOf(envelope) }, undefined, 2)}\n`);
}

/** The header as one fixed spelling, whatever the order in the file. */
function additionalData({ format, version, kdf, check, cipher }: Header): Buffer {
  const { name, n, r, p, salt } = kdf;
  return Buffer.from(
    JSON.stringify([format, version, name, n, r, p, salt, check, cipher.name, cipher.nonce]),
  );
}

function checksumOf(envelope: Omit<Envelope, 'checksum'>): string {
  return createHash('sha256')
    .update(additionalData(envelope))
    .update(`\n${envelope.tag}\n${envelope.data}`)
    .digest('hex');
}

async function derive(passphrase: Secret, kdf: Header['kdf']): Promise<{ key: Buffer; check: string }> {
  const { n: N, r, p } = kdf;
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const options = { N, r, p, maxmem: 128 * N * r + 32 * 1024 * 1024 };
    scrypt(
      Buffer.from(passphrase.reveal()),
      Buffer.from(kdf.salt, 'base64'),
      64,
      options,
      (error, derived) => {
        if (error === null) resolve(derived);
        else reject(error);
      },
    );
  });
  const check = createHash('sha256').update(bytes.subarray(32)).digest('base64');
  return { key: bytes.subarray(0, 32), check };
}

function corrupt(path: string): TradeboxError {
  return new TradeboxError('VAULT_CORRUPT', `the vault ${path} was changed or damaged`, {
    remedy:
      'Restore it from a backup, or move it away and store the secrets again with: tradebox secrets set <name>',
  });
}
