// Hyperliquid's L1 signature: EIP-712 over a "phantom agent" whose connection id is the hash of the action.
// Source: hyperliquid-python-sdk 7ee976d utils/signing.py (action_hash, construct_phantom_agent, l1_payload), EIP-712.
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import type { StrictJson } from '../json-strict.js';
import { packMessage } from '../msgpack.js';
import { isDigestSignedBy, type Signature, signDigest } from './ecdsa.js';

export interface L1Message {
  action: StrictJson;
  /** Milliseconds. */
  nonce: bigint;
  /** 20 bytes in 0x-hex. */
  vaultAddress?: string;
  /** Milliseconds; the venue rejects the action after it. */
  expiresAfter?: bigint;
}

/** `a` signs for mainnet, `b` for testnet: a signature for one is worthless on the other. */
export type Source = 'a' | 'b';

export function actionHash(message: L1Message): Buffer {
  const parts = [packMessage(message.action), uint64(message.nonce)];
  if (message.vaultAddress === undefined) parts.push(Buffer.of(0));
  else parts.push(Buffer.of(1), Buffer.from(message.vaultAddress.slice(2), 'hex'));
  if (message.expiresAfter !== undefined) parts.push(Buffer.of(0), uint64(message.expiresAfter));
  return keccak(Buffer.concat(parts));
}

/** Signs deterministically (RFC 6979, low s) with a 32-byte key. */
export function signL1(key: Uint8Array, message: L1Message, source: Source): Signature {
  return signDigest(key, l1Digest(message, source));
}

/** Whether that worthless key signed the message. */
export function isL1SignedBy(
  decoyKey: Uint8Array,
  signature: Signature,
  message: L1Message,
  source: Source,
): boolean {
  return isDigestSignedBy(decoyKey, signature, l1Digest(message, source));
}

/** What is signed. Throws NotPackable for an action that has no single encoding. */
export function l1Digest(message: L1Message, source: Source): Buffer {
  const agent = keccak(Buffer.concat([agentType, sources[source], actionHash(message)]));
  return keccak(Buffer.concat([Buffer.of(0x19, 0x01), domain, agent]));
}

/** The key's bytes from 64 hex digits, with or without 0x; undefined when they are no secp256k1 key. */
export function readPrivateKey(text: string): Uint8Array | undefined {
  if (!/^(?:0x)?[0-9a-fA-F]{64}$/.test(text)) return undefined;
  const key = Uint8Array.from(Buffer.from(text.slice(-64), 'hex'));
  return secp256k1.utils.isValidSecretKey(key) ? key : undefined;
}

const domain = keccak(
  Buffer.concat([
    keccak('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'),
    keccak('Exchange'),
    keccak('1'),
    word(1337n),
    word(0n),
  ]),
);
const agentType = keccak('Agent(string source,bytes32 connectionId)');

const sources: Readonly<Record<Source, Buffer>> = { a: keccak('a'), b: keccak('b') };

function keccak(data: Uint8Array | string): Buffer {
  return Buffer.from(keccak_256(typeof data === 'string' ? Buffer.from(data) : data));
}

function word(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
