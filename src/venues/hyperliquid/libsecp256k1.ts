// libsecp256k1 as WebAssembly, compiled aside when first asked for: it signs in a quarter of OpenSSL's or noble-curves' time.
import { randomBytes } from 'node:crypto';
// The one file of the package: its index also compiles four hashes, and waits for that where it is loaded.
import { instantiateSecp256k1 } from '@bitauth/libauth/build/lib/crypto/secp256k1.js';

export interface RecoverableSignature {
  /** 32 bytes each; s is low. */
  r: Buffer;
  s: Buffer;
  /** Whether the nonce's point has an odd y. */
  isOdd: boolean;
}

let library: Awaited<ReturnType<typeof instantiateSecp256k1>> | undefined;
let loading: Promise<boolean> | undefined;

/**
 * Signs a 32-byte digest with a 32-byte key, nonces as in RFC 6979; undefined before the library is there, which the first call
 * asks for. The copy of the key in the library's memory is cleared before this returns.
 */
export function signByLibrary(key: Uint8Array, digest: Uint8Array): RecoverableSignature | undefined {
  if (library === undefined) {
    void loadLibrary();
    return undefined;
  }
  const signed = library.signMessageHashRecoverableCompact(key, digest);
  if (typeof signed === 'string') throw new Error('no signature comes of this digest');
  const { signature, recoveryId } = signed;
  // Bit 1 tells of an x beyond the order, of which r would be the rest: never in the age of the world, and v cannot say it.
  if (recoveryId > 1) throw new Error('no signature comes of this digest');
  return {
    r: Buffer.from(signature.subarray(0, 32)),
    s: Buffer.from(signature.subarray(32)),
    isOdd: recoveryId === 1,
  };
}

/** Whether the library is there now; false where this Node compiles no WebAssembly. */
export function loadLibrary(): Promise<boolean> {
  loading ??= instantiate();
  return loading;
}

/** Its context is blinded by random bytes. */
async function instantiate(): Promise<boolean> {
  try {
    library = await instantiateSecp256k1(randomBytes(32));
    return true;
  } catch {
    return false;
  }
}
