// What the paper exchange can be told to do wrong, and when: the operator's rules of `tradebox run --paper --faults`.
import { z } from 'zod';

export const injectedFaults = [
  /** Taken, then a 503; on a socket it is closed with 1013 (RFC 6455 registry: try again later). */
  'error-after',
  /** The connection is cut, and nothing was taken. */
  'cut-before',
  /** Taken, then cut. */
  'cut-after',
  /** Nothing is taken and nothing is said: the connection stays open until somebody's deadline. */
  'silent-before',
  /** Taken, and nothing is said. */
  'silent-after',
  /** Taken, and acknowledged twice. */
  'ack-twice',
  /** Taken, and answered with the acknowledgement of the request of this kind before. */
  'ack-of-another',
  /** Taken, and answered with a page of HTML and status 200. */
  'garbage',
  /** Not taken: asked too often, for a minute. */
  'limited',
  /** Prices as they stood ten minutes ago, and stamped so. For reads. */
  'stale-prices',
  /** Half of an order is filled at once, whatever the book has; of a limit order that crosses, the rest follows. */
  'partial-fill',
  /** What an answer lists comes in reverse; on a socket an order's news come before its acknowledgement, and in reverse. */
  'fills-out-of-order',
] as const;
export type InjectedFault = (typeof injectedFaults)[number];

export const faultRuleSchema = z.strictObject({
  /**
   * The rule is for what holds each of these texts: of a request its line `METHOD /path?query`, the line `host: <name>`, an empty line
   * and the body; of a socket message the same with `SOCKET /path` and the text.
   */
  when: z.array(z.string().min(1).max(200)).min(1).max(10),
  fault: z.enum(injectedFaults),
  /** How often; the first rule that is not used up counts. */
  times: z.int().min(1).max(1_000_000).default(1),
});
export type FaultRule = z.infer<typeof faultRuleSchema>;

/** The file: `version: 1` and the rules in their order. */
export const faultsFileSchema = z.strictObject({
  version: z.literal(1),
  faults: z.array(faultRuleSchema).min(1).max(1_000),
});
