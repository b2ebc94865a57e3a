// What a client asks for that nobody needs who stays inside the box: evidence, and how much of it. Pure.
import { isMetadataService } from '../core/metadata-services.js';
import type { Denial } from './stage.js';

export type Probe = Required<Pick<Denial, 'message'>> & Pick<Denial, 'taint' | 'taintSeverity'>;

/**
 * Judges the authority of a request that leaves for nowhere, in every spelling that resolvers take for an address (ATTACKS A8).
 * A metadata service taints at once; any other address is told, and taints as one of several (audit/taint.ts).
 * @returns undefined for names, for what is no authority at all, and for `own`, the sidecar's address.
 */
export function probeOf(authority: string, own?: string): Probe | undefined {
  const host = hostOf(authority);
  if (host === undefined || host === own) return undefined;
  if (isMetadataService(host)) {
    return { message: `the metadata service ${host} was asked for`, taint: 'boundary-probe' };
  }
  if (!/^[\d.]+$|:/.test(host)) return undefined;
  const port = /:(\d{1,5})$/.exec(authority)?.[1];
  const shown = port === undefined || host.includes(':') ? host : `${host}:${port}`;
  return { message: `the address ${shown} was asked for`, taint: 'boundary-probe', taintSeverity: 'warn' };
}

/** A request that names another origin than its connection is for: one is told, several taint. */
export function mismatchProbe(message: string, named: string): Probe {
  const asked = probeOf(named);
  if (asked !== undefined) return { ...asked, message: `${message}: ${asked.message}` };
  // Text of the agent's choosing, so only what a host name can hold is quoted.
  const shown = /^[\w.:-]{1,100}$/.test(named) ? `: ${named.toLowerCase()}` : '';
  return { message: `${message}${shown}`, taint: 'boundary-probe', taintSeverity: 'warn' };
}

/** The host as the URL Standard reads it, which takes `0x7f.1` and `2130706433` for what they reach; an IPv4 address out of its IPv6 forms. */
function hostOf(authority: string): string | undefined {
  let host: string;
  try {
    host = new URL(`http://${authority}`).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  } catch {
    return undefined;
  }
  const carried = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host);
  if (carried === null) return host;
  const [high, low] = [Number.parseInt(carried[1] ?? '', 16), Number.parseInt(carried[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
