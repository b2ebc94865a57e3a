// Serves the requests of one TLS connection: decides, journals, then lets a flight carry the request or refuses it.
import type { Ingress, JournalEvent } from '../../audit/events.js';
import type { HttpAnswer } from '../../core/http.js';
import { inNonceTurn } from '../nonce-turns.js';
import { decideHead, decideOnceNamed, needsRelease, newExchange, prepareSending } from '../pipeline.js';
import { denialAnswer, failureAnswer, refusalAnswer } from '../refusal.js';
import type { Denial, Exchange, OrderGate } from '../stage.js';
import { decoyIn, misuse } from '../stages/decoys.js';
import { turn } from '../turn.js';
import { noDoor, planSocket } from '../websocket/plan.js';
import { startUpgrade, type UpgradeDoor } from '../websocket/upgrade.js';
import { joined } from './body.js';
import { bodyTooLarge, capProblem, memoryFull } from './body-limits.js';
import type { Client } from './client.js';
import type { ConnectionHandler } from './client-connection.js';
import type { Fields, Malformed } from './fields.js';
import { Flight } from './flight.js';
import type { RelayEnvironment } from './flight-environment.js';
import { type FlightOwner, type FlightResult, noResult } from './flight-result.js';
import type { RequestHead } from './head.js';
import {
  freeCollected,
  giveUp,
  newOpen,
  nothing,
  type Open,
  planCollecting,
  unreadable,
  unreadHead,
} from './open-request.js';
import { completedEvent, decidedEvent, quietly, recordRefusal } from './record.js';
import { writeAnswer } from './write.js';

export class Relay implements ConnectionHandler, FlightOwner {
  readonly #env: RelayEnvironment;
  readonly #ingress: Ingress;
  readonly #origin: { host: string; port: number };
  #client: Client | undefined;
  #door: UpgradeDoor | undefined;
  #open: Open | undefined;

  constructor(env: RelayEnvironment, ingress: Ingress, origin: { host: string; port: number }) {
    this.#env = env;
    this.#ingress = ingress;
    this.#origin = origin;
  }

  /** Without a door the client cannot leave HTTP. */
  attach(client: Client, door?: UpgradeDoor): void {
    this.#client = client;
    this.#door = door;
  }

  checkDeadline(now: number): void {
    this.#open?.flight?.checkDeadline(now);
  }

  /** True while a request is open, be its client there or not. */
  isUnderWay(): boolean {
    return this.#open !== undefined;
  }

