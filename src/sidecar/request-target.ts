// The request target: origin or absolute form, split into path and query, refused where servers could read it differently. No I/O.
import { parseAuthority } from './hosts.js';

export type RequestTarget =
  | { ok: true; path: string; query: string }
  | { ok: false; code: 'AUTHORITY_MISMATCH' | 'TARGET_FORM' | 'PATH_AMBIGUOUS' };

/** Splits `target` for a connection to `host`:`port`. An absolute form must name the same origin (ATTACKS A7). */
export function parseTarget(
  target: string,
  scheme: 'http' | 'https',
  host: string,
  port: number,
): RequestTarget {
  let rest = target;
  if (!target.startsWith('/')) {
    const prefix = `${scheme}://`;
    if (!target.toLowerCase().startsWith(prefix)) return { ok: false, code: 'TARGET_FORM' };
    const end = target.slice(prefix.length).search(/[/?]/);
    const authority =
      end < 0 ? target.slice(prefix.length) : target.slice(prefix.length, prefix.length + end);
    if (!isSameOrigin(authority, scheme, host, port)) return { ok: false, code: 'AUTHORITY_MISMATCH' };
    rest = end < 0 ? '/' : target.slice(prefix.length + end);
    if (rest.startsWith('?')) rest = `/${rest}`;
  }
  const mark = rest.indexOf('?');
  const path = mark < 0 ? rest : rest.slice(0, mark);
  if (isAmbiguousPath(path)) return { ok: false, code: 'PATH_AMBIGUOUS' };
  return { ok: true, path, query: mark < 0 ? '' : rest.slice(mark + 1) };
}

/** True when `authority` (a Host field or an absolute target's) is the connection's own. */
export function isSameOrigin(
  authority: string,
  scheme: 'http' | 'https',
  host: string,
  port: number,
): boolean {
  if (authority === host) return true;
  const parsed = parseAuthority(authority);
  if (parsed === undefined || parsed.host !== host) return false;
  return (
    parsed.port === undefined ||
    parsed.port === port ||
    (parsed.port === defaultPort[scheme] && port === parsed.port)
  );
}

const defaultPort = { http: 80, https: 443 } as const;

const dotSegment = /^\.{1,2}(?:;.*)?$/;
const malformedPercent = /%(?![0-9A-Fa-f]{2})/;

/** Dot segments in any encoding, malformed percent, NUL and control characters: a policy on paths must see what the server sees. */
function isAmbiguousPath(path: string): boolean {
  if (!path.includes('%'))
    return path.includes('/.') && path.split('/').some((part) => dotSegment.test(part));
  if (malformedPercent.test(path)) return true;
  let decoded = path;
  for (let round = 0; round < 4; round += 1) {
    const next = decoded.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (/[\0-\x1f\x7f]/.test(next)) return true;
    if (next.split(/[/\\]/).some((part) => dotSegment.test(part))) return true;
    if (next === decoded) return false;
    decoded = next;
  }
  return true; // still encoded after four rounds: nobody honest sends that
}
