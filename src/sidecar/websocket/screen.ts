// What a message on a WebSocket is judged by: the contract between the bridge, which does the I/O, and the two judges.
import type { VenueAnswer } from '../../venues/admin.js';
import type { SignedRequest } from '../../venues/venue.js';
import type { Denial, OrderRelease } from '../stage.js';

/** What the journal is told of a message. */
export interface MessageRecord {
  class?: string;
  operation?: string;
}

/** An order message that may leave, once; without a release it only asks the venue to check it. */
export interface OutgoingOrder {
  release?: OrderRelease;
  signed: SignedRequest;
  /** The venue's answer as REST would have given it, when `text` is it. */
  answerIn(text: string): VenueAnswer | undefined;
}

export type MessageVerdict =
  /** Goes upstream as `data`. With `record` it is journaled first; an order waits until that is on disk (S10). */
  | { kind: 'forward'; data: Buffer; record?: MessageRecord & { rule: string }; order?: OutgoingOrder }
  /** Never leaves. `reply` tells the agent in its venue's words, as text or as a binary message; without one the connection is ended. */
  | { kind: 'refuse'; denied: Denial; record: MessageRecord; reply?: string | Buffer };

export interface Screen {
  /** Largest message from the agent, in bytes. */
  readonly maxMessageBytes: number;
  /** Judges a whole message of the agent. An order's verdict may take its time; messages behind it go their way. */
  fromAgent(data: Buffer, isBinary: boolean, isGone: () => boolean): MessageVerdict | Promise<MessageVerdict>;
  /** A message of the venue as the agent may see it, before secrets are masked. */
  fromUpstream?(data: Buffer): Buffer;
  /** Judges what else the agent can write into: the payload of a ping or pong, the reason of a close. */
  control(data: Buffer): Denial | undefined;
}
