// One permitted request on its way: journaled, sent, its answer scrubbed and given back. Ends exactly once.
import { isInForce } from '../credentials.js';
import { UpstreamError } from '../dial.js';
import type { Exchange, HeardHead, Overheard } from '../stage.js';
import type { UpstreamHandler, UpstreamLink } from '../upstream-connection.js';
import { Answer, type AnswerSink } from './answer.js';
import type { Client } from './client.js';
import type { Fields } from './fields.js';
import type { FlightEnvironment } from './flight-environment.js';
import type { FlightOwner, FlightResult } from './flight-result.js';
import { lengthOf } from './framing.js';
import { overhear } from './overhear.js';
import { isRepeatable, movesMoney, reach } from './reach.js';
import { tokenRewrite } from './token-rewrite.js';
import { Upload } from './upload.js';
import { writeRequestHead, writeTrailers } from './write.js';

export type { FlightOwner, FlightResult };

export class Flight implements UpstreamHandler, AnswerSink {
  readonly #env: FlightEnvironment;
  readonly #client: Client;
  readonly #exchange: Exchange;
  readonly #owner: FlightOwner;
  /** The whole body of a request that is not streamed. */
  readonly #whole: Buffer | undefined;
  #answer: Answer;
  #connection: UpstreamLink | undefined;
  #upload: Upload | undefined;
  #isOver = false;
  /** The decision is as safe as the request needs it before an answer is given. */
  #isDurable = false;
  #hasRetried = false;
  /** Asked for without its range: one that may tell a secret would tell it in parts, which are searched one by one (S6). */
  #isWholeAsked: boolean;
  #hasAnswerBytes = false;
  #isClientGone = false;
  #isClientBlocked = false;
  #isAnswerBlocked = false;
  /** Answer bytes that came before the decision was on disk. */
  #early: Buffer[] = [];
  #bytesDown = 0;
  #deadline = Number.POSITIVE_INFINITY;

  constructor(
    env: FlightEnvironment,
    client: Client,
    exchange: Exchange,
    whole: Buffer | undefined,
    owner: FlightOwner,
  ) {
    this.#env = env;
    this.#client = client;
    this.#exchange = exchange;
    this.#whole = whole;
    this.#owner = owner;
    this.#isWholeAsked = env.world.credentials.plainFor(exchange.host).length > 0;
    this.#answer = this.#newAnswer();
  }

