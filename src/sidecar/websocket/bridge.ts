// Carries messages between an agent's WebSocket and its upstream's: judged, journaled, scrubbed, with back-pressure and deadlines.
import type { JournalEvent } from '../../audit/events.js';
import type { Journal } from '../../audit/journal.js';
import type { Denial } from '../stage.js';
import { closePeer, type Peer, steerPeer } from './endpoint.js';
import { HeldBytes, type SocketBudget, socketMemoryFull } from './held-bytes.js';
import { MessageScrub, type MessageScrubParts } from './message-scrub.js';
import type { MessageVerdict, OutgoingOrder, Screen } from './screen.js';
import type { SocketLimits } from './socket-limits.js';
import { SocketOrders } from './socket-orders.js';

export interface BridgeEnvironment extends MessageScrubParts {
  journal: Pick<Journal, 'append' | 'note' | 'flush' | 'durable'>;
  socketLimits: SocketLimits;
  /** Shared by all sockets. */
  socketBudget: SocketBudget;
}

type Send = (peer: Peer, done?: () => void) => void;
type Side = 'agent' | 'upstream' | 'sidecar';
type Closed = Extract<JournalEvent, { type: 'socket.closed' }>;

const nothing = Buffer.alloc(0);

export class Bridge {
  readonly #env: BridgeEnvironment;
  readonly #request: string;
  readonly #agent: Peer;
  readonly #upstream: Peer;
  readonly #screen: Screen;
  readonly #onClosed: (closed: Closed) => void;
  readonly #startMs = performance.now();
  readonly #count = { messagesUp: 0, messagesDown: 0, bytesUp: 0, bytesDown: 0, refused: 0 };
  readonly #orders = new SocketOrders();
  readonly #scrub: MessageScrub;
  readonly #held: HeldBytes;
  /** Frames written to a side beyond its high water, and not yet gone. */
  readonly #queued = { agent: 0, upstream: 0 };
  /**
   * Payload of each side's last ping, which the pong to it repeats (RFC 6455 section 5.5.3). It is kept here: no cap of a rule counts
   * what control frames carry, so nothing of the agent's goes up in them, nor the reason of its close.
   */
  readonly #lastPing = { agent: nothing, upstream: nothing };
  #fullSinceMs = Number.POSITIVE_INFINITY;
  #lastFrameMs = performance.now();
  #closing: { code: number; by: Side; error?: string; sinceMs: number } | undefined;
  #open = 2;

  /** Both peers come paused and open. */
  constructor(
    env: BridgeEnvironment,
    parts: { request: string; agent: Peer; upstream: Peer; screen: Screen },
    onClosed: (closed: Closed) => void,
  ) {
    this.#env = env;
    this.#scrub = new MessageScrub(env);
    this.#request = parts.request;
    this.#agent = parts.agent;
    this.#upstream = parts.upstream;
    this.#screen = parts.screen;
    this.#onClosed = onClosed;
    this.#listenToAgent();
    this.#listenToUpstream();
    this.#held = new HeldBytes(env.socketBudget, [parts.agent, parts.upstream], () => this.#onFull());
    this.#agent.resume();
    this.#upstream.resume();
  }

