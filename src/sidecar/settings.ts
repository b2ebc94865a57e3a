// What the host tells the sidecar, once, over its standard input: the settings schema both programs share.
import { z } from 'zod';
import type { OverriddenRung } from '../audit/events.js';
import { faultRuleSchema } from '../paper/fault-rules.js';
import { taintSchema } from './taint-schema.js';

/** Raised when the two programs could no longer understand each other. */
export const protocolVersion = 1;

/** Where a plain credential goes. The secret is sent only in this position and only to the credential's hosts (S5). */
const placementSchema = z.discriminatedUnion('in', [
  /** `name: prefix + secret`, e.g. `authorization` and `Bearer `. */
  z.strictObject({ in: z.literal('header'), name: z.string(), prefix: z.string().default('') }),
  /** HTTP Basic with this user name and the secret as password. */
  z.strictObject({ in: z.literal('basic'), username: z.string() }),
  /** The query parameter of that name. */
  z.strictObject({ in: z.literal('query'), name: z.string() }),
  /** A whole path segment: prefix + secret, e.g. `/bot<secret>/getMe`. */
  z.strictObject({ in: z.literal('path'), prefix: z.string().default('') }),
  /** The member of a JSON body that these keys lead to. */
  z.strictObject({ in: z.literal('json'), keys: z.array(z.string()).min(1) }),
  /** The member of a JSON text message on a WebSocket that these keys lead to. */
  z.strictObject({ in: z.literal('socket'), keys: z.array(z.string()).min(1) }),
  /** The field of that name in a form body. */
  z.strictObject({ in: z.literal('form'), name: z.string() }),
]);

const plainCredentialSchema = z.strictObject({
  kind: z.literal('plain'),
  id: z.string(),
  hosts: z.array(z.string()).min(1),
  placement: placementSchema,
  secret: z.string().min(1),
  decoy: z.string().min(1),
  /** LLM hosts see chat history: foreign decoys pass literally there (B8). */
  isLlm: z.boolean(),
});

const venueCredentialSchema = z.strictObject({
  kind: z.literal('venue'),
  id: z.string(),
  venue: z.string(),
  environment: z.enum(['live', 'demo', 'paper']),
  secrets: z.record(z.string(), z.string()),
  decoys: z.record(z.string(), z.string()),
});

export const hostRuleSchema = z.strictObject({
  /** Exact name, or `*.example.com` for names below it (not `example.com` itself, A10). */
  host: z.string(),
  ports: z.array(z.int().min(1).max(65535)).min(1),
  /** Upper-case methods; `*` for all. */
  methods: z.array(z.string()).min(1),
  /** Path globs: `*` within a segment, `**` across segments. Empty where `tarballs` says what is open. */
  paths: z.array(z.string()),
  reason: z.string(),
  /** Where the rule stands: `profile openclaw:12` or `tradebox.yaml:8`. */
  origin: z.string(),
  /** Largest request body, in bytes; a larger one is denied with 413. */
  maxBodyBytes: z.int().min(0).optional(),
  /** Requests within any minute; more are denied with 429. */
  requestsPerMinute: z.int().min(1).optional(),
  /** Set when the host is a venue's: only its operation table decides then. */
  venue: z.string().optional(),
  /** A source of evidence for orders, which a trading box may read: by GET and HEAD, without a body. */
  evidence: z.literal(true).optional(),
  /** Paths at a registry that a lock file names, byte for byte: each is fetched without a query, a body or a header field of the agent's. */
  tarballs: z.array(z.string()).optional(),
});
export type HostRule = z.infer<typeof hostRuleSchema>;

/** An operator's wish to reach a host at a fixed, possibly private address. Never a venue's host. */
const pinSchema = z.strictObject({
  host: z.string(),
  address: z.string(),
  port: z.int().min(1).max(65535),
  /** PEM of the only authority trusted for this host; the system's when absent. */
  ca: z.string().optional(),
  /** A model's that takes no key: treated as the host of a credential with `isLlm` (B8). */
  isLlm: z.boolean().optional(),
});

