// The authority's certificate in the form that Java reads: a JVM knows neither PEM files nor our variables. Pure.
import { createHash } from 'node:crypto';

/** What every JVM of the last twenty years has as its default; the store holds nothing secret. */
const password = 'changeit';
const magic = 0xfeedfeed;
const version = 2;
const trustedCertificate = 2;

/**
 * A JKS key store with each certificate of `caPem` as a trusted one; empty, trusting nobody, when there is none. Every Java
 * loads it whatever its default type (`keystore.type.compat`). Format: JDK, sun.security.provider.JavaKeyStore. What a PEM block
 * holds is taken as it is, since an agent waits for this: a store with what is no certificate no Java loads.
 */
export function javaTrustStore(caPem: string): Buffer {
  const pems = [...caPem.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g)];
  const entries = pems.map(([, base64 = ''], index) => {
    const der = Buffer.from(base64, 'base64');
    const createdMs = Buffer.alloc(8);
    return [
      u32(trustedCertificate),
      text(`tradebox-${index}`),
      createdMs,
      text('X.509'),
      u32(der.length),
      der,
    ];
  });
  const body = Buffer.concat([u32(magic), u32(version), u32(entries.length), ...entries.flat()]);
  const seal = createHash('sha1').update(Buffer.from(password, 'utf16le').swap16());
  return Buffer.concat([body, seal.update('Mighty Aphrodite').update(body).digest()]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Java's modified UTF-8, which for ASCII is ASCII. */
function text(ascii: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(ascii.length);
  return Buffer.concat([length, Buffer.from(ascii, 'ascii')]);
}
