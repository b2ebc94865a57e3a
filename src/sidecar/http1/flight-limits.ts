// How long a request on its way may take.

/** Deadlines in milliseconds. */
export interface FlightLimits {
  /** From the request's last byte to the answer's head, for a venue. */
  venueAnswerMs: number;
  /** The same for other hosts: models think for minutes. */
  answerMs: number;
  /** Between two pieces of an answer or of an upload. */
  idleMs: number;
  /** An idle connection older than this is not used for a request that must not be repeated. */
  freshIdleMs: number;
}

export const defaultFlightLimits: FlightLimits = {
  venueAnswerMs: 30_000,
  answerMs: 900_000,
  idleMs: 300_000,
  freshIdleMs: 4_000,
};
