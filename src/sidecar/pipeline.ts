// The way of a request through its stages: pure decisions, in order, the first no ends it. Sockets live elsewhere.
import { isGrpcCompressed } from './http1/grpc.js';
import { type Denial, denial, type Exchange, type Stage, type World } from './stage.js';
import { authenticate, environment } from './stages/authenticate.js';
import { classify } from './stages/classify.js';
import { decoyIn, decoys, misuse } from './stages/decoys.js';
import { egress } from './stages/egress.js';
import { freshness } from './stages/freshness.js';
import { identify } from './stages/identify.js';
import { inject, injectBody } from './stages/inject.js';
import { parse } from './stages/parse.js';
import { rateLimit } from './stages/rate-limit.js';
import { sign } from './stages/sign.js';

/** Decided on the head alone. */
export const headStages: readonly Stage[] = [identify, decoys, egress, inject];
/** Decided on the whole request of a venue. */
export const venueStages: readonly Stage[] = [classify, authenticate, rateLimit, freshness, parse];
/** Decided on a trading message of a venue's socket, as the REST request it stands for; its login or signature was checked before. */
export const messageStages: readonly Stage[] = [classify, environment, rateLimit, freshness, parse];
/** After the decision; between the two an order asks the gate, which may take long. */
export const sendStages: readonly Stage[] = [rateLimit, sign];

/** An exchange of which nothing is known but where it came in and its head. */
export function newExchange(
  came: Pick<Exchange, 'id' | 'ingress' | 'host' | 'port' | 'head' | 'headBytes'>,
): Exchange {
  const { id, ingress, host, port, head, headBytes } = came;
  return {
    id,
    ingress,
    host,
    port,
    head,
    headBytes,
    path: head.target,
    query: '',
    rule: undefined,
    placed: [],
    venue: undefined,
    request: undefined,
    classification: undefined,
    credential: undefined,
    environment: undefined,
    context: undefined,
    lacksInstruments: false,
    intents: undefined,
    release: undefined,
    isDryRun: undefined,
    injected: undefined,
    signed: undefined,
    signedHead: undefined,
  };
}

/** S11: a stage that throws denies. The thrown text may hold anything, so only the stage's name is kept (S2). */
function runStages(stages: readonly Stage[], exchange: Exchange, world: World): Denial | undefined {
  for (const stage of stages) {
    try {
      const denied = stage.run(exchange, world);
      if (denied !== undefined) return denied;
    } catch {
      return {
        status: 503,
        code: 'STAGE_FAILED',
        message: `stage ${stage.name} failed`,
        rule: `built-in: ${stage.name}`,
      };
    }
  }
  return undefined;
}

export function decideHead(exchange: Exchange, world: World): Denial | undefined {
  const denied = runStages(headStages, exchange, world);
  if (denied !== undefined) return denied;
  return bodyCodingProblem(exchange, world);
}

/** Decides with the whole body: a venue's request goes through its stages, any other is searched for decoys. What passes still needs `prepareSending`. */
export function decideWhole(exchange: Exchange, world: World, body: Buffer): Denial | undefined {
  const { head, host, port, path, query, venue } = exchange;
  if (venue === undefined) return decidePlain(exchange, world, body);
  exchange.request = { method: head.method, host, port, path, query, headers: head.fields.list(), body };
  return runStages(venueStages, exchange, world);
}

function decidePlain(exchange: Exchange, world: World, body: Buffer): Denial | undefined {
  try {
    const outcome = injectBody(exchange, world, body);
    if ('denied' in outcome) return outcome.denied;
    // B8: what an LLM host reads is not searched.
    if (world.credentials.isLlm(exchange.host)) return undefined;
    const hit = decoyIn(outcome.rest, world);
    return hit === undefined ? undefined : misuse('the body', hit.id);
  } catch {
    return denial('STAGE_FAILED', 'stage inject failed', 'built-in: inject', 503);
  }
}

/** Decides on a trading message; `exchange` holds the request it stands for and the credential it trades with. */
export function decideMessage(exchange: Exchange, world: World): Denial | undefined {
  return runStages(messageStages, exchange, world);
}

/** What an order that was read without the venue's instrument list waits for, to be decided again; undefined: for nothing. */
export function instrumentsToLearn(
  { lacksInstruments, venue, credential, environment, request }: Exchange,
  { instruments }: World,
): Promise<void> | undefined {
  if (!lacksInstruments || !venue || !credential || !environment) return undefined;
  const { id, real } = credential;
  return instruments?.learn({ id, real, venue, environment }, request);
}

/** Decides with the whole body: at once, or again when the instrument list that an order needs is here. */
export function decideOnceNamed(
  exchange: Exchange,
  world: World,
  body: Buffer,
  onDecided: (denied: Denial | undefined) => void,
): void {
  const denied = decideWhole(exchange, world, body);
  const learning = instrumentsToLearn(exchange, world);
  if (learning === undefined) onDecided(denied);
  else
    learning.then(
      () => onDecided(decideWhole(exchange, world, body)),
      () => onDecided(denied),
    );
}

/** Whether the exchange must have a release before it may be sent. */
export function needsRelease({ classification, isDryRun }: Exchange): boolean {
  return classification !== undefined && classification.class !== 'read' && isDryRun !== true;
}

/** The last stages: the request as it will leave. S8: an order without a release ends here. */
export function prepareSending(exchange: Exchange, world: World): Denial | undefined {
  if (exchange.venue === undefined) return undefined;
  if (needsRelease(exchange) && exchange.release === undefined) {
    return denial('RELEASE_MISSING', 'no order leaves without a release of its desk', 'built-in: order gate');
  }
  return runStages(sendStages, exchange, world);
}

/** No venue takes one, and what lies in its parts has as many readings as parsers. */
const multipart: Omit<Denial, 'rule'> = {
  status: 415,
  code: 'BODY_MULTIPART',
  message: 'a venue takes no multipart body',
  agentMessage: 'Multipart bodies are not accepted.',
};

/** B5: what is compressed cannot be read, so it is neither signed nor searched for decoys. LLM hosts are not searched. */
function bodyCodingProblem({ head, host, venue }: Exchange, { credentials }: World): Denial | undefined {
  if (venue !== undefined && /^\s*multipart\//i.test(head.fields.get('content-type') ?? '')) {
    return { ...multipart, rule: `${venue.id}: body` };
  }
  const coding = head.fields.get('content-encoding');
  const isPlain = coding === undefined || coding.toLowerCase() === 'identity';
  if (isPlain && !isGrpcCompressed(head.fields.get('grpc-encoding'))) return undefined;
  if (venue === undefined && credentials.isLlm(host)) return undefined;
  return {
    status: 415,
    code: 'BODY_COMPRESSED',
    message: 'a compressed request body cannot be inspected',
    rule: 'built-in: body coding',
  };
}
