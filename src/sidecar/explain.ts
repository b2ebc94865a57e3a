// What would happen to a request, without sending it: the very stages that decide, run over a head made for the question. Pure.
import { probeOf } from './boundary-probe.js';
import { compilePolicy } from './egress-policy.js';
import { normaliseHost } from './hosts.js';
import { Malformed } from './http1/fields.js';
import { parseRequestHead } from './http1/head.js';
import { mcpPath } from './mcp/agent-server.js';
import { originProblem } from './origin-problem.js';
import { newExchange } from './pipeline.js';
import { rawProtocolOf } from './raw-protocols.js';
import { type HostRule, internalHosts, type Settings } from './settings.js';
import type { Denial, Exchange, World } from './stage.js';
import { classify } from './stages/classify.js';
import { egress } from './stages/egress.js';
import { identify } from './stages/identify.js';
import { openVenueSession } from './websocket/venue-session.js';

export interface Question {
  method: string;
  /** `https://host[:port]/path?query`; `wss:` for the upgrade to a socket. */
  url: string;
}

export interface Explanation {
  verdict: 'allow' | 'deny';
  code: string;
  /** Line of the policy, `file:line`, or the built-in table that decides. */
  rule: string;
  /** The line's reason, or why there is a no. */
  message: string;
  /** What decides besides, once the request is whole, or what a no means besides (taint); empty when nothing. */
  beyond: string;
}

export interface ExplainedBox {
  rules: readonly HostRule[];
  mode: Settings['mode'];
  venueOf: World['venueOf'];
  clock: World['clock'];
  /** Hosts of models. */
  models?: readonly string[];
}

/**
 * Answers questions about a box's policy.
 * @throws Error when a rule is malformed, as at the start of a sidecar.
 */
export function createExplainer(box: ExplainedBox): (question: Question) => Explanation {
  const world: World = {
    mode: box.mode,
    paper: false,
    policy: compilePolicy(box.rules),
    // Credentials and bodies are not asked about: what depends on them is told in `beyond`.
    credentials: {
      plainFor: () => [],
      venueCredentials: () => [],
      isLlm: (host) => box.models?.includes(host) ?? false,
      decoys: [],
      secrets: [],
    },
    decoys: { find: () => undefined, findDisguised: () => undefined },
    venueOf: box.venueOf,
    clock: box.clock,
    nextNonce: () => 0n,
    isTainted: () => false,
    takeRequest: () => true,
  };
  return (question) => explain(question, world);
}

/** Schemes that ask for a socket stand for the one that its upgrade begins with. */
const carriers: Readonly<Record<string, 'https:' | 'http:'>> = {
  'https:': 'https:',
  'http:': 'http:',
  'wss:': 'https:',
  'ws:': 'http:',
};

function explain({ method, url: written }: Question, world: World): Explanation {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  const carrier = url === undefined ? undefined : carriers[url.protocol];
  if (url === undefined || carrier === undefined) {
    return no('URL_INVALID', 'built-in: request identity', 'the text is no https or wss URL');
  }
  const isSocket = url.protocol === 'wss:' || url.protocol === 'ws:';
  if (carrier === 'http:') return explainClearText(method, url, isSocket);
  const port = url.port === '' ? 443 : Number(url.port);
  const probe = probeOf(url.host);
  const host = normaliseHost(url.hostname);
  if (host === undefined) {
    const message = probe?.message ?? 'the URL names something that is no host name';
    return denied({ code: 'CONNECT_TARGET', rule: 'built-in: request identity', ...probe, message }, port);
  }
  const problem = originProblem(world.policy, host, port);
  if (problem?.code === 'PROTOCOL_UNSUPPORTED') {
    return denied({ ...probe, ...problem, rule: 'built-in: protocols' });
  }
  const upgrade = isSocket ? 'Connection: Upgrade\r\nUpgrade: websocket\r\n' : '';
  const text = `${method} ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n${upgrade}\r\n`;
  const headBytes = Buffer.from(text, 'latin1');
  const head = parseRequestHead(headBytes);
  if (head instanceof Malformed) {
    return no(head.code, 'built-in: HTTP syntax', 'the request is malformed or ambiguous');
  }
  const exchange = newExchange({ id: 'explained', ingress: 'tls', host, port, head, headBytes });
  const refused = identify.run(exchange, world) ?? egress.run(exchange, world) ?? ofVenue(exchange, world);
  if (refused === undefined) return isSocket ? yesToSocket(exchange, world) : yes(exchange, world);
  const { message, ...rest } = denied({ ...probe, ...refused });
  const isForSockets = refused.code === 'TRANSPORT_DENIED' && !isSocket && method === 'GET';
  return { ...rest, message: isForSockets ? `${message}: ask with wss:// instead of https://` : message };
}

