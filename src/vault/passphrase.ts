// The vault's passphrase: TRADEBOX_PASSPHRASE_FILE, TRADEBOX_PASSPHRASE, or a hidden question, asked once a run.
import { readFileSync } from 'node:fs';
import type { HostEnvironment } from '../config/paths.js';
import { assertPrivateFile, errnoOf } from '../config/private-files.js';
import { TradeboxError } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import { secretFromBytes } from './bytes.js';

export interface VaultPassphrase {
  /** Whether `existing` asks nobody: it was given, or asked for before. */
  isKnown(): boolean;
  /** The passphrase of an existing vault. Throws VAULT_LOCKED when there is nobody to ask. */
  existing(): Promise<Secret>;
  /** The passphrase of a vault that is about to be made; asked for twice. Throws VAULT_LOCKED, SECRET_INVALID. */
  fresh(): Promise<Secret>;
}

/** Asks a person; undefined when there is nobody to ask. */
export type AskHidden = ((question: string) => Promise<Secret>) | undefined;

/** Shorter passphrases are found by trying. */
const minFreshLength = 12;

export function createPassphrase(env: HostEnvironment, ask: AskHidden): VaultPassphrase {
  let known: Secret | undefined;
  const given = (): Secret | undefined => readPassphraseFile(env.passphraseFile) ?? env.passphrase;
  const askFor = (): NonNullable<AskHidden> => {
    if (ask !== undefined) return ask;
    throw new TradeboxError(
      'VAULT_LOCKED',
      'the vault needs its passphrase and there is no terminal to ask on',
      {
        remedy:
          'Set TRADEBOX_PASSPHRASE_FILE to a file with mode 0600 that holds it, or TRADEBOX_PASSPHRASE.',
      },
    );
  };
  return {
    isKnown: () => known !== undefined || env.passphraseFile !== undefined || env.passphrase !== undefined,
    existing: async () => {
      known ??= given() ?? (await askFor()('Passphrase of the vault:'));
      return known;
    },
    fresh: async () => {
      known ??= given() ?? (await askTwice(askFor()));
      if (Array.from(known.reveal()).length < minFreshLength) {
        known = undefined;
        throw new TradeboxError(
          'SECRET_INVALID',
          `the passphrase has fewer than ${minFreshLength} characters`,
          {
            remedy: 'Choose a longer one, e.g. five random words.',
          },
        );
      }
      return known;
    },
  };
}

async function askTwice(ask: NonNullable<AskHidden>): Promise<Secret> {
  const first = await ask('Passphrase for the new vault:');
  const second = await ask('The same again:');
  if (first.reveal() === second.reveal()) return first;
  throw new TradeboxError('SECRET_INVALID', 'the two passphrases differ', {
    remedy: 'Run the command again.',
  });
}

function readPassphraseFile(path: string | undefined): Secret | undefined {
  if (path === undefined) return undefined;
  assertPrivateFile(path);
  try {
    return secretFromBytes(readFileSync(path), 'the passphrase file');
  } catch (cause) {
    if (cause instanceof TradeboxError) throw cause;
    throw new TradeboxError(
      'VAULT_LOCKED',
      `cannot read ${path} (TRADEBOX_PASSPHRASE_FILE): ${errnoOf(cause) ?? ''}`,
      {
        remedy: 'Set TRADEBOX_PASSPHRASE_FILE to a file you can read, or unset it.',
        cause,
      },
    );
  }
}
