// Certificates must satisfy the strictest reader of each family, so real clients are asked where they are installed.
import { execFile, execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock, systemClock } from '../../../src/core/clock.js';
import { type Authority, createAuthority } from '../../../src/sidecar/authority.js';

const dayMs = 24 * 60 * 60 * 1000;
const run = promisify(execFile);
const has = (command: string, versionArgument = '--version'): boolean => {
  try {
    execFileSync(command, [versionArgument], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

describe('certificates', () => {
  const clock = fixedClock(Date.UTC(2026, 10, 20));
  const authority = createAuthority({ clock });
  const ca = new X509Certificate(authority.caPem);

  test('the authority signs itself, may sign leaves, and is valid from a day ago', () => {
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(ca.subject).toBe('CN=tradebox box authority');
    expect(Date.parse(ca.validFrom)).toBe(clock.nowMs() - dayMs);
  });

  test('its name is the same for the same common name, its key is not', () => {
    const other = new X509Certificate(createAuthority({ clock }).caPem);
    expect(other.subject).toBe(ca.subject);
    expect(other.fingerprint256).not.toBe(ca.fingerprint256);
    expect(other.verify(ca.publicKey)).toBe(false);
  });

  test.each([
    'www.okx.com',
    'a.b-c.example',
    '_srv.example',
    'localhost',
    `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.example`,
  ])('a leaf names exactly its host: %s', (host) => {
    const leaf = new X509Certificate(authority.leafFor(host).cert);
    expect(leaf.checkHost(host)).toBe(host);
    expect(leaf.subjectAltName).toBe(`DNS:${host}`);
    expect(leaf.checkHost(`x${host}`)).toBeUndefined();
    expect(leaf.ca).toBe(false);
    expect(leaf.checkIssued(ca)).toBe(true);
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)).toBeLessThanOrEqual(30 * dayMs);
  });

  test.each(['192.0.2.7', '2001:db8::7', '::1', '::ffff:192.0.2.7', '1:2:3:4:5:6:7:8'])(
    'a leaf for an address carries it as an address: %s',
    (address) => {
      const leaf = new X509Certificate(authority.leafFor(address).cert);
      expect(leaf.checkIP(address)).toBe(address);
      expect(leaf.checkIP('192.0.2.8')).toBeUndefined();
    },
  );

  test('names are lower-cased and share a context', () => {
    expect(new X509Certificate(authority.leafFor('WWW.Okx.COM').cert).subjectAltName).toBe('DNS:www.okx.com');
    expect(authority.contextFor('WWW.okx.com')).toBe(authority.contextFor('www.okx.com'));
  });

  test.each([
    '',
    ' ',
    'a b',
    'a,DNS:evil.example',
    'exämple.com',
    'a\0b',
    '.a',
    'a.',
    'a'.repeat(254),
    '[::1]',
    '*.a.example',
  ])('no certificate for what is not a host: %j', (host) => {
    expect(() => authority.leafFor(host)).toThrow(/not a host name/);
  });

  test('serial numbers are positive, long and never the same', () => {
    const serials = Array.from(
      { length: 50 },
      () => new X509Certificate(authority.leafFor('a.example').cert).serialNumber,
    );
    expect(new Set(serials).size).toBe(50);
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
  });
});

test('a context is renewed before its certificate ends, and never outlives the authority', () => {
  const clock = fixedClock(Date.UTC(2026, 10, 20));
  const authority = createAuthority({ clock });
  const first = authority.contextFor('a.example');
  clock.set(clock.nowMs() + 25 * dayMs);
  expect(authority.contextFor('a.example')).toBe(first);
  clock.set(clock.nowMs() + 3 * dayMs);
  expect(authority.contextFor('a.example')).not.toBe(first);
  clock.set(Date.UTC(2027, 10, 1));
  const caEnds = Date.parse(new X509Certificate(authority.caPem).validTo);
  expect(Date.parse(new X509Certificate(authority.leafFor('a.example').cert).validTo)).toBe(caEnds);
});

test('the context cache is bounded and keeps what is used', () => {
  const authority = createAuthority({ clock: systemClock });
  const kept = authority.contextFor('kept.example');
  const dropped = authority.contextFor('dropped.example');
  for (let i = 0; i < 512; i++) {
    authority.contextFor(`h${i}.example`);
    authority.contextFor('kept.example');
  }
  expect(authority.contextFor('kept.example')).toBe(kept);
  expect(authority.contextFor('dropped.example')).not.toBe(dropped);
});

describe('real clients', () => {
  const authority: Authority = createAuthority({ clock: systemClock });
  const dir = mkdtempSync(path.join(tmpdir(), 'tradebox-authority-'));
  const caFile = path.join(dir, 'ca.pem');
  let server: tls.Server;
  let port: number;

  beforeAll(async () => {
    writeFileSync(caFile, authority.caPem);
    server = tls.createServer(
      {
        SNICallback: (name, done) => done(null, authority.contextFor(name)),
        ...authority.leafFor('127.0.0.1'),
        ticketKeys: authority.ticketKeys,
      },
      (socket) => {
        socket.on('error', () => {});
        socket.on('data', () =>
          socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok'),
        );
      },
    );
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });

  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(dir, { recursive: true });
  });

  const request = (servername: string, options: tls.ConnectionOptions = {}) =>
    new Promise<{ session?: Buffer; isReused: boolean }>((resolve, reject) => {
      let session: Buffer | undefined;
      let isReused = false;
      const socket = tls.connect({ host: '127.0.0.1', port, servername, ca: authority.caPem, ...options });
      socket.on('session', (ticket) => {
        session = ticket;
      });
      socket.on('secureConnect', () => {
        isReused = socket.isSessionReused();
        socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
      });
      socket.on('error', reject);
      socket.resume();
      socket.on('close', () => resolve({ ...(session && { session }), isReused }));
    });

  test('Node accepts them, by TLS 1.2 and 1.3, and refuses another authority', async () => {
    await request('www.okx.com', { minVersion: 'TLSv1.3' });
    await request('www.okx.com', { maxVersion: 'TLSv1.2' });
    const other = createAuthority({ clock: systemClock });
    await expect(request('www.okx.com', { ca: other.caPem })).rejects.toThrow(/certificate/);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s sessions resume', async (version) => {
    const limits = { minVersion: version, maxVersion: version };
    const { session } = await request('www.okx.com', limits);
    expect(session).toBeDefined();
    expect((await request('www.okx.com', { ...limits, session })).isReused).toBe(true);
  });

  test('a session made on one context resumes on another, as after a renewal', async () => {
    let host = 'a.example';
    const raw = net.createServer((socket) => {
      const secureContext = authority.contextFor(host);
      const secure = new tls.TLSSocket(socket, { isServer: true, secureContext });
      secure.on('error', () => {});
      secure.on('data', () => secure.end('ok'));
    });
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
    const options = { port: (raw.address() as AddressInfo).port, checkServerIdentity: () => undefined };
    const { session } = await request('a.example', options);
    host = 'b.example';
    expect((await request('a.example', { ...options, ...(session && { session }) })).isReused).toBe(true);
    await new Promise((resolve) => raw.close(resolve));
  });

  test.skipIf(!has('openssl', 'version'))('openssl verify -x509_strict accepts chain and name', async () => {
    for (const [host, flag] of [
      ['www.okx.com', '-verify_hostname'],
      ['2001:db8::7', '-verify_ip'],
    ] as const) {
      const leafFile = path.join(dir, 'leaf.pem');
      writeFileSync(leafFile, authority.leafFor(host).cert);
      const strict = [
        'verify',
        '-x509_strict',
        '-purpose',
        'sslserver',
        '-CAfile',
        caFile,
        flag,
        host,
        leafFile,
      ];
      expect((await run('openssl', strict)).stdout).toContain('leaf.pem: OK');
    }
    const self = ['verify', '-x509_strict', '-check_ss_sig', '-CAfile', caFile, caFile];
    expect((await run('openssl', self)).stdout).toContain('OK');
  });

  test.skipIf(!has('openssl', 'version'))('openssl s_client accepts the handshake', async () => {
    const args = ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', 'www.okx.com'];
    const checks = [
      '-verify_hostname',
      'www.okx.com',
      '-x509_strict',
      '-CAfile',
      caFile,
      '-verify_return_error',
    ];
    const client = run('openssl', [...args, ...checks]);
    client.child.stdin?.end('GET / HTTP/1.1\r\n\r\n');
    expect((await client).stdout).toContain('Verify return code: 0 (ok)');
  });

  test.skipIf(!has('python3'))('Python accepts them with VERIFY_X509_STRICT', async () => {
    const script = `
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
context.verify_flags |= ssl.VERIFY_X509_STRICT | getattr(ssl, 'VERIFY_X509_PARTIAL_CHAIN', 0)
raw = socket.create_connection(('127.0.0.1', int(sys.argv[2])))
with context.wrap_socket(raw, server_hostname='www.okx.com') as secure:
    secure.sendall(b'GET / HTTP/1.1\\r\\n\\r\\n')
    print(secure.getpeercert()['subjectAltName'], secure.recv(100)[:15])
`;
    const { stdout } = await run('python3', ['-c', script, caFile, String(port)]);
    expect(stdout).toContain("(('DNS', 'www.okx.com'),) b'HTTP/1.1 200 OK'");
  });

  test.skipIf(!has('curl'))('curl accepts a name and an address', async () => {
    const url = `https://www.okx.com:${port}/`;
    const resolve = ['--noproxy', '*', '--resolve', `www.okx.com:${port}:127.0.0.1`];
    expect((await run('curl', ['-sS', '--cacert', caFile, ...resolve, url])).stdout).toBe('ok');
    const address = ['-sS', '--noproxy', '*', '--cacert', caFile, `https://127.0.0.1:${port}/`];
    expect((await run('curl', address)).stdout).toBe('ok');
  });
});
