// Messages to a venue's socket: logins are checked and made anew, what trades is judged like the REST request it stands for, the rest by table.
import { TradeboxError } from '../../core/errors.js';
import type { VenueAnswer } from '../../venues/admin.js';
import type { SignedRequest, SocketMessage, SocketSession, Stamp, Venue } from '../../venues/venue.js';
import type { VenueCredential } from '../credentials.js';
import { decideMessage, instrumentsToLearn, needsRelease } from '../pipeline.js';
import { messageRefusal } from '../refusal.js';
import { type Denial, denial, type Exchange, type World } from '../stage.js';
import { decoyIn, misuse } from '../stages/decoys.js';
import { readMessage, writeMessage } from './message-encoding.js';
import type { MessageRecord, MessageVerdict, Screen } from './screen.js';

/** Longest message to a venue, in bytes: what the leaves' parsers take. */
export const venueMessageBytes = 262_144;

export interface VenueScreenParts {
  venue: Venue;
  session: SocketSession;
  /** The upgrade's exchange. */
  exchange: Exchange;
  /** Those of the venue that the host serves. */
  credentials: readonly VenueCredential[];
}

export class VenueScreen implements Screen {
  readonly maxMessageBytes = venueMessageBytes;
  readonly #parts: VenueScreenParts;
  readonly #world: World;
  /** Orders that wait for their decision. */
  #asking = 0;
  /** Whose login passed. */
  #credential: VenueCredential | undefined;
  /** Logins of several accounts passed: nobody here knows as whom the venue takes what is not signed by itself. */
  #isMixed = false;

  constructor(parts: VenueScreenParts, world: World) {
    this.#parts = parts;
    this.#world = world;
  }

