// Orders that left over a WebSocket: each hears the venue's answer to it, or that none came, exactly once (S8).
import type { OrderRelease } from '../stage.js';
import type { OutgoingOrder } from './screen.js';

interface Sent {
  release: OrderRelease;
  answerIn: OutgoingOrder['answerIn'];
  deadlineMs: number;
}

/** A venue answers within this time or its answer is lost; the order is then asked for by its client order id. */
export const orderAnswerMs = 30_000;

export class SocketOrders {
  readonly #sent = new Set<Sent>();

  /** The message is handed to the connection at `nowMs` of the monotonic clock. */
  add({ release, answerIn }: OutgoingOrder, nowMs: number): void {
    if (release !== undefined) this.#sent.add({ release, answerIn, deadlineMs: nowMs + orderAnswerMs });
  }

  /** A message of the venue, before it is scrubbed. */
  heard(data: Buffer): void {
    if (this.#sent.size === 0) return;
    const text = data.toString('utf8');
    for (const order of this.#sent) {
      const answer = order.answerIn(text);
      if (answer === undefined) continue;
      const { status, body } = answer;
      this.#sent.delete(order);
      const head = `HTTP/1.1 ${status} \r\ncontent-length: ${body.length}\r\n\r\n`;
      order.release.heard(Buffer.concat([Buffer.from(head, 'latin1'), body]));
      order.release.ended(undefined);
      return;
    }
  }

  checkDeadline(nowMs: number): void {
    for (const order of this.#sent) {
      if (nowMs <= order.deadlineMs) continue;
      this.#sent.delete(order);
      order.release.ended('UPSTREAM_TIMEOUT');
    }
  }

  /** The connection is over: what was not answered has an unknown outcome. */
  end(problem: string): void {
    for (const { release } of this.#sent) {
      release.closed(false);
      release.ended(problem);
    }
    this.#sent.clear();
  }
}