export const policySchema = z.strictObject({ rules: z.array(hostRuleSchema) });
export type PolicySetting = z.infer<typeof policySchema>;

/** What passes to venues. In `shadow` the market is real and orders are played; in `propose` a human decides every order; `live` is for live accounts under guardrails. */
export const modes = ['readonly', 'demo', 'shadow', 'propose', 'live'] as const;
export type Mode = (typeof modes)[number];

/** How long who waits for whom, in milliseconds; the defaults are in orders/desk-parts.ts. */
const approvalSchema = z.strictObject({
  holdMs: z.int().min(0).max(60_000).optional(),
  decideMs: z.int().min(1_000).max(86_400_000).optional(),
  claimMs: z.int().min(1_000).max(3_600_000).optional(),
  maxHeld: z.int().min(1).max(1_000).optional(),
});

/** Limits of the rules that hold without configuration; the defaults are in orders/reflexes.ts. */
const reflexSchema = z.strictObject({
  ordersPerHour: z.int().min(1).max(10_000_000).optional(),
  duplicateMs: z.int().min(0).max(3_600_000).optional(),
  closedMs: z.int().min(0).max(86_400_000).optional(),
  maxUnknown: z.int().min(1).max(1_000).optional(),
  driftBps: z.int().min(1).max(10_000).optional(),
  reconcileMs: z.int().min(1_000).max(86_400_000).optional(),
  breakerAnswers: z.int().min(1).max(1_000).optional(),
  breakerMs: z.int().min(1_000).max(3_600_000).optional(),
  staleMs: z.int().min(1_000).max(86_400_000).optional(),
  deadManMs: z.union([z.literal(0), z.int().min(10_000).max(120_000)]).optional(),
});

/** The part of a configuration that is about orders. */
export const ordersSchema = z.strictObject({
  approval: approvalSchema.optional(),
  reflexes: reflexSchema.optional(),
});
export type OrdersSetting = z.infer<typeof ordersSchema>;

/** Who is told of what happens to orders. */
export const alertKinds = ['slack', 'telegram', 'discord', 'ntfy', 'json'] as const;
export type AlertKind = (typeof alertKinds)[number];
export const alertTriggers = [
  'held',
  'large',
  'stopped',
  'taint',
  'unknown',
  'count',
  'position',
  'balance',
  'loss',
  'guardrails',
] as const;
export type AlertTrigger = (typeof alertTriggers)[number];

const alertAmount = z
  .string()
  .regex(/^\d{1,15}(?:\.\d{1,10})?$/, 'must be an amount in quotes, such as "1000"');

/** An entry of a configuration but for the address. */
export const alertShape = {
  kind: z.enum(alertKinds),
  /** All when absent. */
  on: z.array(z.enum(alertTriggers)).min(1).optional(),
  /** An order worth more is `large`; three times the usual when absent. Quote currency. */
  largeNotional: alertAmount.optional(),
  /** So many orders within a day are a `count`. */
  dailyOrders: z.int().min(1).max(10_000_000).optional(),
  /** So many orders within an hour are one, too. Never when absent. */
  hourlyOrders: z.int().min(1).max(10_000_000).optional(),
  /** A position held for so many hours is a `position`; a day when absent. */
  positionHours: z.number().positive().max(8_760).optional(),
  /** US dollars; an account worth less is a `balance`. Never when absent. */
  balanceBelow: alertAmount.optional(),
  /** US dollars that an account lost since its day began are a `loss`. Never when absent. */
  dailyLoss: alertAmount.optional(),
};
const alertSchema = z.strictObject({ ...alertShape, url: z.string().min(1).max(2_048) });
export type AlertSetting = z.infer<typeof alertSchema>;
export const maxAlerts = 8;

/** What a live account may move, as its promotions say; a hard cap beside the guardrails. Dollars, plain decimals. */
const dollars = z.string().regex(/^\d{1,15}$/);
const liveStepSchema = z.strictObject({
  /** Id of the account. */
  account: z.string(),
  step: z.int().min(1),
  /** Of one request. */
  maxNotional: dollars,
  /** Of all purchases, and of all sales, within 24 hours. */
  maxDayNotional: dollars,
  /** A rung below was taken without the evidence. */
  isOverridden: z.boolean(),
});
export type LiveStep = z.infer<typeof liveStepSchema>;

