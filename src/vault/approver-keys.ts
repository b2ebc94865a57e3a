// The private key of an approver: Ed25519, sealed under that person's own passphrase as the vault is under its. Bytes in, bytes out.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { TradeboxError } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import { freshKey, open, openKey, parseEnvelope, seal } from './envelope.js';

export interface ApproverKey {
  /** The private key's file (0600). */
  sealed: Buffer;
  /** As in ApproverPin. */
  publicKey: string;
}

/** Shorter passphrases are found by trying. */
export const minPassphraseLength = 12;

/** Throws SECRET_INVALID for a passphrase that is too short, or was typed otherwise the second time. */
export async function makeApproverKey(
  passphrase: Secret,
  again: Secret,
  costN?: number,
): Promise<ApproverKey> {
  if (passphrase.reveal() !== again.reveal()) {
    throw new TradeboxError('SECRET_INVALID', 'the two passphrases differ', { remedy: 'Try again.' });
  }
  if (Array.from(passphrase.reveal()).length < minPassphraseLength) {
    throw new TradeboxError(
      'SECRET_INVALID',
      `the passphrase has fewer than ${minPassphraseLength} characters`,
      { remedy: 'Choose a longer one, e.g. five random words.' },
    );
  }
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const sealed = seal(privateKey.export({ type: 'pkcs8', format: 'der' }), await freshKey(passphrase, costN));
  return { sealed, publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64') };
}

/** Throws VAULT_PASSPHRASE_WRONG, VAULT_CORRUPT when the file is not what was sealed or another key than the pinned one. */
export async function openApproverKey(
  sealed: Buffer,
  { file, name, publicKey }: { file: string; name: string; publicKey: string },
  passphrase: Secret,
): Promise<KeyObject> {
  const corrupt = () =>
    new TradeboxError('VAULT_CORRUPT', `the key ${file} was changed, damaged, or is not the pinned one`, {
      remedy: `Make a new one with \`tradebox approvers rm ${name}\` and \`tradebox approvers add ${name}\`.`,
    });
  let key: KeyObject;
  try {
    const envelope = parseEnvelope(sealed, file);
    key = createPrivateKey({
      key: open(envelope, await openKey(envelope, passphrase), file),
      format: 'der',
      type: 'pkcs8',
    });
  } catch (thrown) {
    if (thrown instanceof TradeboxError && thrown.code === 'VAULT_PASSPHRASE_WRONG') {
      throw new TradeboxError('VAULT_PASSPHRASE_WRONG', `that is not the passphrase of ${name}’s key`, {
        remedy: 'Try again.',
      });
    }
    throw corrupt();
  }
  const own = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64');
  if (own !== publicKey) throw corrupt();
  return key;
}
