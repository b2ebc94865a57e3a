// Host names and authorities as clients write them, and the one spelling we accept (ATTACKS A8). No I/O.
const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/** The lower-case form of a plain DNS name, or undefined for IP literals in any spelling, trailing dots and everything else. */
export function normaliseHost(text: string): string | undefined {
  const host = text.toLowerCase();
  if (host.length === 0 || host.length > 253) return undefined;
  const labels = host.split('.');
  if (!labels.every((part) => label.test(part))) return undefined;
  // `0x7f.1`, `2130706433` and `127.1` reach an address in inet_aton: a last label that reads as a number is no name.
  const last = labels[labels.length - 1] ?? '';
  return /^(?:\d+|0x[0-9a-f]*)$/.test(last) ? undefined : host;
}

export interface Authority {
  host: string;
  /** Undefined when the text names none. */
  port: number | undefined;
}

/** Parses `host` or `host:port`; undefined for userinfo, IP literals and malformed ports. */
export function parseAuthority(text: string): Authority | undefined {
  const colon = text.indexOf(':');
  const host = normaliseHost(colon < 0 ? text : text.slice(0, colon));
  if (host === undefined) return undefined;
  if (colon < 0) return { host, port: undefined };
  const digits = text.slice(colon + 1);
  if (!/^[1-9]\d{0,4}$/.test(digits)) return undefined;
  const port = Number(digits);
  return port > 65_535 ? undefined : { host, port };
}
