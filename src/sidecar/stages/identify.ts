// Stage 1: what is asked of whom. The head must name the connection's own origin (ATTACKS A7, A8).
import { mismatchProbe } from '../boundary-probe.js';
import { isSameOrigin, parseTarget } from '../request-target.js';
import { type Denial, denial, type Exchange, type Stage, type World } from '../stage.js';

const rule = 'built-in: request identity';

export const identify: Stage = {
  name: 'identify',
  run(exchange, world: World): Denial | undefined {
    const { head, host, port } = exchange;
    exchange.venue = world.venueOf(host);
    if (head.method === 'CONNECT' || head.method === 'TRACE') {
      return denial('METHOD_FORBIDDEN', `${head.method} is not a request for an origin`, rule, 400);
    }
    if (!isSameOrigin(head.host.toLowerCase(), 'https', host, port)) {
      const probe = mismatchProbe('the Host field names another origin than the connection', head.host);
      return { status: 400, code: 'AUTHORITY_MISMATCH', rule, ...probe };
    }
    const target = parseTarget(head.target, 'https', host, port);
    if (!target.ok) return targetDenial(target.code, head.target);
    exchange.path = target.path;
    exchange.query = target.query;
    return protocolProblem(exchange);
  },
};

function targetDenial(code: keyof typeof targetProblems, target: string): Denial {
  if (code !== 'AUTHORITY_MISMATCH') return denial(code, targetProblems[code], rule, 400);
  const named = /^https:\/\/([^/?]*)/i.exec(target)?.[1] ?? '';
  return { status: 400, code, rule, ...mismatchProbe(targetProblems[code], named) };
}

const targetProblems = {
  AUTHORITY_MISMATCH: 'the absolute target names another origin than the connection',
  TARGET_FORM: 'the target is neither a path nor an https URL',
  PATH_AMBIGUOUS: 'the path holds dot segments, a malformed escape or a control character',
} as const;

/** Fields with which one request can pose as another (ATTACKS D8), or leave HTTP. */
function protocolProblem({ head }: Exchange): Denial | undefined {
  if (head.upgrade !== undefined) {
    const options = head.fields.get('connection')?.toLowerCase().split(',') ?? [];
    const isWebSocket =
      head.upgrade.toLowerCase() === 'websocket' && head.method === 'GET' && head.framing.kind === 'none';
    if (!isWebSocket || !options.some((option) => option.trim() === 'upgrade')) {
      return denial('UPGRADE_REFUSED', 'the request asks to leave HTTP/1.1', 'built-in: protocols', 400);
    }
  }
  for (const name of head.fields.names) {
    if (overridingFields.has(name)) {
      return denial('OVERRIDE_FIELD', `the field ${name} would change what the request means`, rule, 400);
    }
  }
  return undefined;
}

/** Change what a request means, for an upstream that heeds them: in a head refused, behind a body left out. */
export const overridingFields: ReadonlySet<string> = new Set([
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-original-url',
  'x-rewrite-url',
  'http2-settings',
]);