  checkDeadline(now: number): void {
    this.#orders.checkDeadline(now);
    this.#held.check();
    const { idleMs, stallMs, closeMs } = this.#env.socketLimits;
    if (this.#closing !== undefined) {
      if (now - this.#closing.sinceMs > closeMs) this.#terminate();
    } else if (now - this.#lastFrameMs > idleMs) {
      this.#close(1001, 'sidecar', 'SOCKET_IDLE');
    } else if (now - this.#fullSinceMs > stallMs) {
      this.#close(1001, 'sidecar', 'SOCKET_STALLED');
      this.#terminate();
    }
  }

  /** The policy no longer allows the connection, or the sidecar ends; 1012 where the agent may come back at once. */
  destroy(error = 'SOCKET_ENDED', code = 1001): void {
    this.#close(code, 'sidecar', error);
    setTimeout(() => this.#terminate(), 200).unref();
  }

  #listenToAgent(): void {
    const peer = this.#agent;
    peer.on('message', (data: Buffer, isBinary: boolean) => {
      this.#lastFrameMs = performance.now();
      this.#judge(data, isBinary);
    });
    peer.on('ping', (data: Buffer) => {
      this.#lastPing.agent = Buffer.from(data);
      this.#control(data, (to, done) => to.ping(nothing, undefined, done));
    });
    peer.on('pong', (data: Buffer) =>
      this.#control(data, (to, done) => to.pong(this.#lastPing.upstream, undefined, done)),
    );
    peer.on('error', (error: Error) => this.#onBroken(error, 'agent'));
    peer.on('close', (code: number, reason: Buffer) => {
      const denied = this.#closing === undefined ? this.#screen.control(reason) : undefined;
      if (denied !== undefined) this.#refuse(denied, {});
      this.#onPeerClosed('agent', code, nothing);
    });
  }

  #listenToUpstream(): void {
    const peer = this.#upstream;
    // The handshake's own listener has done its work.
    peer.removeAllListeners('error');
    peer.on('error', (error: Error) => this.#onBroken(error, 'upstream'));
    peer.on('message', (data: Buffer, isBinary: boolean) => {
      this.#lastFrameMs = performance.now();
      this.#count.messagesDown += 1;
      this.#count.bytesDown += data.length;
      this.#orders.heard(data);
      this.#toAgent(this.#scrub.message(this.#screen.fromUpstream?.(data) ?? data), isBinary);
    });
    peer.on('ping', (data: Buffer) => {
      this.#lastPing.upstream = Buffer.from(data);
      const clean = this.#scrub.alone(data);
      this.#fromUpstream((to, done) => to.ping(clean, undefined, done));
    });
    peer.on('pong', () => this.#fromUpstream((to, done) => to.pong(this.#lastPing.agent, undefined, done)));
    peer.on('close', (code: number, reason: Buffer) =>
      this.#onPeerClosed('upstream', code, this.#scrub.alone(reason)),
    );
  }

  #judge(data: Buffer, isBinary: boolean): void {
    if (this.#closing !== undefined) return;
    const verdict = this.#screen.fromAgent(data, isBinary, () => this.#closing !== undefined);
    if (!(verdict instanceof Promise)) {
      this.#act(verdict, isBinary);
      return;
    }
    verdict.then(
      (given) => this.#act(given, isBinary),
      () => this.#close(1011, 'sidecar', 'JOURNAL_UNAVAILABLE'),
    );
  }

  /** S10: journaled before it is sent; what trades waits for the disk. */
  #act(verdict: MessageVerdict, isBinary: boolean): void {
    if (verdict.kind === 'refuse') {
      this.#refuse(verdict.denied, verdict.record, verdict.reply);
      return;
    }
    const { data, record, order } = verdict;
    if (record === undefined) {
      this.#toUpstream(data, isBinary);
      return;
    }
    if (this.#closing !== undefined) {
      order?.release?.abandon('the connection ended before the order could be sent');
      return;
    }
    const { rule, ...rest } = record;
    const base = { request: this.#request, verdict: 'allow', code: 'PERMITTED', message: '' } as const;
    let seq: number;
    try {
      seq = this.#env.journal.append({ type: 'socket.message', ...base, rule, ...rest });
      order?.release?.commit(order.signed);
    } catch {
      this.#close(1011, 'sidecar', 'JOURNAL_UNAVAILABLE');
      return;
    }
    if (order === undefined) this.#toUpstream(data, isBinary);
    else this.#release(seq, data, order);
  }

  #release(seq: number, data: Buffer, order: OutgoingOrder): void {
    const { release } = order;
    Promise.all([this.#env.journal.durable(seq), release?.durable()]).then(
      () => {
        if (this.#closing !== undefined) {
          release?.ended('CLIENT_GONE');
          return;
        }
        try {
          release?.sent();
        } catch {
          this.#close(1011, 'sidecar', 'JOURNAL_UNAVAILABLE');
          return;
        }
        this.#orders.add(order, performance.now());
        this.#toUpstream(data, false);
      },
      () => this.#close(1011, 'sidecar', 'JOURNAL_UNAVAILABLE'),
    );
  }

  #refuse(
    denied: Denial,
    record: { class?: string; operation?: string },
    reply?: string | Buffer,
    closeCode = 1008,
  ): void {
    const { code, rule, message, taint, verdict = 'deny' } = denied;
    const request = this.#request;
    this.#count.refused += 1;
    try {
      this.#env.journal.append({
        type: 'socket.message',
        request,
        verdict,
        code,
        rule,
        message,
        ...record,
      });
      if (taint !== undefined) this.#env.journal.append({ type: 'taint', cause: taint, message, request });
    } catch {
      this.#close(1011, 'sidecar', 'JOURNAL_UNAVAILABLE');
      return;
    }
    if (reply === undefined || this.#count.refused >= this.#env.socketLimits.maxRefused)
      this.#close(closeCode, 'sidecar', code);
    else this.#toAgent(reply, typeof reply !== 'string');
  }

  #control(data: Buffer, send: Send): void {
    if (this.#closing !== undefined) return;
    this.#lastFrameMs = performance.now();
    const denied = data.length === 0 ? undefined : this.#screen.control(data);
    if (denied !== undefined) this.#refuse(denied, {});
    else this.#write('upstream', send);
  }

  #fromUpstream(send: Send): void {
    if (this.#closing !== undefined) return;
    this.#lastFrameMs = performance.now();
    this.#write('agent', send);
  }

  #toUpstream(data: Buffer, isBinary: boolean): void {
    if (this.#closing !== undefined) return;
    this.#count.messagesUp += 1;
    this.#count.bytesUp += data.length;
    this.#write('upstream', (peer, done) => peer.send(data, { binary: isBinary }, done));
  }

  #toAgent(data: Buffer | string, isBinary: boolean): void {
    if (this.#closing !== undefined) return;
    this.#write('agent', (peer, done) => peer.send(data, { binary: isBinary }, done));
  }

  /** Writes to a side. When too much waits for it already, the other one is not read until this is written. */
  #write(side: 'agent' | 'upstream', send: Send): void {
    const peer = side === 'agent' ? this.#agent : this.#upstream;
    if (peer.bufferedAmount <= this.#env.socketLimits.highWaterBytes) {
      send(peer);
      return;
    }
    this.#queued[side] += 1;
    this.#fullSinceMs = Math.min(this.#fullSinceMs, performance.now());
    this.#steer();
    send(peer, () => {
      this.#queued[side] -= 1;
      if (this.#queued.agent + this.#queued.upstream === 0) this.#fullSinceMs = Number.POSITIVE_INFINITY;
      this.#steer();
    });
  }

  /** Reads from a side only while the other one takes what it says. */
  #steer(): void {
    steerPeer(this.#agent, this.#queued.upstream === 0);
    steerPeer(this.#upstream, this.#queued.agent === 0);
  }

  /** A14: what this connection holds is let go of soon, whatever its sides do. */
  #onFull(): void {
    if (this.#closing !== undefined) {
      this.#terminate();
      return;
    }
    this.#refuse(socketMemoryFull, {}, undefined, 1013);
    this.#agent.pause();
    this.#upstream.pause();
    setTimeout(() => this.#terminate(), 200).unref();
  }

  /** The library has ended the side already: its close event follows. */
  #onBroken(error: Error, by: Side): void {
    if (by !== 'agent' || this.#closing !== undefined) return;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!code.startsWith('WS_ERR_')) return;
    const isLong = code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
    const denied = {
      status: 400,
      code: isLong ? 'MESSAGE_TOO_LARGE' : 'FRAME_INVALID',
      message: isLong ? `a message is longer than ${this.#screen.maxMessageBytes} bytes` : code,
      rule: 'built-in: WebSocket frames',
    };
    this.#refuse(denied, {}, undefined, isLong ? 1009 : 1002);
  }

  #onPeerClosed(by: 'agent' | 'upstream', code: number, reason: Buffer): void {
    if (this.#closing === undefined) {
      const error = code === 1006 ? (by === 'agent' ? 'CLIENT_GONE' : 'UPSTREAM_RESET') : undefined;
      this.#closing = { code, by, sinceMs: performance.now(), ...(error === undefined ? {} : { error }) };
      closePeer(by === 'agent' ? this.#upstream : this.#agent, code, reason, by);
    }
    this.#open -= 1;
    if (this.#open === 0) this.#finish();
  }

  #close(code: number, by: Side, error: string): void {
    if (this.#closing !== undefined) return;
    this.#closing = { code, by, error, sinceMs: performance.now() };
    closePeer(this.#agent, code, nothing, 'upstream');
    closePeer(this.#upstream, 1001, nothing, 'agent');
  }

  #terminate(): void {
    this.#agent.terminate();
    this.#upstream.terminate();
  }

  #finish(): void {
    const { code, by, error } = this.#closing ?? { code: 1006, by: 'sidecar' as const };
    this.#orders.end(error ?? 'UPSTREAM_RESET');
    this.#held.end();
    const durationMs = Math.round(performance.now() - this.#startMs);
    this.#onClosed({
      type: 'socket.closed',
      request: this.#request,
      code,
      by,
      ...this.#count,
      scrubbed: this.#scrub.hits,
      durationMs,
      ...(error === undefined ? {} : { error }),
    });
  }
}
