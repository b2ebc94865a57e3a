// Stage 3: may a request leave for this host, method and path at all? Default deny (S4).

import { servesSockets } from '../../venues/own-host.js';
import type { EgressPolicy } from '../egress-policy.js';
import type { HostRule } from '../settings.js';
import { type Denial, denial, type Exchange, type Stage, type World } from '../stage.js';

export const egress: Stage = {
  name: 'egress',
  run(exchange, world): Denial | undefined {
    // A venue's host is its operation table's alone, even where a wildcard rule covers it.
    if (exchange.venue !== undefined) return enterVenue(exchange, world);
    const denied = ruleProblem(exchange, world.policy);
    if (denied !== undefined || exchange.rule === undefined) return denied;
    return rateProblem(exchange.rule, world);
  },
};

/** Why no rule lets the request out; the rule that does is then the exchange's. Of a host that is no venue's. */
export function ruleProblem(exchange: Exchange, policy: EgressPolicy): Denial | undefined {
  const { host, port, head, path } = exchange;
  const verdict = policy.match(host, port, head.method, path);
  exchange.rule = verdict.rule;
  if (!('code' in verdict)) {
    return head.upgrade === undefined ? fetchProblem(exchange, verdict.rule) : socketProblem(verdict.rule);
  }
  return denial(verdict.code, problems[verdict.code], verdict.rule?.origin ?? 'default deny');
}

/** S4: each message is a body of the agent's, so that a rule that takes no bodies opens no socket. */
function socketProblem({ maxBodyBytes, evidence, tarballs, origin }: HostRule): Denial | undefined {
  if (maxBodyBytes !== 0 && evidence !== true && tarballs === undefined) return undefined;
  return denial('SOCKET_DENIED', 'the rule takes no bodies, so no messages of a socket', origin);
}

/** S4: what a lock file names is fetched by its path alone, so that nothing else can be told on the way. */
function fetchProblem({ query, head }: Exchange, { tarballs, origin }: HostRule): Denial | undefined {
  if (tarballs === undefined) return undefined;
  if (query !== '')
    return denial('QUERY_DENIED', 'what a lock file names is fetched without a query', origin);
  if (head.framing.kind === 'none') return undefined;
  return denial('BODY_OVER_CAP', 'what a lock file names is fetched without a body', origin, 413);
}

function enterVenue(exchange: Exchange, world: World): Denial | undefined {
  exchange.rule = world.policy.ruleFor(exchange.host, exchange.port);
  if (exchange.rule === undefined) return denial('HOST_DENIED', problems.HOST_DENIED, 'default deny');
  const place = exchange.venue?.hosts.find(({ host }) => host === exchange.host);
  const isSocket = exchange.head.upgrade !== undefined;
  const isServed = place !== undefined && (isSocket ? servesSockets(place) : place.transport === 'rest');
  if (isServed) return undefined;
  const message = `this host of the venue serves ${isSocket ? 'no sockets' : 'sockets only'}`;
  return denial('TRANSPORT_DENIED', message, exchange.rule.origin);
}

/** Counts a request, or a message on a socket, that the rule lets out; why it is one too many. */
export function rateProblem(rule: HostRule, world: Pick<World, 'takeRequest'>): Denial | undefined {
  if (rule.requestsPerMinute === undefined || world.takeRequest?.(rule) === true) return undefined;
  const message = `more than ${rule.requestsPerMinute} requests within a minute`;
  return denial('RATE_EXCEEDED', message, rule.origin, 429);
}

const problems = {
  HOST_DENIED: 'no rule names the host',
  PORT_DENIED: 'no rule for the host names the port',
  METHOD_DENIED: 'no rule for the host names the method',
  PATH_DENIED: 'no rule for the host names the path',
} as const;
