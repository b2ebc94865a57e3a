// The control protocol: JSON lines on the sidecar's standard streams (settings, once) and on its Unix socket (requests).
// S9: the socket lies on the sidecar's own tmpfs; the only way to it is the engine's exec, which the agent does not have.
import { z } from 'zod';

/** Path of the control socket inside the sidecar. */
export const controlSocketPath = '/run/tradebox/control.sock';

const headSchema = z.strictObject({ seq: z.int(), hash: z.string() });

/** The first line the sidecar writes, after it has read its settings and listens. */
export const readySchema = z.discriminatedUnion('ready', [
  z.strictObject({
    ready: z.literal(true),
    protocol: z.int(),
    ca: z.string(),
    head: headSchema,
    startupMs: z.number(),
    /** What the operator must be told of the accounts' keys. */
    warnings: z.array(z.string()),
  }),
  z.strictObject({
    ready: z.literal(false),
    code: z.string(),
    message: z.string(),
    remedy: z.string().optional(),
  }),
]);
export type Ready = z.infer<typeof readySchema>;

/** The last line of a sidecar that was asked to end: its connections and its journal are closed. It does nothing more until it ends. */
export const closedSchema = z.strictObject({ closed: z.literal(true) });
export type Closed = z.infer<typeof closedSchema>;

/** A new value for a secret that the sidecar holds. It crosses this channel and no other (S2). */
const secretChangeSchema = z.strictObject({
  /** Id of the account or credential. */
  credential: z.string(),
  /** Field of an account's credential; absent for a plain one. */
  field: z.string().optional(),
  secret: z.string().min(1),
});
export type SecretChange = z.infer<typeof secretChangeSchema>;
/** Name of the person who decides, as the host knows them. */
const approverSchema = z.string().min(1).max(64);

/** Why an account did not trade when a human looked. */
const seenHaltSchema = z.strictObject({
  account: z.string(),
  tradingState: z.enum(['ACTIVE', 'REDUCE_ONLY', 'HALTED']),
  cause: z.string(),
});
export type SeenHalt = z.infer<typeof seenHaltSchema>;

export const controlRequestSchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('status') }),
  /** Replaces the rules of a running sidecar at once; `policy` is checked as the settings' own, and refused as a whole. */
  z.strictObject({ op: z.literal('policy'), policy: z.unknown(), attached: z.array(z.string()) }),
  /** A policy that did not even get here: journaled, the old one stays. */
  z.strictObject({ op: z.literal('policy-problem'), message: z.string() }),
  /** Evidence that only the host can see; journaled once. */
  z.strictObject({
    op: z.literal('evidence'),
    cause: z.enum(['lock-file', 'git-link']),
    message: z.string().max(500),
  }),
  /** Replaces the order rules at once, unless one becomes looser that no human confirmed. */
  z.strictObject({
    op: z.literal('guardrails'),
    guardrails: z.unknown(),
    confirmed: z.array(z.string().max(200)).max(1000),
    by: approverSchema,
  }),
  /** A guardrails.yaml that did not even get here: journaled, the old rules stay. */
  z.strictObject({ op: z.literal('guardrails-problem'), message: z.string() }),
  /** Switches to new values, all or none, without a restart. */
  z.strictObject({
    op: z.literal('rotate'),
    changes: z.array(secretChangeSchema).min(1).max(100),
    /** What a source gives now, new or not: values that the box has are left as they are. */
    isReread: z.boolean().optional(),
  }),
  /** Orders that wait, and the last finished ones. */
  z.strictObject({ op: z.literal('orders'), limit: z.int().min(0).max(1000) }),
  /** A human's yes, bound to the beginning of the fingerprint that was shown. */
  z.strictObject({
    op: z.literal('approve'),
    order: z.string().max(40),
    fingerprint: z.string().max(64),
    approver: approverSchema,
    /** Ed25519 of that approver's key; needed where the order takes two people. */
    signed: z.strictObject({ expiresMs: z.int(), signature: z.string().max(200) }).optional(),
  }),
  z.strictObject({
    op: z.literal('reject'),
    order: z.string().max(40),
    approver: approverSchema,
    message: z.string().max(200),
  }),
  /** Halts, cancels everything that rests, with `flatten` closes positions, with `force` also where one order could fill on another. */
  z.strictObject({
    op: z.literal('kill'),
    flatten: z.boolean(),
    force: z.boolean().optional(),
    by: approverSchema,
  }),
  /** Lets accounts trade again; `seen`: what the human was shown of each that does not, refused where it is another now. */
  z.strictObject({ op: z.literal('resume'), by: approverSchema, seen: z.array(seenHaltSchema).max(1_000) }),
  /** Asks the venues what the keys of the trading accounts may do, and records it. */
  z.strictObject({ op: z.literal('keys') }),
  /** Ends the sidecar after the journal is closed. */
  z.strictObject({ op: z.literal('shutdown'), reason: z.string() }),
]);
export type ControlRequest = z.infer<typeof controlRequestSchema>;

