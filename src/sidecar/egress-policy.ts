// The egress policy: which rule, if any, lets a request out. Default deny (S4). No I/O.
import { normaliseHost } from './hosts.js';
import type { HostRule } from './settings.js';

export type EgressVerdict =
  | { rule: HostRule }
  | { code: 'HOST_DENIED' | 'PORT_DENIED' | 'METHOD_DENIED' | 'PATH_DENIED'; rule?: HostRule };

interface CompiledRule {
  rule: HostRule;
  ports: ReadonlySet<number>;
  /** Undefined means every method. */
  methods: ReadonlySet<string> | undefined;
  paths: readonly RegExp[];
  /** Of thousands of paths that a lock file names, each is found at once. */
  tarballs: ReadonlySet<string> | undefined;
}

export interface EgressPolicy {
  /** True when some rule names the host, whatever the rest of the request: for DNS. */
  allowsHost(host: string): boolean;
  /** True when some rule names the host and the port: for SNI and CONNECT. */
  allowsOrigin(host: string, port: number): boolean;
  /** The first rule that permits the request, or the furthest reason why none does. */
  match(host: string, port: number, method: string, path: string): EgressVerdict;
  /** The first rule for the host and port: for a venue's host, whose operation table decides the rest. */
  ruleFor(host: string, port: number): HostRule | undefined;
}

/** Throws a plain Error naming the rule when its host or a path pattern is malformed: an invalid policy never starts (S11). */
export function compilePolicy(rules: readonly HostRule[]): EgressPolicy {
  const exact = new Map<string, CompiledRule[]>();
  const wildcards: { suffix: string; compiled: CompiledRule }[] = [];
  for (const rule of rules) {
    const compiled = compileRule(rule);
    const isWildcard = rule.host.startsWith('*.');
    const host = normaliseHost(isWildcard ? rule.host.slice(2) : rule.host);
    if (host === undefined) throw new Error(`policy rule of ${rule.origin}: not a host name`);
    if (isWildcard) wildcards.push({ suffix: `.${host}`, compiled });
    else exact.set(host, [...(exact.get(host) ?? []), compiled]);
  }
  const candidates = (host: string): readonly CompiledRule[] => {
    const named = exact.get(host) ?? [];
    if (wildcards.length === 0) return named;
    // A10: `*.x` is neither `x` nor `evil-x`: the suffix keeps its dot and something stands before it.
    const below = wildcards.filter(({ suffix }) => host.length > suffix.length && host.endsWith(suffix));
    return below.length === 0 ? named : [...named, ...below.map(({ compiled }) => compiled)];
  };
  return {
    allowsHost: (host) => candidates(host).length > 0,
    allowsOrigin: (host, port) => candidates(host).some(({ ports }) => ports.has(port)),
    ruleFor: (host, port) => candidates(host).find(({ ports }) => ports.has(port))?.rule,
    match: (host, port, method, path) => matchRules(candidates(host), port, method, path),
  };
}

function matchRules(
  rules: readonly CompiledRule[],
  port: number,
  method: string,
  path: string,
): EgressVerdict {
  let denial: EgressVerdict = { code: 'HOST_DENIED' };
  for (const { rule, ports, methods, paths, tarballs } of rules) {
    if (!ports.has(port)) {
      if ('code' in denial && denial.code === 'HOST_DENIED') denial = { code: 'PORT_DENIED', rule };
    } else if (methods !== undefined && !methods.has(method)) {
      if ('code' in denial && denial.code !== 'PATH_DENIED') denial = { code: 'METHOD_DENIED', rule };
    } else if (tarballs?.has(path) === true || paths.some((pattern) => pattern.test(path))) {
      return { rule };
    } else {
      denial = { code: 'PATH_DENIED', rule };
    }
  }
  return denial;
}

function compileRule(rule: HostRule): CompiledRule {
  return {
    rule,
    ports: new Set(rule.ports),
    methods: rule.methods.includes('*') ? undefined : new Set(rule.methods),
    paths: rule.paths.map((glob) => compileGlob(glob, rule.origin)),
    tarballs: rule.tarballs === undefined ? undefined : new Set(rule.tarballs),
  };
}

/** `*` stays within a segment and also stops at an encoded slash; `**` crosses segments. */
function compileGlob(glob: string, origin: string): RegExp {
  if (!glob.startsWith('/')) throw new Error(`policy rule of ${origin}: a path pattern starts with /`);
  const source = glob
    .split(/(\*\*|\*)/)
    .map((part) => {
      if (part === '**') return '.*';
      if (part === '*') return '(?:(?!%2f|%5c)[^/])*';
      return part
        .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
        .replace(/%2f|%5c/gi, (code) => `(?:${code.toLowerCase()}|${code.toUpperCase()})`);
    })
    .join('');
  // Case matters in paths; only the encoded separators are matched in both cases.
  return new RegExp(`^${source.replaceAll('(?!%2f|%5c)', '(?!%2[fF]|%5[cC])')}$`, 's');
}
