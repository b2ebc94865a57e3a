// The contract of a client's side of a request: what the relay and its flight need, whether HTTP/1.1 or an HTTP/2 stream lies behind it.
// What is written is HTTP/1.1 in any case; an HTTP/2 stream translates it.

export interface Client {
  /** Writes answer bytes; false means: wait for the handler's `onDrain`. */
  write(data: Buffer | string): boolean;
  /** True while the request's body has not been read to its end. */
  readonly isBodyOpen: boolean;
  pauseBody(): void;
  resumeBody(): void;
  /** The answer is complete. */
  finish(keepAlive: boolean): void;
  /** The answer breaks off, and the client must see that it did. */
  destroy(): void;
}