/** What became of new order rules. */
export const guardrailsReplySchema = z.strictObject({
  /** False when a loosening is not confirmed: the old rules stay, all of them. */
  isInForce: z.boolean(),
  /** SHA-256 hex of the rules as JSON. */
  digest: z.string(),
  /** Limits that give more room than those before. */
  loosened: z.array(z.strictObject({ limit: z.string(), change: z.enum(['removed', 'looser']) })),
});
export type GuardrailsReply = z.infer<typeof guardrailsReplySchema>;

/** What a venue said of a key; a member is absent where it does not tell. Names as in KeyFacts of venues/admin.ts. */
const keyFactsSchema = z.strictObject({
  canWithdraw: z.boolean().optional(),
  canTrade: z.boolean().optional(),
  hasAddressLock: z.boolean().optional(),
  isSubAccount: z.boolean().optional(),
  isOfEnvironment: z.boolean().optional(),
  venueAccounts: z.array(z.string()).readonly().optional(),
  mainAccount: z.string().optional(),
  rights: z.array(z.string()).readonly().optional(),
  /** How far the venue's clock is ahead, milliseconds. */
  clockSkewMs: z.number().optional(),
});

/** What a venue said of an account's key. `problem`: why no box with this key would start in `propose` or `live`. */
const keyReportSchema = z.strictObject({
  account: z.string(),
  environment: z.string(),
  warnings: z.array(z.string()),
  /** Absent when the venue could not be asked. */
  facts: keyFactsSchema.optional(),
  problem: z.strictObject({ code: z.string(), message: z.string(), remedy: z.string() }).optional(),
});
export type KeyReport = z.infer<typeof keyReportSchema>;
export const keysReplySchema = z.strictObject({ keys: z.array(keyReportSchema) });

/** How many values were switched; 0 where all that was read again is as it was. */
export const rotateReplySchema = z.strictObject({ switched: z.int() });
export type RotateReply = z.infer<typeof rotateReplySchema>;

/** What a loaded policy did. */
export const policyReplySchema = z.strictObject({
  /** SHA-256 hex of the policy as JSON. */
  digest: z.string(),
  rules: z.int(),
  /** Sessions ended because the new policy denies their origin. */
  closed: z.int(),
  /** Ports of the rules on which nothing listens until the sidecar is restarted; CONNECT reaches them. */
  unservedPorts: z.array(z.int()),
});
export type PolicyReply = z.infer<typeof policyReplySchema>;

export const statusSchema = z.strictObject({
  protocol: z.int(),
  sandbox: z.string(),
  mode: z.string(),
  paper: z.boolean(),
  uptimeMs: z.number(),
  nowMs: z.number(),
  ca: z.string(),
  head: headSchema,
  counters: z.strictObject({
    allowed: z.int(),
    denied: z.int(),
    completed: z.int(),
    scrubbed: z.int(),
    openConnections: z.int(),
  }),
  /** Evidence of misbehaviour, oldest first; the box is tainted when a piece weighs `taint`, also one no longer listed. */
  isTainted: z.boolean(),
  taints: z.array(
    z.strictObject({
      cause: z.string(),
      severity: z.enum(['warn', 'taint']),
      message: z.string(),
      at: z.string(),
    }),
  ),
  /** SHA-256 hex of each secret that was substituted at least once, by credential id: proof without the value. */
  memory: z.strictObject({ rssBytes: z.int(), heapUsedBytes: z.int() }),
  /** The host's name servers as they were at its start; absent where the engine asks for it. */
  nameServers: z.array(z.string()).optional(),
});
export type SidecarStatus = z.infer<typeof statusSchema>;

export const controlReplySchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), result: z.unknown() }),
  z.strictObject({ ok: z.literal(false), code: z.string(), message: z.string() }),
]);
export type ControlReply = z.infer<typeof controlReplySchema>;
