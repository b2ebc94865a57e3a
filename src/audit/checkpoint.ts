// A checkpoint: the head of a journal as the host saw it, signed with a key that no sidecar has (S10).
// The chain proves order and content; a checkpoint kept elsewhere proves that nothing was cut off or written anew.
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { JournalHead } from './events.js';

/** One line of a checkpoint file is this object as JSON. */
export interface Checkpoint {
  version: 1;
  /** Whose journal: `box/<name>`, `account/<id>` or `paper/<box>/<id>`. */
  journal: string;
  seq: number;
  /** Hex SHA-256 of the record's line. */
  hash: string;
  /** When the host looked, ISO 8601, UTC. */
  at: string;
  /** Ed25519 over the JSON text of the array [version, journal, seq, hash, at]; base64. */
  signature: string;
}

/** Signs a head. `key` is an Ed25519 private key. */
export function signCheckpoint(journal: string, head: JournalHead, at: string, key: KeyObject): Checkpoint {
  const { seq, hash } = head;
  const unsigned = { version: 1 as const, journal, seq, hash, at };
  return { ...unsigned, signature: sign(null, signedBytes(unsigned), key).toString('base64') };
}

/** The checkpoint of a line; undefined when it is not one, is another journal's, or this key did not sign it. */
export function readCheckpoint(line: string, journal: string, key: KeyObject): Checkpoint | undefined {
  const claimed = parseCheckpoint(line, journal);
  if (claimed === undefined) return undefined;
  const signature = Buffer.from(claimed.signature, 'base64');
  return verify(null, signedBytes(claimed), createPublicKey(key), signature) ? claimed : undefined;
}

/** What a line says, whoever signed it; undefined when it is no checkpoint, or another journal's. */
export function parseCheckpoint(line: string, journal: string): Checkpoint | undefined {
  let value: Partial<Record<keyof Checkpoint, unknown>> | null;
  try {
    value = JSON.parse(line) as typeof value;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { version, seq, hash, at, signature } = value;
  if (version !== 1 || value.journal !== journal) return undefined;
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) return undefined;
  if (typeof hash !== 'string' || typeof at !== 'string' || typeof signature !== 'string') return undefined;
  return { version, journal, seq, hash, at, signature };
}

function signedBytes({ version, journal, seq, hash, at }: Omit<Checkpoint, 'signature'>): Buffer {
  return Buffer.from(JSON.stringify([version, journal, seq, hash, at]));
}