/** What the sidecar itself serves to the agent is all that goes in clear text. */
function explainClearText(method: string, url: URL, isSocket: boolean): Explanation {
  const isOwn = url.hostname === internalHosts.api && !isSocket;
  if (isOwn && (url.pathname === mcpPath || method === 'GET' || method === 'HEAD')) {
    return {
      verdict: 'allow',
      code: 'PERMITTED',
      rule: 'built-in: the agent’s view',
      message: 'the sidecar answers itself; nothing leaves',
      beyond: '',
    };
  }
  const message = 'clear-text HTTP carries nothing to the outside';
  const port = url.port === '' ? undefined : Number(url.port);
  const evidence = isOwn ? undefined : probeOf(url.host);
  return denied({ ...evidence, code: 'PLAIN_HTTP_REFUSED', rule: 'built-in: clear text', message }, port);
}

function ofVenue(exchange: Exchange, world: World): Denial | undefined {
  const { venue, head, host, port, path, query } = exchange;
  if (venue === undefined) return undefined;
  if (head.upgrade !== undefined) return ofVenueSocket(exchange, world);
  const headers = head.fields.list();
  exchange.request = { method: head.method, host, port, path, query, headers, body: Buffer.alloc(0) };
  return classify.run(exchange, world);
}

/** A venue's rule stands for an account, so that its environment is one of the host's. */
function ofVenueSocket(exchange: Exchange, { mode }: World): Denial | undefined {
  const environments = exchange.venue?.hosts.find(({ host }) => host === exchange.host)?.environments ?? [];
  const sessions = environments.map((environment) => openVenueSession(exchange, environment, mode));
  return sessions.some((session) => !('code' in session))
    ? undefined
    : sessions.find((session) => 'code' in session);
}

function yesToSocket(exchange: Exchange, world: World): Explanation {
  const { venue, rule } = exchange;
  if (venue === undefined) {
    const { beyond, ...plain } = yes(exchange, world);
    const counted = 'each message counts as a body and as a request';
    const judged = world.credentials.isLlm(exchange.host) ? counted : `${counted} and is searched for decoys`;
    return { ...plain, beyond: beyond === '' ? judged : `${beyond}, ${judged}` };
  }
  return {
    verdict: 'allow',
    code: 'PERMITTED',
    rule: `${venue.id}: sockets`,
    message: `socket of ${venue.title}; its host is opened by ${rule?.origin ?? ''}`,
    beyond:
      'what the handshake or a message logs in with, and each operation in a message, are judged by themselves',
  };
}

function yes({ host, rule, venue, classification }: Exchange, { credentials }: World): Explanation {
  if (venue !== undefined && classification !== undefined) {
    return {
      verdict: 'allow',
      code: 'PERMITTED',
      rule: `${venue.id}: ${classification.operation}`,
      message: `${classification.class} operation of ${venue.title}; its host is opened by ${rule?.origin ?? ''}`,
      beyond: classification.isPublic
        ? ''
        : 'the decoy signature, and of an order every field, are judged in the whole request',
    };
  }
  const caps = [
    // B8: a chat history may quote a decoy, and must not be refused for it.
    ...(credentials.isLlm(host) ? ['a model’s: bodies are not searched for decoys'] : []),
    ...(rule?.tarballs === undefined
      ? []
      : ['named by a lock file: no header field of the agent’s goes along']),
    ...(rule?.maxBodyBytes === undefined ? [] : [`bodies up to ${rule.maxBodyBytes} bytes`]),
    ...(rule?.requestsPerMinute === undefined ? [] : [`${rule.requestsPerMinute} requests a minute`]),
  ];
  return {
    verdict: 'allow',
    code: 'PERMITTED',
    rule: rule?.origin ?? '',
    message: rule?.reason ?? '',
    beyond: caps.join(', '),
  };
}

/** A no with what it means besides: evidence against the box, and another protocol than HTTP that the port is known for. */
function denied(
  { code, rule, message, taint, taintSeverity }: Omit<Denial, 'status'>,
  port?: number,
): Explanation {
  const several = taintSeverity === 'warn' ? 'is told as evidence, and several of its kind taint' : 'taints';
  const beyond = [
    ...(taint === undefined
      ? []
      : [`to ask ${several} the box (${taint}), unless \`taint:\` says otherwise`]),
    rawProtocolOf('', port) ?? [],
  ].flat();
  return { ...no(code, rule, message), beyond: beyond.join('; ') };
}

const no = (code: string, rule: string, message: string): Explanation => ({
  verdict: 'deny',
  code,
  rule,
  message,
  beyond: '',
});
