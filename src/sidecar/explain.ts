// What would happen to a request, without sending it: the very stages that decide, run over a head made for the question. Pure.
import { compilePolicy } from './egress-policy.js';
import { Malformed } from './http1/fields.js';
import { parseRequestHead } from './http1/head.js';
import { newExchange } from './pipeline.js';
import type { HostRule, Settings } from './settings.js';
import type { Denial, Exchange, World } from './stage.js';
import { classify } from './stages/classify.js';
import { egress } from './stages/egress.js';
import { identify } from './stages/identify.js';

export interface Question {
  method: string;
  /** `https://host[:port]/path?query`. */
  url: string;
}

export interface Explanation {
  verdict: 'allow' | 'deny';
  code: string;
  /** Line of the policy, `file:line`, or the built-in table that decides. */
  rule: string;
  /** The line's reason, or why there is a no. */
  message: string;
  /** What decides besides, once the request is whole; empty when nothing does. */
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
    decoys: { find: () => undefined },
    venueOf: box.venueOf,
    clock: box.clock,
    nextNonce: () => 0n,
    isTainted: () => false,
    takeRequest: () => true,
  };
  return (question) => explain(question, world);
}

function explain({ method, url: written }: Question, world: World): Explanation {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return no('URL_INVALID', 'built-in: request identity', 'the text is no https URL');
  }
  if (url.protocol === 'http:') {
    return no('PLAIN_HTTP_REFUSED', 'built-in: clear text', 'clear-text HTTP carries nothing to the outside');
  }
  const port = url.port === '' ? 443 : Number(url.port);
  const text = `${method} ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`;
  const headBytes = Buffer.from(text, 'latin1');
  const head = parseRequestHead(headBytes);
  if (head instanceof Malformed) {
    return no(head.code, 'built-in: HTTP syntax', 'the request is malformed or ambiguous');
  }
  const exchange = newExchange({
    id: 'explained',
    ingress: 'tls',
    host: url.hostname,
    port,
    head,
    headBytes,
  });
  const denied = identify.run(exchange, world) ?? egress.run(exchange, world) ?? ofVenue(exchange, world);
  return denied === undefined ? yes(exchange, world) : no(denied.code, denied.rule, denied.message);
}

function ofVenue(exchange: Exchange, world: World): Denial | undefined {
  const { venue, head, host, port, path, query } = exchange;
  if (venue === undefined) return undefined;
  const headers = head.fields.list();
  exchange.request = { method: head.method, host, port, path, query, headers, body: Buffer.alloc(0) };
  return classify.run(exchange, world);
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

const no = (code: string, rule: string, message: string): Explanation => ({
  verdict: 'deny',
  code,
  rule,
  message,
  beyond: '',
});