  onRequest(head: RequestHead, headBytes: Buffer): void {
    const exchange = this.#newExchange(head, headBytes);
    const open = newOpen(exchange);
    this.#open = open;
    const denied =
      decideHead(exchange, this.#env.world) ?? planCollecting(open, this.#env.bodyLimits, this.#env.world);
    if (denied !== undefined) this.#refuse(open, denied);
    else if (head.upgrade !== undefined) this.#upgrade(open);
    else if (open.collected === undefined) this.#fly(open, undefined);
    else if (head.framing.kind === 'none') this.#decideWhole(open);
    else if (head.expectsContinue) this.#client?.write('HTTP/1.1 100 Continue\r\n\r\n');
  }

  onBody(data: Buffer): void {
    const open = this.#open;
    if (open === undefined || open.isRefused) return;
    if (open.collected === undefined) {
      open.streamedBytes += data.length;
      const tooLarge = capProblem(open.exchange.rule, open.streamedBytes);
      if (tooLarge === undefined) open.flight?.writeBody(data);
      else this.#refuseMidway(open, tooLarge);
      return;
    }
    open.collectedBytes += data.length;
    this.#env.bodyBudget.leftBytes -= data.length;
    if (open.collectedBytes > open.limitBytes) this.#refuse(open, bodyTooLarge);
    else if (this.#env.bodyBudget.leftBytes < 0) this.#refuse(open, memoryFull);
    else open.collected.push(data);
  }

  onBodyEnd(trailers?: Fields): void {
    const open = this.#open;
    if (open === undefined || open.isRefused) return;
    // Trailers are fields, so a decoy in them is misuse on every host; the body's end has not gone up yet.
    const isMisuse = trailers !== undefined && decoyIn(trailers.raw, this.#env.world, true) !== undefined;
    if (isMisuse) this.#refuseMidway(open, misuse('the trailers'));
    else if (open.collected === undefined) open.flight?.endBody(trailers);
    else this.#decideWhole(open);
  }

  onMalformed(problem: Malformed): void {
    const open = this.#open ?? this.#openUnread();
    this.#refuseMidway(open, unreadable(problem));
  }

  /** Refuses a request that may be on its way; one whose answer has begun can only be broken off. */
  #refuseMidway(open: Open, denied: Denial): void {
    const result = open.flight?.abandon();
    if (result === undefined || result.status === 0) this.#refuse(open, denied);
    else this.#breakOff(open, { ...result, error: denied.code }, denied);
  }

  /** The agent learns nothing more; the journal gets the refusal, where there is one, and what it is evidence of. */
  #breakOff(open: Open, result: FlightResult, denied?: Denial): void {
    if (denied !== undefined) {
      this.#env.tally.denied += 1;
      quietly(() => recordRefusal(this.#env.journal, open.exchange, denied));
    }
    this.#record(this.#close(open, result));
    this.#client?.destroy();
  }

  /** New rules: the request under way, head decided or answer flowing, goes on only if they let it out. Says whether it was ended. */
  rejudge(judge: (exchange: Exchange) => Denial | undefined): boolean {
    const open = this.#open;
    const denied = open === undefined ? undefined : judge(open.exchange);
    const isUpgrade = open?.exchange.head.upgrade !== undefined;
    if (open === undefined || denied === undefined || (open.isRefused && !isUpgrade)) return false;
    if (isUpgrade) this.#client?.destroy();
    else this.#refuseMidway(open, denied);
    return true;
  }

  onDrain(): void {
    this.#open?.flight?.onClientDrain();
  }

  onAbort(): void {
    const open = this.#open;
    if (open === undefined) return;
    freeCollected(open, this.#env.bodyBudget);
    if (open.flight !== undefined) {
      open.flight.onClientGone();
      return;
    }
    // Without a verdict nothing happened that the journal would have to close.
    if (open.isRefused) this.#record(this.#close(open, { ...noResult, error: 'CLIENT_GONE' }));
    this.#open = undefined;
  }

  onFlightDone(result: FlightResult, closeClient: boolean): void {
    const open = this.#open;
    if (open === undefined) return;
    const completed = this.#close(open, result);
    turn.rest(() => this.#record(completed)); // it allows nothing: the answer leaves before it
    this.#client?.finish(!closeClient && !open.exchange.head.close);
  }

  onFlightBroken(result: FlightResult): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#breakOff(open, result, result.error === 'DECOY_MISPLACED' ? misuse('the body') : undefined);
  }

  onFlightFailed(result: FlightResult, problem: string, sent: boolean): void {
    const open = this.#open;
    if (open === undefined) return;
    open.flight = undefined;
    if (problem === 'DECOY_MISPLACED') {
      this.#refuse(open, misuse('the body'));
      return;
    }
    const answer = failureAnswer(open.exchange, problem, sent);
    this.#answer(open, answer, { ...result, error: problem });
  }

  #newExchange(head: RequestHead, headBytes: Buffer): Exchange {
    const id = this.#env.nextRequestId();
    const { host, port } = this.#origin;
    return newExchange({ id, ingress: this.#ingress, host, port, head, headBytes });
  }

  /** A request of which not even the head could be read: it still gets its line in the journal. */
  #openUnread(): Open {
    this.#open = newOpen(this.#newExchange(unreadHead(), nothing));
    return this.#open;
  }

  #decideWhole(open: Open): void {
    const body = joined(open.collected ?? []);
    const { exchange } = open;
    const { world } = this.#env;
    decideOnceNamed(exchange, world, body, (denied) => {
      if (this.#open !== open) return;
      if (denied !== undefined) this.#refuse(open, denied);
      else if (world.gate !== undefined && needsRelease(exchange)) this.#askGate(open, body, world.gate);
      else this.#signAndFly(open, body);
    });
  }

  /** S8: an order waits for its decision; a client that goes away meanwhile gets nothing sent. */
  #askGate(open: Open, body: Buffer, gate: OrderGate): void {
    const { exchange } = open;
    const isGone = (): boolean => this.#open !== open;
    gate.admit(exchange, isGone).then(
      ({ release, denied }) => {
        if (release !== undefined) exchange.release = release;
        if (isGone()) giveUp(open);
        else if (denied !== undefined) this.#refuse(open, denied);
        else this.#signAndFly(open, body);
      },
      () => this.#refuseUnrecorded(open),
    );
  }

  #signAndFly(open: Open, body: Buffer): void {
    inNonceTurn(open.exchange, this.#env.world, (leave) => {
      open.leaveTurn = leave;
      return this.#open === open ? this.#signInTurn(open, body) : giveUp(open);
    });
  }

  #signInTurn(open: Open, body: Buffer): void {
    const { exchange } = open;
    const denied = prepareSending(exchange, this.#env.world);
    if (denied === undefined) this.#fly(open, exchange.injected ?? body);
    else this.#refuse(open, denied);
  }

  /** S10: the decision is in the journal before a byte goes upstream. */
  #fly(open: Open, body: Buffer | undefined): void {
    const client = this.#client;
    if (client === undefined) return;
    const isStreamed = body === undefined && open.exchange.head.framing.kind !== 'none';
    if (isStreamed) client.pauseBody();
    const { journal, tally } = this.#env;
    const { exchange } = open;
    const { release, signed } = exchange;
    let seq: number;
    try {
      const event = decidedEvent(exchange, undefined);
      seq = journal.note(event);
      if (signed !== undefined) release?.commit(signed);
    } catch {
      this.#refuseUnrecorded(open);
      return;
    }
    tally.allowed += 1;
    const flight = new Flight(this.#env, client, exchange, isStreamed ? undefined : (body ?? nothing), this);
    open.flight = flight;
    turn.send(() => {
      // The first of the turn writes the decisions of all.
      if (flight.writeDecision()) flight.start(seq);
      else this.#refuseUnrecorded(open);
    });
  }

  /** S10: the decision is on disk before the agent gets its 101; until then the upstream's socket is only opened. */
  #upgrade(open: Open): void {
    const { exchange } = open;
    const env = this.#env;
    const plan = planSocket(exchange, env.world, env.newSpellingMasker);
    const door = this.#door;
    if ('status' in plan || door === undefined) {
      this.#refuse(open, 'status' in plan ? plan : noDoor);
      return;
    }
    let seq: number;
    try {
      seq = env.journal.append(decidedEvent(exchange, undefined));
    } catch {
      this.#refuseUnrecorded(open);
      return;
    }
    env.tally.allowed += 1;
    open.isRefused = true;
    const { id, venue } = exchange;
    startUpgrade(
      env,
      { exchange, plan, door, seq },
      {
        isGone: () => this.#open !== open,
        onJoined: (status) => this.#record(this.#close(open, { ...noResult, status })),
        onFailed: (status, error) => {
          const answer = refusalAnswer(status, id, status < 500 ? undefined : venue);
          this.#answer(open, answer, { ...noResult, error });
        },
        onClosed: (closed) => {
          env.tally.scrubbed += closed.scrubbed;
          this.#record(closed);
        },
      },
    );
  }