  #newAnswer(): Answer {
    const { host, head } = this.#exchange;
    const { newMasker, isClean, windowBudget, world } = this.#env;
    const rewrite = tokenRewrite(this.#exchange, world);
    const isHashed = head.method === 'GET' && this.#env.isCitable?.(host) === true;
    const { method, close } = head;
    const parts = { newMasker, isClean, windowBudget, rewrite, isHashed, isWholeOnly: this.#isWholeAsked };
    return new Answer({ method, close, ...parts, sink: this });
  }

  /** Brings the decision into the journal's file; without that the flight is over. */
  writeDecision(): boolean {
    try {
      this.#env.journal.flush();
      return true;
    } catch {
      this.#end('JOURNAL_UNAVAILABLE');
      return false;
    }
  }

  /**
   * `seq` is the decision's place in the journal: its line is in the file. For a GET that reads that is enough, and the disk
   * has it within the journal's linger (S10).
   */
  start(seq: number): void {
    const { release } = this.#exchange;
    if (isRepeatable(this.#exchange) && release === undefined) {
      this.#isDurable = true;
      this.#connect(true);
      return;
    }
    const decided = this.#env.journal.durable(seq);
    const failed = () => this.#fail('JOURNAL_UNAVAILABLE');
    const durable = release === undefined ? decided : Promise.all([decided, release.durable()]);
    // S10: an order leaves only when its decision is on disk; for other requests the disk and the round trip overlap.
    if (movesMoney(this.#exchange)) {
      durable.then(() => {
        this.#isDurable = true;
        this.#connect(true);
      }, failed);
      return;
    }
    durable.then(() => this.#onDurable(), failed);
    this.#connect(true);
  }

  /** A piece of a streamed request's body. */
  writeBody(data: Buffer): void {
    const outcome = this.#upload?.write(data);
    this.#deadline = performance.now() + this.#env.flightLimits.idleMs;
    if (outcome === 'full') this.#client.pauseBody();
    else if (outcome === 'decoy') this.#fail('DECOY_MISPLACED');
  }

  endBody(trailers?: Fields): void {
    const own = this.#env.world.credentials.plainFor(this.#exchange.host);
    if (this.#upload?.end(writeTrailers(trailers, own)) === 'decoy') this.#fail('DECOY_MISPLACED');
    else this.#awaitAnswer();
  }

  onClientDrain(): void {
    this.#isClientBlocked = false;
    this.#answer.resume();
    this.#resumeUpstream();
  }

  /** The client is gone. A released order is still sent and its answer read to the end: its outcome must be known (S8). */
  onClientGone(): void {
    if (
      movesMoney(this.#exchange) &&
      (this.#upload ?? this.#exchange.release) !== undefined &&
      !this.#isOver
    ) {
      this.#isClientGone = true;
      this.onClientDrain();
      return;
    }
    this.#owner.onFlightBroken(this.#end('CLIENT_GONE'));
  }

  /** The owner gives the request up, e.g. for a malformed body. */
  abandon(): FlightResult {
    return this.#end(undefined);
  }

  checkDeadline(now: number): void {
    if (now > this.#deadline) this.#fail('UPSTREAM_TIMEOUT');
  }

  onUpstreamData(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#hasAnswerBytes = true;
    this.#exchange.release?.heard(chunk);
    if (this.#isDurable) {
      this.#deadline = performance.now() + this.#env.flightLimits.idleMs;
      this.#feed(chunk);
    } else {
      this.#early.push(chunk);
      this.#connection?.pause();
    }
  }

  onUpstreamDrain(): void {
    if (this.#isOver || this.#upload?.isWhole !== false) return;
    this.#client.resumeBody();
  }

  onUpstreamClose(): void {
    if (this.#isOver) return;
    const connection = this.#connection;
    if (this.#early.length > 0) return; // judged when the decision is on disk
    if (connection !== undefined && this.#mayRepeat(connection)) {
      this.#hasRetried = true;
      this.#connection = undefined;
      this.#connect(false);
      return;
    }
    this.#exchange.release?.closed(connection?.endedCleanly ?? false);
    this.#answer.end(connection?.endedCleanly ?? false);
  }

  onAnswerHead(head: HeardHead): Overheard | undefined {
    return overhear(this.#exchange, this.#env.world, head);
  }

  /** S6: the whole can be searched. Who asks for a range must take the whole, too (RFC 9110 section 14.2). */
  onUnreadablePart(): boolean {
    const { head, signed, release } = this.#exchange;
    const isPart = head.method === 'GET' && head.fields.get('range') !== undefined && !this.#isWholeAsked;
    const isOwn = signed !== undefined || release !== undefined || movesMoney(this.#exchange);
    if (!isPart || isOwn || this.#whole === undefined) return false;
    this.#isWholeAsked = true;
    this.#disconnect();
    this.#hasAnswerBytes = false;
    this.#answer = this.#newAnswer();
    this.#connect(true);
    return true;
  }

  onAnswerBytes(bytes: Buffer): void {
    this.#bytesDown += bytes.length;
    if (this.#isClientGone || this.#client.write(bytes)) return;
    this.#isClientBlocked = true;
    this.#answer.pause();
    this.#connection?.pause();
  }

  onAnswerDrain(): void {
    this.#isAnswerBlocked = false;
    this.#resumeUpstream();
  }

  onAnswerDone(reusable: boolean): void {
    const connection = this.#connection;
    const isWhole = this.#upload?.isWhole ?? false;
    if (reusable && isWhole && connection !== undefined) {
      this.#connection = undefined;
      connection.release();
    }
    const result = this.#end(undefined);
    this.#owner.onFlightDone(result, !isWhole);
  }

  onAnswerBroken(problem: string, started: boolean): void {
    const { status } = this.#answer;
    const result = { ...this.#end(problem), error: problem };
    if (started) this.#owner.onFlightBroken({ ...result, status });
    else this.#owner.onFlightFailed(result, problem, this.#upload !== undefined);
  }

  /** Once, and only what is still here: a streamed body went with the connection that took it. */
  #mayRepeat({ reused, isUntouched }: UpstreamLink): boolean {
    if (this.#hasRetried || this.#hasAnswerBytes || this.#whole === undefined) return false;
    // S8: what moves money is never sent again, whatever its upstream says of it.
    if (movesMoney(this.#exchange) || this.#exchange.release !== undefined) return false;
    return isUntouched || (reused && isRepeatable(this.#exchange));
  }

  #connect(mayReuse: boolean): void {
    if (this.#isOver) return;
    const dialled = reach(this.#env, this.#exchange, mayReuse);
    if (!(dialled instanceof Promise)) {
      this.#send(dialled);
      return;
    }
    dialled.then(
      (connection) => this.#send(connection),
      (error: unknown) => this.#fail(error instanceof UpstreamError ? error.code : 'UPSTREAM_UNREACHABLE'),
    );
  }

  #send(connection: UpstreamLink): void {
    if (this.#isOver || !isInForce(this.#exchange, this.#env.world.credentials)) {
      connection.release();
      this.#fail('SECRET_ROTATED');
      return;
    }
    this.#connection = connection;
    connection.handler = this;
    const { id, head, host, signed, signedHead, path, query, placed, injected } = this.#exchange;
    const isLlm = this.#env.world.credentials.isLlm(host);
    // B8: what an LLM host reads is not searched; everywhere else a decoy must not arrive whole.
    const guard = isLlm || this.#whole !== undefined ? undefined : this.#env.newDecoyMasker();
    const ear = isLlm ? this.#env.world.canary?.earFor(id) : undefined;
    const upload = new Upload({ connection, guard, ear, chunked: head.framing.kind === 'chunked' });
    try {
      this.#exchange.release?.sent();
    } catch {
      this.#fail('JOURNAL_UNAVAILABLE');
      return;
    }
    this.#upload = upload;
    this.#awaitAnswer();
    if (signed !== undefined && signedHead !== undefined) {
      upload.sendWhole(signedHead, signed.body);
      return;
    }
    const framed = injected === undefined ? head : { ...head, framing: lengthOf(injected) };
    const text = writeRequestHead(framed, this.#exchange, { path, query }, placed, this.#isWholeAsked);
    if (this.#whole !== undefined) {
      upload.sendWhole(text, this.#whole);
      return;
    }
    this.#deadline = performance.now() + this.#env.flightLimits.idleMs;
    const outcome = upload.sendHead(text);
    if (this.#isOver) return;
    if (head.expectsContinue) this.#client.write('HTTP/1.1 100 Continue\r\n\r\n');
    if (outcome === 'sent') this.#client.resumeBody();
  }

  #awaitAnswer(): void {
    const { venueAnswerMs, answerMs } = this.#env.flightLimits;
    this.#deadline = performance.now() + (this.#exchange.venue === undefined ? answerMs : venueAnswerMs);
  }

  #onDurable(): void {
    this.#isDurable = true;
    if (this.#isOver || this.#early.length === 0) return;
    const early = this.#early;
    this.#early = [];
    for (const chunk of early) this.#feed(chunk);
    if (this.#isOver) return;
    if (this.#connection?.isGone !== false) this.onUpstreamClose();
    else this.#resumeUpstream();
  }

  #feed(chunk: Buffer): void {
    if (this.#answer.write(chunk) || this.#isOver) return;
    this.#isAnswerBlocked = true;
    this.#connection?.pause();
  }

  #resumeUpstream(): void {
    if (!this.#isClientBlocked && !this.#isAnswerBlocked && this.#isDurable) this.#connection?.resume();
  }

  #fail(problem: string): void {
    if (this.#isOver) return;
    this.onAnswerBroken(problem, this.#answer.isStarted);
  }

  /** Lets go of everything; afterwards nothing of this flight happens any more. */
  #end(error: string | undefined): FlightResult {
    this.#isOver = true;
    this.#deadline = Number.POSITIVE_INFINITY;
    this.#answer.abandon();
    this.#exchange.release?.ended(error);
    this.#disconnect();
    const { status, hits, contentSha256 } = this.#answer;
    const result: FlightResult = {
      status,
      bytesUp: this.#upload?.bytes ?? 0,
      bytesDown: this.#bytesDown,
      scrubbed: hits,
      ...(contentSha256 === undefined ? {} : { contentSha256 }),
    };
    return error === undefined ? result : { ...result, error };
  }

  #disconnect(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection === undefined) return;
    connection.handler = undefined;
    connection.destroy();
  }
}
