// What a host name, a method and a path glob may look like in configuration and profiles. S4: anything unclear is refused.
import { z } from 'zod';
import { familyOf } from '../core/address.js';
import { internalHosts } from '../sidecar/settings.js';
import { venues } from '../venues/venues.js';

const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
const method = /^(?:\*|[A-Z][A-Z-]{0,19})$/;

/** Lists that most entries leave out. */
export const defaultPorts: readonly number[] = [443];
const readMethods: readonly string[] = ['GET', 'HEAD'];
const allPaths: readonly string[] = ['/**'];

/** An exact host name, as a schema. */
export const hostNameSchema = z.string().superRefine((host, context) => {
  const problem = explainHostName(host);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

/** A host of the user's choosing with what may be asked of it, as a schema; a venue's host is refused. */
export const hostRuleShape = {
  host: z.string().superRefine((host, context) => {
    const problem = explainHostPattern(host) ?? explainVenueHost(host);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  }),
  ports: z
    .array(z.int().min(1).max(65535))
    .min(1)
    .default([...defaultPorts]),
  methods: z
    .array(z.string().regex(method, 'must be an upper-case HTTP method, or "*" for all'))
    .min(1)
    .default([...readMethods]),
  paths: z
    .array(z.string().regex(/^\/[\x21-\x7e]*$/, 'must start with "/" and hold no space, e.g. "/rss/**"'))
    .min(1)
    .default([...allPaths]),
  /** Largest request body, in bytes. */
  maxBodyBytes: z.int().min(0).max(1_073_741_824).optional(),
  requestsPerMinute: z.int().min(1).max(1_000_000).optional(),
  reason: z.string().min(3).max(200),
};

/** Why a text is no exact host name; undefined when it is one. */
export function explainHostName(host: string): string | undefined {
  if (host.startsWith('*')) return 'must be an exact host name, without "*"';
  if (host.includes('://') || host.includes('/'))
    return 'must be a host name alone, without "https://" or a path';
  if (host.includes(':')) return 'must be a host name alone; ports have a key of their own';
  if (familyOf(host) !== 0 || /^[\d.]+$/.test(host))
    return 'must be a name, not an address; for a fixed address use "pins"';
  if (host !== host.toLowerCase()) return 'must be in lower case';
  if (host.endsWith('.')) return 'must not end in a dot';
  if (!/^[\x21-\x7e]+$/.test(host)) return 'must be in ASCII; write an international name in its xn-- form';
  const labels = host.split('.');
  if (host.length > 253 || !labels.every((part) => label.test(part))) return 'is not a host name';
  if (labels.length < 2) return 'needs at least two parts, e.g. api.example.com';
  if (host === internalHosts.api || host.endsWith(`.${internalHosts.api}`) || host.endsWith('.localhost')) {
    return 'is reserved: the sidecar answers it itself';
  }
  return undefined;
}

/** Why a text is neither an exact host name nor `*.` before one of two parts or more (A10); undefined when it is. */
export function explainHostPattern(pattern: string): string | undefined {
  if (!pattern.startsWith('*')) return explainHostName(pattern);
  if (!pattern.startsWith('*.')) return '"*" stands only for whole parts at the front: "*.example.com"';
  const base = pattern.slice(2);
  if (base.includes('*')) return '"*" stands only once, at the front: "*.example.com"';
  return explainHostName(base);
}

/** Why a host or pattern collides with a venue, whose operation table alone decides there (S4); undefined when it does not. */
export function explainVenueHost(pattern: string): string | undefined {
  for (const venue of venues) {
    const taken = venue.hosts.find(({ host }) => matchesHost(pattern, host));
    if (taken !== undefined) {
      return `${taken.host} belongs to ${venue.title}: an account of venue "${venue.id}" opens it, and its operation table decides`;
    }
  }
  return undefined;
}

/** Whether a name falls under an exact host or a `*.` pattern. */
export function matchesHost(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}
