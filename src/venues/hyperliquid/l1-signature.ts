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

// Hashes written out: to make them when the program is loaded would delay every start; the SDK's vectors prove them.
/** Of the domain "Exchange", version 1, chain 1337, contract 0. */
const domain = Buffer.from('d79297fcdf2ffcd4ae223d01edaa2ba214ff8f401d7c9300d995d17c82aa4040', 'hex');
/** Of `Agent(string source,bytes32 connectionId)`. */
const agentType = Buffer.from('26f05c2f7239b6983075e58321292d77b3aa173d19b27257ac96ab362570f508', 'hex');
/** Of the letters. */
const sources: Readonly<Record<Source, Buffer>> = {
  a: Buffer.from('3ac225168df54212a25c1c01fd35bebfea408fdac2e31ddd6f80a4bbf9a5f1cb', 'hex'),
  b: Buffer.from('b5553de315e0edf504d9150af82dafa5c4667fa618ed0a6f19c69b41166c5510', 'hex'),
};

function keccak(data: Uint8Array): Buffer {
  return Buffer.from(keccak_256(data));
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
