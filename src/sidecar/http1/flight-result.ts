// How a permitted request ended, and who is told of it.

export interface FlightResult {
  /** Status given to the client; 0 when there was none. */
  status: number;
  bytesUp: number;
  bytesDown: number;
  scrubbed: number;
  /** SHA-256 of the content as the client got it, hex; of whole documents that may be cited. */
  contentSha256?: string;
  error?: string;
}

/** Nothing went up and nothing came down. */
export const noResult: FlightResult = { status: 0, bytesUp: 0, bytesDown: 0, scrubbed: 0 };

export interface FlightOwner {
  /** The answer is complete and given to the client. */
  onFlightDone(result: FlightResult, closeClient: boolean): void;
  /** No byte of an answer was given; the owner answers. `sent`: some byte of the request went upstream. */
  onFlightFailed(result: FlightResult, problem: string, sent: boolean): void;
  /** The answer broke off in the middle: the client's connection must break off, too. */
  onFlightBroken(result: FlightResult): void;
}