  fromAgent(
    data: Buffer,
    isBinary: boolean,
    isGone: () => boolean,
  ): MessageVerdict | Promise<MessageVerdict> {
    const heard = readMessage(data, isBinary, this.#parts.session.encoding);
    if (typeof heard !== 'string')
      return this.#refuse('', 'unknown', denial(heard.code, heard.message, this.#rule('table')));
    const text = heard;
    let message: SocketMessage;
    try {
      message = this.#parts.session.read(text);
      return this.#judge(text, message, isGone);
    } catch {
      // S11. What was thrown may quote the message.
      const denied = denial('STAGE_FAILED', 'the venue leaf failed on the message', this.#rule('table'), 503);
      return this.#refuse(text, 'unknown', denied);
    }
  }

  fromUpstream(data: Buffer): Buffer {
    const told = this.#parts.session.hear?.(data) ?? data;
    return this.#world.sessionTokens?.hide(told) ?? told;
  }

  control(data: Buffer): Denial | undefined {
    const hit = decoyIn(data, this.#world);
    return hit === undefined ? undefined : misuse('a WebSocket control frame', hit.id);
  }

  #judge(
    text: string,
    message: SocketMessage,
    isGone: () => boolean,
  ): MessageVerdict | Promise<MessageVerdict> {
    switch (message.kind) {
      case 'read':
        return this.#send(text, message.operation, message.text, undefined);
      case 'login':
        return this.#login(text, message);
      case 'trade':
        if (this.#parts.session.encoding !== undefined)
          return this.#refuse(
            text,
            message.operation,
            denial('BINARY_MESSAGE', packedOrder, this.#rule('table')),
          );
        return this.#trade(text, message, isGone);
      case 'unknown':
        return this.#refuse(
          text,
          message.operation,
          denial('OPERATION_UNKNOWN', message.reason, this.#rule('table')),
        );
    }
  }

  #login(text: string, message: Extract<SocketMessage, { kind: 'login' }>): MessageVerdict {
    const found = this.#prove(message);
    if ('denied' in found) return this.#refuse(text, message.operation, found.denied);
    this.#isMixed ||= this.#credential !== undefined && this.#credential.id !== found.credential.id;
    this.#credential = found.credential;
    const record = { rule: this.#rule(message.operation), class: 'read', operation: message.operation };
    const written = this.#write(found, (stamp) => message.write(found.credential.real, stamp));
    return this.#send(text, message.operation, written, record);
  }

  #trade(text: string, message: Trade, isGone: () => boolean): MessageVerdict | Promise<MessageVerdict> {
    const { exchange } = this.#parts;
    const order: Exchange = {
      ...exchange,
      request: message.request,
      path: message.request.path,
      query: message.request.query,
      classification: undefined,
      credential: this.#credential,
    };
    let token: string | undefined;
    if (message.authenticate !== undefined || message.token !== undefined) {
      const found = this.#prove(message);
      if ('denied' in found) return this.#refuse(text, message.operation, found.denied);
      order.credential = found.credential;
      token = found.token;
    }
    order.environment = order.credential?.environment ?? exchange.environment;
    const denied = decideMessage(order, this.#world);
    const learning = instrumentsToLearn(order, this.#world);
    const asked = { text, message, order, token };
    if (learning === undefined) return this.#ask(asked, denied, isGone);
    return learning.then(() => this.#ask(asked, decideMessage(order, this.#world), isGone));
  }

  #ask(
    asked: Asked,
    denied: Denial | undefined,
    isGone: () => boolean,
  ): MessageVerdict | Promise<MessageVerdict> {
    const { text, message, order } = asked;
    if (denied !== undefined) return this.#refuse(text, message.operation, denied, recordOf(order));
    if (!needsRelease(order)) return this.#sendOrder(asked);
    const { gate } = this.#world;
    if (gate === undefined) {
      const missing = denial('RELEASE_MISSING', 'no order leaves without a release of its desk', gateRule);
      return this.#refuse(text, message.operation, missing, recordOf(order));
    }
    if (this.#asking >= maxAsking) {
      const many = denial(
        'TOO_MANY_PENDING',
        `${maxAsking} orders of this connection wait already`,
        gateRule,
        429,
      );
      return this.#refuse(text, message.operation, many, recordOf(order));
    }
    this.#asking += 1;
    return gate
      .admit(order, isGone)
      .finally(() => {
        this.#asking -= 1;
      })
      .then(({ release, denied: refused }) => {
        if (refused !== undefined) return this.#refuse(text, message.operation, refused, recordOf(order));
        order.release = release;
        return this.#sendOrder(asked);
      });
  }

  #sendOrder({ text, message, order, token }: Asked): MessageVerdict {
    const { credential, request, release } = order;
    const record = { rule: this.#rule(message.operation), ...recordOf(order), operation: message.operation };
    let verdict: MessageVerdict;
    if (credential === undefined || request === undefined) {
      const missing = denial('CREDENTIAL_MISSING', 'an order needs a login', this.#rule('authentication'));
      verdict = this.#refuse(text, message.operation, missing, record);
    } else if (this.#isMixed && message.authenticate === undefined && message.token === undefined) {
      const mixed = denial('LOGIN_AMBIGUOUS', twoAccounts, this.#rule('authentication'));
      verdict = this.#refuse(text, message.operation, mixed, record);
    } else {
      const proof = token === undefined ? { credential } : { credential, token };
      const written = this.#write(proof, (stamp) => message.write(request, credential.real, stamp));
      verdict = this.#send(text, message.operation, written, record);
    }
    if (verdict.kind === 'refuse') {
      release?.abandon(verdict.denied.message);
      return verdict;
    }
    const signed: SignedRequest = {
      method: 'MESSAGE',
      path: this.#parts.session.target.path,
      query: '',
      headers: [],
      body: verdict.data,
    };
    return {
      ...verdict,
      order: {
        signed,
        answerIn: (text) => this.#overhear(message.answerIn(text), order),
        ...(release === undefined ? {} : { release }),
      },
    };
  }

  /** An answer to an order may say that there were too many. */
  #overhear(answer: VenueAnswer | undefined, { id, credential }: Exchange): VenueAnswer | undefined {
    if (answer !== undefined) {
      const owner = { venue: this.#parts.venue, account: credential?.id };
      this.#world.rateLimits?.note(owner, { ...answer, header: () => undefined }, id);
    }
    return answer;
  }

  /** By the session token, or by what the decoy signed. */
  #prove({ token, authenticate }: Pick<Trade, 'token' | 'authenticate'>): Proof | { denied: Denial } {
    const rule = this.#rule('authentication');
    if (token !== undefined) {
      const held = this.#world.sessionTokens?.find(this.#parts.venue.id, token);
      const credential = this.#parts.credentials.find(({ id }) => id === held?.credential);
      if (held !== undefined && credential !== undefined) return { credential, token: held.token };
      // No taint: a client may hold on to a token over a restart of the sidecar.
      return { denied: denial('SESSION_TOKEN_UNKNOWN', 'the session token was not handed out here', rule) };
    }
    let isMissing = false;
    let reason = 'this box holds no credential of the venue for this host';
    for (const credential of this.#parts.credentials) {
      const result = authenticate?.(credential.decoys) ?? { kind: 'none' as const };
      if (result.kind === 'valid') return { credential };
      if (result.kind === 'invalid') reason = result.reason;
      isMissing = result.kind === 'none';
    }
    // Nothing was signed, or somebody else's account was asked about: no proof, and no forgery.
    if (isMissing) return { denied: denial('CREDENTIAL_MISSING', 'the message is not the account’s', rule) };
    return { denied: { ...denial('SIGNATURE_FORGED', reason, rule), taint: 'forged-signature' } };
  }

  #write({ credential, token }: Proof, write: (stamp: Stamp) => string): string | Denial {
    const { id, environment } = credential;
    const nowMs = this.#world.clock.nowMs();
    const stamp = { nowMs, nonce: this.#world.nextNonce(id), environment };
    try {
      return write(token === undefined ? stamp : { ...stamp, token });
    } catch (error) {
      const why =
        error instanceof TradeboxError ? error.message : 'the venue leaf refused to sign the message';
      return denial('SIGNING_REFUSED', why, this.#rule('signing'), 502);
    }
  }

  /** What the venue gets holds no decoy, wherever the agent put one. */
  #send(
    text: string,
    operation: string,
    written: string | Denial,
    record: (MessageRecord & { rule: string }) | undefined,
  ): MessageVerdict {
    if (typeof written !== 'string') return this.#refuse(text, operation, written);
    const data = writeMessage(written, this.#parts.session.encoding);
    // In MessagePack, too, a text's bytes stand together; what only JSON would escape is searched for in JSON.
    if ([data, Buffer.from(written)].some((sent) => decoyIn(sent, this.#world) !== undefined))
      return this.#refuse(text, operation, misuse('a WebSocket message'));
    return { kind: 'forward', data, ...(record === undefined ? {} : { record }) };
  }

  #refuse(
    text: string,
    operation: string,
    denied: Denial,
    record: MessageRecord = {},
  ): Extract<MessageVerdict, { kind: 'refuse' }> {
    const { session, exchange } = this.#parts;
    const reply = session.refuse(text, messageRefusal(denied.status, exchange.id, denied.agentMessage));
    const { encoding } = session;
    return {
      kind: 'refuse',
      denied,
      record: { ...record, operation },
      reply: encoding === undefined ? reply : writeMessage(reply, encoding),
    };
  }

  #rule(what: string): string {
    return `${this.#parts.venue.id}: ${what}`;
  }
}

type Trade = Extract<SocketMessage, { kind: 'trade' }>;

/** Whose the message is, and what its session token really is. */
interface Proof {
  credential: VenueCredential;
  token?: string;
}

/** An order on its way through the gate. */
interface Asked {
  text: string;
  message: Trade;
  order: Exchange;
  token: string | undefined;
}

function recordOf({ classification }: Exchange): MessageRecord {
  return classification === undefined ? {} : { class: classification.class };
}

const gateRule = 'built-in: order gate';
/** Orders of one connection that may wait for a human at once. */
const maxAsking = 64;
const twoAccounts = 'two accounts logged in on this connection: orders need a connection of one';
const packedOrder = 'no venue takes orders in MessagePack';