const overriddenRungSchema = z.strictObject({
  account: z.string(),
  rung: z.string(),
  step: z.int().min(0),
  by: z.string(),
  at: z.string(),
  reason: z.string(),
  missing: z.array(z.string()).readonly(),
}) satisfies z.ZodType<OverriddenRung>;

export const settingsSchema = z.strictObject({
  protocol: z.literal(protocolVersion),
  sandbox: z.strictObject({ name: z.string(), id: z.string() }),
  mode: z.enum(modes),
  network: z.strictObject({
    /** The sidecar's address on the internal network: all listeners bind to it, all names resolve to it. */
    address: z.ipv4(),
    dnsPort: z.int(),
    httpPorts: z.array(z.int()),
    tlsPorts: z.array(z.int()),
    connectPort: z.int(),
    /** Ports of protocols that are not carried: they answer with a journaled no. */
    refusedPorts: z.array(z.int()).optional(),
  }),
  /** The host's name servers, where the sidecar asks the engine's itself: for a resolv.conf that leads nowhere (resolver.ts). */
  nameServers: z.array(z.ipv4()).optional(),
  /** Directory of the journal inside the sidecar. */
  journalDir: z.string(),
  /** Directory that holds one journal for each trading account; needed where orders can pass. */
  accountsDir: z.string().optional(),
  approval: approvalSchema.optional(),
  reflexes: reflexSchema.optional(),
  /** Receivers of alerts. Their addresses are secrets. */
  alerts: z.array(alertSchema).max(maxAlerts).optional(),
  /** The order rules, as guard/guardrails.ts reads them; absent: none. */
  guardrails: z.unknown().optional(),
  /** Limits of them that allow more than the box's last rules, and who agreed at its start. */
  loosened: z
    .strictObject({ limits: z.array(z.string().max(200)).min(1).max(1_000), by: z.string().max(64) })
    .optional(),
  /** Whose signatures count where an order takes two people. */
  approvers: z
    .array(z.strictObject({ name: z.string(), publicKey: z.string() }))
    .max(100)
    .optional(),
  /** In `live`: one for each live account. */
  liveSteps: z.array(liveStepSchema).optional(),
  /** Rungs of the ladder that live accounts came to without the evidence: for the journal. */
  overrides: z.array(overriddenRungSchema).optional(),
  policy: policySchema,
  /** What evidence weighs; `taint` where absent. */
  taint: taintSchema.optional(),
  /** Text of a file in the agent's home that nobody has a reason to send: wherever it stands in a request, the box is tainted. */
  canary: z.string().min(16).optional(),
  credentials: z.array(z.discriminatedUnion('kind', [plainCredentialSchema, venueCredentialSchema])),
  pins: z.array(pinSchema),
  /** Present only with `--paper`: starts the embedded exchange and sends its venues' hosts to it. */
  paper: z
    .strictObject({
      seed: z.string(),
      venues: z.array(z.string()),
      /** What the exchange does wrong, on purpose; none in `shadow`. */
      faults: z.array(faultRuleSchema).max(1_000).optional(),
    })
    .optional(),
  /** The echo venue of `diagnose`: proves on the wire that substitution happens. */
  echo: z.strictObject({ host: z.string() }),
});

export type Settings = z.infer<typeof settingsSchema>;
export type CredentialSetting = Settings['credentials'][number];
export type PlainCredentialSetting = z.infer<typeof plainCredentialSchema>;

/** The ports clients use; all bind to the internal address only. */
export const defaultPorts = {
  dnsPort: 53,
  httpPorts: [80],
  tlsPorts: [443, 8443, 9443],
  connectPort: 3128,
  /** TWS and IB Gateway. */
  refusedPorts: [4001, 4002, 7496, 7497],
} as const;

/** Host names that the sidecar answers itself. */
export const internalHosts = { api: 'tradebox.internal', echo: 'echo.tradebox.internal' } as const;
