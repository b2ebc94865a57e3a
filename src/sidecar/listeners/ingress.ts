// What every listener shares: the parts of the sidecar it hands connections to, and the watch over deadlines.
import type { Server, Socket } from 'node:net';
import type { Ingress } from '../../audit/events.js';
import type { Authority } from '../authority.js';
import type { DenialLog } from '../denial-log.js';
import type { ClientLimits } from '../http1/client-connection.js';
import type { RelayEnvironment } from '../http1/flight-environment.js';
import type { AgentServer } from '../mcp/agent-server.js';
import type { AgentView } from '../orders/agent-view.js';
import type { Denial, Exchange } from '../stage.js';
import { turn } from '../turn.js';

/** Why a request that is under way may not go on; undefined when it may. */
export type Judge = (exchange: Exchange) => Denial | undefined;

/** Something with deadlines: ended from outside when one has passed. */
export interface Watched {
  /** `now` is on the monotonic clock, in milliseconds. */
  checkDeadline(now: number): void;
  destroy(): void;
  /** True while a request is open, be its client there or not. */
  isUnderWay?(): boolean;
  /** The origin that a session speaks with, once it is known. */
  readonly origin?: { host: string; port: number };
  /** Ends the requests and sockets under way that `judge` denies; says how many. */
  rejudge?(judge: Judge): number;
  /** Ends the session if it is a WebSocket: what logged it in is no longer valid. False when it is none. */
  endSocket?(): boolean;
}

export interface IngressEnvironment extends RelayEnvironment {
  authority: Pick<Authority, 'contextFor' | 'ticketKeys'>;
  denials: DenialLog;
  clientLimits: ClientLimits;
  watch: Watch;
  /** What `tradebox.internal` says. */
  about: { sandbox: string; mode: string };
  /** What it says of orders and limits. */
  agentView: AgentView;
  /** The tools it offers the agent. */
  agentServer: AgentServer;
}

/** Where a connection came in and what it claimed so far. */
export interface Place {
  ingress: Ingress;
  port: number;
  /** The host that CONNECT named; SNI must be the same. */
  connectHost?: string;
}

/** Looks at every open connection once a second: no timer per connection. */
export class Watch {
  readonly #members = new Set<Watched>();
  /** Whose client is gone while a request was open: an order that left is still waited for, and not for ever (S8). */
  readonly #left = new Set<Watched>();
  readonly #timer: NodeJS.Timeout;
  readonly #intervalMs: number;

  constructor(intervalMs = 1000) {
    this.#intervalMs = intervalMs;
    this.#timer = setInterval(() => this.#look(), intervalMs);
    this.#timer.unref();
  }

  /** Where this process stood still, what came in meanwhile is read first: else clients would be ended that are not late. */
  #look(): void {
    const began = performance.now();
    turn.rest(() => {
      const now = performance.now();
      if (now - began > this.#intervalMs) {
        this.#look();
        return;
      }
      for (const member of [...this.#members, ...this.#left]) member.checkDeadline(now);
      for (const member of this.#left) if (member.isUnderWay?.() !== true) this.#left.delete(member);
    });
  }

  /** Watches `member` until `socket` is closed and nothing of it is under way any more. */
  add(member: Watched, socket: Socket): void {
    this.#members.add(member);
    socket.once('close', () => {
      this.#members.delete(member);
      if (member.isUnderWay?.() === true) this.#left.add(member);
    });
  }

  remove(member: Watched): void {
    this.#members.delete(member);
  }

  /** Ends every session with an origin that is not allowed, and of the others what `judge` denies; says how many. */
  endDenied(isAllowed: (host: string, port: number) => boolean, judge: Judge): number {
    let ended = 0;
    for (const member of [...this.#members]) {
      const { origin } = member;
      if (origin === undefined) continue;
      if (isAllowed(origin.host, origin.port)) {
        ended += member.rejudge?.(judge) ?? 0;
      } else {
        member.destroy();
        ended += 1;
      }
    }
    return ended;
  }

  /** Ends the WebSockets with these hosts; says how many. Other sessions go on: each of their requests is signed anew. */
  endSockets(isAffected: (host: string) => boolean): number {
    const affected = [...this.#members].filter(
      ({ origin }) => origin !== undefined && isAffected(origin.host),
    );
    return affected.filter((member) => member.endSocket?.() ?? false).length;
  }

  get size(): number {
    return this.#members.size + this.#left.size;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const member of [...this.#members]) member.destroy();
  }
}

/** Connections a listener holds at once. One box has one client; more is a flood (ATTACKS A14). */
export const maxConnections = 2048;

/** Binds to exactly one address: the sidecar's other interfaces must not listen (S9). */
export function listen(server: Server, address: string, port: number): Promise<void> {
  server.maxConnections = maxConnections;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port, backlog: 511 }, () => {
      server.removeListener('error', reject);
      // A failing accept must not end the process; the listener itself goes on.
      server.on('error', () => {});
      resolve();
    });
  });
}