  #refuse(open: Open, denied: Denial): void {
    open.isRefused = true;
    freeCollected(open, this.#env.bodyBudget);
    const { exchange } = open;
    exchange.release?.abandon(denied.message);
    const { journal, tally } = this.#env;
    let seq: number;
    try {
      seq = recordRefusal(journal, exchange, denied);
    } catch {
      this.#refuseUnrecorded(open);
      return;
    }
    tally.denied += 1;
    const answer = denialAnswer(denied, exchange);
    journal.durable(seq).then(
      () => this.#answer(open, answer, noResult),
      () => this.#refuseUnrecorded(open),
    );
  }

  /** S11: what cannot be journaled does not happen. */
  #refuseUnrecorded(open: Open): void {
    open.isRefused = true;
    const answer = refusalAnswer(503, open.exchange.id, open.exchange.venue);
    this.#answer(open, answer, { ...noResult, error: 'JOURNAL_UNAVAILABLE' });
  }

  /** Gives an answer of our own and ends the request. */
  #answer(open: Open, answer: HttpAnswer, result: FlightResult): void {
    const client = this.#client;
    if (client === undefined || this.#open !== open) return;
    const close = open.exchange.head.close || client.isBodyOpen;
    const bytes = writeAnswer(answer, { close, isHead: open.exchange.head.method === 'HEAD' });
    client.write(bytes);
    this.#record(this.#close(open, { ...result, status: answer.status, bytesDown: bytes.length }));
    client.finish(!close);
  }

  /** The request is over. Returns what the journal is to say of it. */
  #close(open: Open, result: FlightResult): JournalEvent {
    this.#open = undefined;
    open.leaveTurn?.();
    freeCollected(open, this.#env.bodyBudget);
    this.#env.tally.completed += 1;
    this.#env.tally.scrubbed += result.scrubbed;
    return completedEvent(open, result);
  }

  #record(event: JournalEvent): void {
    quietly(() => this.#env.journal.note(event));
  }
}
