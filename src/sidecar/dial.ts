// Makes one verified TLS connection to an upstream: guarded resolution, addresses in turn, one deadline.
import type tls from 'node:tls';
import { isPublicAddress } from './addresses.js';
import type { Resolve } from './resolver.js';

/** Why an upstream could not be reached, or broke. */
export type UpstreamProblem =
  | 'UPSTREAM_UNRESOLVED'
  | 'UPSTREAM_ADDRESS_FORBIDDEN'
  | 'UPSTREAM_TLS_UNVERIFIED'
  | 'UPSTREAM_PROTOCOL'
  | 'UPSTREAM_UNREACHABLE'
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_BUSY'
  | 'UPSTREAM_RESET'
  | 'UPSTREAM_MALFORMED';

export class UpstreamError extends Error {
  readonly code: UpstreamProblem;
  constructor(code: UpstreamProblem) {
    super(code);
    this.code = code;
  }
}

/** The addresses of a host, none of which is private. @throws UpstreamError */
export async function publicAddresses(host: string, resolve: Resolve): Promise<string[]> {
  let found: readonly string[];
  try {
    found = await resolve(host);
  } catch {
    throw new UpstreamError('UPSTREAM_UNRESOLVED');
  }
  if (found.length === 0) throw new UpstreamError('UPSTREAM_UNRESOLVED');
  // A9: one forbidden address among public ones is a rebinding attempt; none of them is trusted.
  if (!found.every(isPublicAddress)) throw new UpstreamError('UPSTREAM_ADDRESS_FORBIDDEN');
  return found.slice(0, maxAddresses);
}

/** Addresses of a host that are tried. */
const maxAddresses = 4;

/** A connection whose handshake is under way. */
export interface Dialled {
  readonly socket: tls.TLSSocket;
  destroy(): void;
}

export interface DialOptions<T extends Dialled> {
  /** Begins a connection to the address. */
  begin(address: string): T;
  /** Holds the connections that are being made, so that they can be ended. */
  pending: Set<Dialled>;
}

/** Tries the addresses in turn within one deadline. A certificate that does not verify ends it at once. */
export async function dialAny<T extends Dialled>(
  addresses: readonly string[],
  options: DialOptions<T>,
  timeoutMs: number,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let problem: UpstreamError | undefined;
  for (const [index, address] of addresses.entries()) {
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) break;
    try {
      return await dialOne(address, options, leftMs / (addresses.length - index));
    } catch (error) {
      if (error instanceof UpstreamError) problem = error;
      if (problem?.code === 'UPSTREAM_TLS_UNVERIFIED' || problem?.code === 'UPSTREAM_PROTOCOL') break;
    }
  }
  throw problem ?? new UpstreamError('UPSTREAM_UNREACHABLE');
}

function dialOne<T extends Dialled>(address: string, options: DialOptions<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const connection = options.begin(address);
    const { socket } = connection;
    options.pending.add(connection);
    const timer = setTimeout(() => fail(new UpstreamError('UPSTREAM_TIMEOUT')), timeoutMs);
    const fail = (error: UpstreamError): void => {
      clearTimeout(timer);
      options.pending.delete(connection);
      socket.destroy();
      reject(error);
    };
    const onError = (error: NodeJS.ErrnoException): void => fail(new UpstreamError(problemOf(error)));
    const onClose = (): void => fail(new UpstreamError('UPSTREAM_UNREACHABLE'));
    socket.once('error', onError);
    socket.once('close', onClose);
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      socket.removeListener('close', onClose);
      // B6: belt and braces; rejectUnauthorized has already ended an unverified handshake.
      if (socket.authorized) {
        options.pending.delete(connection);
        resolve(connection);
      } else {
        fail(new UpstreamError('UPSTREAM_TLS_UNVERIFIED'));
      }
    });
  });
}

const networkErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENFILE',
]);

/** The alert of a server that speaks none of the protocols offered (RFC 7301 section 3.2). */
const protocolErrors = new Set([
  'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
  'ERR_SSL_TLS_ALERT_NO_APPLICATION_PROTOCOL',
]);

function problemOf(error: NodeJS.ErrnoException): UpstreamProblem {
  if (protocolErrors.has(error.code ?? '')) return 'UPSTREAM_PROTOCOL';
  return networkErrors.has(error.code ?? '') ? 'UPSTREAM_UNREACHABLE' : 'UPSTREAM_TLS_UNVERIFIED';
}
