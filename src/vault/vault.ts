// The encrypted vault: names to values in one file. Read and changed as a whole; a change never loses another process's change.
import { dirname } from 'node:path';
import { z } from 'zod';
import { removeIfLeft, withFileLock } from '../config/file-lock.js';
import {
  assertPrivateDir,
  ensurePrivateDir,
  readPrivateFile,
  writePrivateFile,
} from '../config/private-files.js';
import type { Clock } from '../core/clock.js';
import { TradeboxError } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import { defaultCostN, freshKey, open, openKey, parseEnvelope, seal, type VaultKey } from './envelope.js';
import type { VaultPassphrase } from './passphrase.js';

export interface Vault {
  exists(): boolean;
  /** A value; undefined when the vault or the name does not exist. Throws VAULT_PASSPHRASE_WRONG, VAULT_CORRUPT, VAULT_LOCKED. */
  get(name: string): Promise<Secret | undefined>;
  /** Every value by its name; none without a vault. Throws as `get`. */
  all(): Promise<ReadonlyMap<string, Secret>>;
  /** Names with the time they were last set, sorted. */
  list(): Promise<readonly VaultItem[]>;
  /** Stores a value, making the vault when there is none. Returns whether a value was replaced. */
  set(name: string, value: Secret): Promise<boolean>;
  /** Removes a value. Returns false when there is none of that name. */
  remove(name: string): Promise<boolean>;
}

export interface VaultItem {
  name: string;
  /** ISO time of the last `set`. */
  setAt: string;
}

const contentSchema = z.strictObject({
  version: z.literal(1),
  secrets: z.record(z.string(), z.strictObject({ value: z.string(), setAt: z.string() })),
});
type Content = z.infer<typeof contentSchema>;

const lockWaitMs = 10_000;

/** `costN` is scrypt's N for a vault that is made new; the default is what attackers should pay. */
export function createVault(
  path: string,
  passphrase: VaultPassphrase,
  clock: Clock,
  costN: number = defaultCostN,
): Vault {
  let cached: { bytes: Buffer; content: Content; key: VaultKey } | undefined;

  const load = async (): Promise<{ content: Content; key: VaultKey } | undefined> => {
    assertPrivateDir(dirname(path));
    const bytes = readPrivateFile(path);
    if (bytes === undefined) return undefined;
    if (cached?.bytes.equals(bytes)) return cached;
    const envelope = parseEnvelope(bytes, path);
    const isSameKey = cached?.key.kdf.salt === envelope.kdf.salt && cached.key.check === envelope.check;
    const key =
      isSameKey && cached !== undefined ? cached.key : await openKey(envelope, await passphrase.existing());
    const content = readContent(open(envelope, key, path), path);
    cached = { bytes, content, key };
    return cached;
  };

  /** The passphrase is asked for before the lock is taken: nobody waits for someone who types. */
  const change = async (edit: (content: Content) => boolean): Promise<boolean> => {
    ensurePrivateDir(dirname(path));
    const key = (await load())?.key ?? (await freshKey(await passphrase.fresh(), costN));
    const locked = await withFileLock(`${path}.lock`, lockWaitMs, async () => {
      const current = (await load()) ?? { content: emptyContent(), key };
      const answer = edit(current.content);
      const bytes = seal(Buffer.from(JSON.stringify(current.content)), current.key);
      writePrivateFile(path, bytes);
      cached = { bytes, content: current.content, key: current.key };
      return answer;
    });
    if (locked.held) return locked.result;
    throw new TradeboxError(
      'VAULT_LOCKED',
      `another tradebox (process ${locked.holder ?? 'unknown'}) is changing the vault`,
      {
        remedy: `Wait until it has ended and run the command again. ${removeIfLeft(`${path}.lock`)}`,
      },
    );
  };

  return {
    exists: () => readPrivateFile(path) !== undefined,
    get: async (name) => {
      const entry = ownEntry((await load())?.content, name);
      return entry === undefined ? undefined : new Secret(entry.value);
    },
    all: async () => {
      const entries = Object.entries((await load())?.content.secrets ?? {});
      return new Map(entries.map(([name, { value }]) => [name, new Secret(value)]));
    },
    list: async () => {
      const secrets = (await load())?.content.secrets ?? {};
      return Object.entries(secrets)
        .map(([name, { setAt }]) => ({ name, setAt }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    set: (name, value) =>
      change((content) => {
        const isReplaced = ownEntry(content, name) !== undefined;
        content.secrets[name] = { value: value.reveal(), setAt: new Date(clock.nowMs()).toISOString() };
        return isReplaced;
      }),
    remove: async (name) => {
      if (ownEntry((await load())?.content, name) === undefined) return false;
      return change((content) => {
        const isThere = ownEntry(content, name) !== undefined;
        delete content.secrets[name];
        return isThere;
      });
    },
  };
}

function emptyContent(): Content {
  return { version: 1, secrets: {} };
}

function ownEntry(content: Content | undefined, name: string): Content['secrets'][string] | undefined {
  return content !== undefined && Object.hasOwn(content.secrets, name) ? content.secrets[name] : undefined;
}

function readContent(plain: Buffer, path: string): Content {
  try {
    return contentSchema.parse(JSON.parse(plain.toString('utf8')));
  } catch {
    // The error is not kept as cause: it may quote the plain text (S2).
    throw new TradeboxError('VAULT_CORRUPT', `the vault ${path} holds something this version cannot read`, {
      remedy: 'Use the version of tradebox that wrote it.',
    });
  }
}
