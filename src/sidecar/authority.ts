// The box's own certificate authority: its private key exists only in this process's memory (B11).
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import tls from 'node:tls';
import { familyOf } from '../core/address.js';
import type { Clock } from '../core/clock.js';
import { TradeboxError } from '../core/errors.js';
import {
  certifiedKey,
  type Issuer,
  makeAuthorityCertificate,
  makeLeafCertificate,
  type Validity,
} from './certificate.js';
import { pem } from './der.js';

export interface Authority {
  /** The authority's certificate: the only one the box trusts. */
  caPem: string;
  /** 48 octets for `tls.createServer({ ticketKeys })`; every context of `contextFor` has them too, so sessions resume on any of them. */
  ticketKeys: Buffer;
  /**
   * A fresh certificate and the leaf key that all of them share, PEM.
   * @throws TradeboxError FAULT when the host is neither a DNS name in ASCII nor an IP address.
   */
  leafFor(host: string): { key: string; cert: string };
  /** TLS server context of a host, from a bounded cache; made when missing (about a millisecond). Throws as `leafFor`. */
  contextFor(host: string): tls.SecureContext;
  /** Makes the contexts of these hosts one per turn of the event loop, so that first handshakes do not wait for them. */
  prepare(hosts: Iterable<string>): Promise<void>;
}

const dayMs = 24 * 60 * 60 * 1000;
/** Longer than any box lives; a leaf lives 30 days, so a box that runs for months gets new ones without a restart. */
const authorityValidityMs = 365 * dayMs;
const leafValidityMs = 30 * dayMs;
/** Certificates begin in the past, so that a clock a little behind accepts them. */
const backdatedMs = dayMs;
/** A context is made anew this long before its certificate ends. */
const renewalMs = 2 * dayMs;
const maxContexts = 512;
const hostName = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/;

/** Makes a P-256 authority, valid from a day ago for a year. Its distinguished name depends on `commonName` alone. */
export function createAuthority(options: { clock: Clock; commonName?: string }): Authority {
  const commonName = options.commonName ?? 'tradebox box authority';
  const authorityKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const leafKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const leafKeyPem = leafKeys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const leafKey = certifiedKey(leafKeys.publicKey);
  const { privateKey } = authorityKeys;
  const issuer: Issuer = { commonName, publicKey: certifiedKey(authorityKeys.publicKey), privateKey };
  const startMs = options.clock.nowMs();
  const authorityValidity: Validity = {
    notBeforeMs: startMs - backdatedMs,
    notAfterMs: startMs + authorityValidityMs,
  };
  const caPem = pem('CERTIFICATE', makeAuthorityCertificate(issuer, authorityValidity));
  const ticketKeys = randomBytes(48);
  const contexts = new Map<string, { context: tls.SecureContext; renewAtMs: number }>();

  const leafValidity = (): Validity => {
    const notBeforeMs = Math.max(options.clock.nowMs() - backdatedMs, authorityValidity.notBeforeMs);
    return { notBeforeMs, notAfterMs: Math.min(notBeforeMs + leafValidityMs, authorityValidity.notAfterMs) };
  };

  const leafFor = (host: string): { key: string; cert: string } => {
    const name = checkedHost(host);
    const cert = makeLeafCertificate(name, leafKey, issuer, leafValidity());
    return { key: leafKeyPem, cert: pem('CERTIFICATE', cert) };
  };

  const contextFor = (host: string): tls.SecureContext => {
    const name = checkedHost(host);
    const cached = contexts.get(name);
    const isFresh = cached !== undefined && options.clock.nowMs() < cached.renewAtMs;
    const entry = isFresh ? cached : newEntry(leafFor(name));
    // Taken out and put back, a Map keeps its entries in the order of their last use.
    contexts.delete(name);
    contexts.set(name, entry);
    if (contexts.size > maxContexts) dropOldest(contexts);
    return entry.context;
  };

  const newEntry = (leaf: { key: string; cert: string }) => ({
    // No client is asked for a certificate: without `ca`, every root that Node knows would be put into each context.
    context: tls.createSecureContext({ ...leaf, ca: [], minVersion: 'TLSv1.2', ticketKeys }),
    renewAtMs: leafValidity().notAfterMs - renewalMs,
  });

  return {
    caPem,
    ticketKeys,
    leafFor,
    contextFor,
    async prepare(hosts) {
      for (const host of hosts) {
        contextFor(host);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

function checkedHost(host: string): string {
  const name = host.toLowerCase();
  if (familyOf(name) !== 0 || hostName.test(name)) return name;
  throw new TradeboxError('FAULT', 'A certificate was asked for something that is not a host name.');
}

function dropOldest(entries: Map<string, unknown>): void {
  for (const oldest of entries.keys()) {
    entries.delete(oldest);
    return;
  }
}
