// A certificate authority made with openssl at run time, for test endpoints that speak TLS; nothing of it is kept.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** PEM texts: an authority, and a leaf it signed for the given names. */
export interface ThrowawayCertificate {
  ca: string;
  cert: string;
  key: string;
}

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A certificate that vouches for itself, as programs make on a user's machine; valid for two days. */
export function makeSelfSigned(host: string): { cert: string; key: string } {
  return withOpenssl(({ openssl, read }) => {
    const named = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
    openssl('req', '-x509', ...curve, '-days', '2', ...named, '-keyout', 'key.pem', '-out', 'cert.pem');
    return { cert: read('cert.pem'), key: read('key.pem') };
  });
}

/** Makes a P-256 authority and one leaf for `hosts` (DNS names or IPv4 addresses), valid for two days. */
export function makeCertificate(hosts: readonly string[]): ThrowawayCertificate {
  return withOpenssl(({ directory, openssl, read }) => {
    openssl(
      ...['req', '-x509', '-new', ...curve, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2'],
      ...['-subj', '/CN=tradebox test authority', '-addext', 'basicConstraints=critical,CA:TRUE'],
    );
    const names = hosts.map((host) => (/^[\d.]+$/.test(host) ? `IP:${host}` : `DNS:${host}`)).join(',');
    writeFileSync(path.join(directory, 'leaf.ext'), `subjectAltName=${names}\nextendedKeyUsage=serverAuth\n`);
    openssl('req', '-new', ...curve, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', `/CN=${hosts[0]}`);
    openssl(
      ...['x509', '-req', '-in', 'leaf.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
      ...['-out', 'leaf.pem', '-days', '2', '-extfile', 'leaf.ext'],
    );
    return { ca: read('ca.pem'), cert: read('leaf.pem'), key: read('leaf.key') };
  });
}

interface Openssl {
  directory: string;
  openssl(...args: string[]): void;
  read(file: string): string;
}

/** In a directory that is gone afterwards. */
function withOpenssl<Made>(make: (parts: Openssl) => Made): Made {
  const directory = mkdtempSync(path.join(tmpdir(), 'tradebox-ca-'));
  try {
    return make({
      directory,
      openssl: (...args) => void execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' }),
      read: (file) => readFileSync(path.join(directory, file), 'utf8'),
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
