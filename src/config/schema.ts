// The schema of tradebox.yaml: what may stand in it, entry by entry. What needs other entries or files is checked in load.ts.
import { z } from 'zod';
import { explainFixedAddress } from '../core/fixed-address.js';
import { isolationIds, isolationWishes } from '../core/isolation.js';
import { nearest } from '../core/nearest.js';
import { alertShape, maxAlerts, modes, ordersSchema } from '../sidecar/settings.js';
import { taintSchema } from '../sidecar/taint-schema.js';
import { findVenue, venues } from '../venues/venues.js';
import { explainVenueHost, hostNameSchema, hostRuleShape } from './host-pattern.js';
import { lockFileNames } from './lock-file.js';
import { explainPreset, presets } from './presets.js';
import { explainEvidence, explainLocked, explainRegime, regimes } from './regime.js';
import { commandSource, parseSource, type SecretSource } from './secret-source.js';

export type { Mode } from '../sidecar/settings.js';

/** Package registries a hosts entry can name by kind; their hosts come from the user's own client configuration. */
export const registryKinds = ['npm', 'pypi', 'debian'] as const;
export type RegistryKind = (typeof registryKinds)[number];

/** Ids of accounts and credentials: they name decoys, journals and log lines. */
export const idPattern = /^[a-z][a-z0-9-]{0,39}$/;
const idSchema = z
  .string()
  .regex(idPattern, 'an id is made of lower-case letters, digits and "-", and starts with a letter')
  .refine((id) => id !== 'echo', 'the id "echo" is reserved for the echo venue of diagnose')
  .refine((id) => id !== 'canary', 'the id "canary" is reserved for the canary file');

/** `vault:…`, `env:…`, `file:…`, `command:…`, or `{ command: [program, …] }`. */
const sourceSchema = z
  .union([z.string(), z.strictObject({ command: z.array(z.string()).min(1) })], {
    error: 'must be a source such as vault:name, or { command: [program, argument] }',
  })
  .transform((written, context): SecretSource => {
    const parsed = typeof written === 'string' ? parseSource(written) : commandSource(written.command);
    if (parsed.ok) return parsed.source;
    context.addIssue({ code: 'custom', message: parsed.message });
    return z.NEVER;
  });

const accountSchema = z.strictObject({
  venue: z.string().superRefine((id, context) => {
    if (findVenue(id) !== undefined) return;
    const ids = venues.map((venue) => venue.id);
    const near = nearest(id, ids);
    const hint = near === undefined ? `known: ${ids.join(', ')}` : `did you mean "${near}"?`;
    context.addIssue({ code: 'custom', message: `no such venue; ${hint}` });
  }),
  environment: z.enum(['live', 'demo', 'paper']),
  credentials: z.record(z.string(), sourceSchema),
});

/** A header's name; the ones that frame a message are not a credential's place. */
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/, 'is not a header name')
  .refine(
    (name) =>
      !/^(host|content-length|transfer-encoding|connection|upgrade|te|trailer|expect|cookie)$/i.test(name),
    'is a header that no credential can use',
  );
const variableName = z.string().regex(/^[A-Z_][A-Z0-9_]{0,63}$/, 'must be an upper-case variable name');

const parameterName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII');

const memberPath = z
  .string()
  .regex(/^[^.]{1,64}(?:\.[^.]{1,64}){0,7}$/, 'must be keys with dots between them');

const credentialSchema = z
  .strictObject({
    hosts: z.array(hostNameSchema).min(1),
    /** Name of the header that carries the value. */
    header: headerName.optional(),
    /** Text before the value in that header, e.g. `Token `. */
    prefix: z
      .string()
      .max(32)
      .regex(/^[\x20-\x7e]*$/, 'must be printable ASCII')
      .optional(),
    /** `Authorization: Bearer <value>`. */
    bearer: z.literal(true).optional(),
    /** HTTP Basic with this user name. */
    basic: z
      .strictObject({
        username: z.string().regex(/^[\x21-\x39\x3b-\x7e]{0,128}$/, 'must be printable ASCII without ":"'),
      })
      .optional(),
    /** Name of the query parameter. */
    query: parameterName.optional(),
    /** A whole path segment: the value, behind a prefix where there is one, as in `/bot<value>/getMe`. */
    path: z
      .strictObject({
        prefix: z
          .string()
          .regex(/^[A-Za-z0-9._~-]{0,32}$/, 'must be at most 32 letters, digits, ".", "_", "~" or "-"')
          .default(''),
      })
      .optional(),
    /** Keys of the member of a JSON body, e.g. `auth.token`. */
    json: memberPath.optional(),
    /** Keys of the member of a text message on a WebSocket, e.g. `params`. */
    socket: memberPath.optional(),
    /** Name of the field of a form body. */
    form: parameterName.optional(),
    value: sourceSchema,
    /** Variables in which the agent finds the decoy. */
    env: z.array(variableName).default([]),
    llm: z.boolean().default(false),
  })
  .superRefine((credential, context) => {
    const { header, bearer, basic, query, path, json, form, socket } = credential;
    const places = [header, bearer, basic, query, path, json, form, socket].filter(
      (place) => place !== undefined,
    );
    if (places.length !== 1) {
      context.addIssue({
        code: 'custom',
        message:
          'needs exactly one of "header", "bearer: true", "basic", "query", "path", "json", "form" and "socket"',
      });
    }
    if (credential.prefix !== undefined && credential.header === undefined) {
      context.addIssue({ code: 'custom', path: ['prefix'], message: 'goes with "header" only' });
    }
    credential.hosts.forEach((host, index) => {
      const problem = explainVenueHost(host);
      if (problem !== undefined)
        context.addIssue({ code: 'custom', path: ['hosts', index], message: problem });
    });
  });

const registrySchema = z.enum(registryKinds);

/** A host, a registry by kind, or a preset. One object, so that an unknown key is compared with both sets. */
const hostEntrySchema = z
  .strictObject({
    ...hostRuleShape,
    host: hostRuleShape.host.optional(),
    registry: registrySchema.optional(),
    preset: z.enum(presets).optional(),
    /** Lock file at the top of the working directory: only the tarballs that it names are opened. */
    lockFile: z.enum(lockFileNames).optional(),
    /** A source that orders may cite: a box that trades may read it, and write nothing there. */
    evidence: z.literal(true).optional(),
  })
  .superRefine((entry, context) => {
    const named = [entry.host, entry.registry, entry.preset].filter((one) => one !== undefined);
    if (named.length !== 1) {
      context.addIssue({ code: 'custom', message: 'needs exactly one of "host", "registry" and "preset"' });
    }
    const isFixed = (entry.preset ?? entry.registry) !== undefined;
    const problem = isFixed ? explainPreset(entry) : undefined;
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    const unlocked = entry.lockFile === undefined ? undefined : explainLocked(entry);
    if (unlocked !== undefined) context.addIssue({ code: 'custom', message: unlocked });
    const unfit = entry.evidence === undefined ? undefined : explainEvidence(entry);
    if (unfit !== undefined) context.addIssue({ code: 'custom', message: unfit });
  });

const pinSchema = z
  .strictObject({
    host: hostNameSchema.superRefine((host, context) => {
      if (explainVenueHost(host) !== undefined) {
        context.addIssue({
          code: 'custom',
          message: "is a venue's host: a venue is never pinned to an address",
        });
      }
    }),
    address: z.string().superRefine((address, context) => {
      const problem = explainFixedAddress(address);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    }),
    port: z.int().min(1).max(65535).default(443),
    /** PEM file of the only authority trusted for the host; relative to the file that names it. */
    ca: z.string().min(1).optional(),
    /** A model without a key, such as one of your own: of hosts with a key their credential says it. */
    llm: z.boolean().default(false),
    /** The address of a registry: what of it is opened, an entry of `hosts` says. */
    registry: z.boolean().default(false),
    reason: z.string().min(3).max(200),
  })
  .refine(({ llm, registry }) => !(llm && registry), {
    message: 'is the address of a model or of a registry, not of both',
  });

export const limitsSchema = z.strictObject({
  memoryMb: z.int().min(256).max(1_048_576).optional(),
  cpus: z.number().min(0.1).max(256).optional(),
  pids: z.int().min(64).max(32_768).optional(),
  diskReserveMb: z.int().min(16).max(1_000_000_000).optional(),
  diskMb: z.int().min(64).max(1_000_000_000).optional(),
});

/**
 * A path below the working directory or the agent's home, as configuration names one: of characters that can be seen, since a file
 * may have any name and people read the path before they agree to it. Nothing in it is a pattern.
 */
const belowWorkdir = z
  .string()
  .max(1024)
  .regex(/^(?!\/)[^\p{C}\p{Zl}\p{Zp}]+$/u, 'must be a plain relative path')
  .refine((path) => !path.split('/').some((part) => part === '' || part === '.' || part === '..'), {
    error: 'must be a plain relative path',
  });

export const workdirSchema = z.strictObject({
  /** Paths that this machine's own tools execute and that the agent may write all the same, e.g. `.claude`. */
  writable: z.array(belowWorkdir).max(32).optional(),
  /** Paths that are not searched for real secrets before a box gets them. */
  unsearched: z.array(belowWorkdir).max(32).optional(),
  /** Snapshots of the working directory, one before each run. */
  snapshots: z
    .strictObject({
      /** How many are kept; 0 takes none before a run. */
      keep: z.int().min(0).max(1000).optional(),
      /** What they may take together on disk, compressed. */
      maxMb: z.int().min(1).max(1_048_576).optional(),
      /** Names that are left out, at any depth. */
      exclude: z
        .array(z.string().regex(/^[^/\0]{1,255}$/, 'must be a name without "/"'))
        .max(100)
        .optional(),
    })
    .optional(),
});

export const configSchema = z
  .strictObject({
    /** Version of this file format. */
    version: z.literal(1),
    mode: z.enum(modes).optional(),
    /** How strong the wall between agent and kernel is. */
    isolation: z.enum(isolationWishes).optional(),
    /** Reads widely without an account, or trades and reads little; never both. */
    regime: z.enum(regimes).optional(),
    accounts: z.record(idSchema, accountSchema).default({}),
    credentials: z.record(idSchema, credentialSchema).default({}),
    hosts: z.array(hostEntrySchema).default([]),
    pins: z.array(pinSchema).default([]),
    limits: limitsSchema.default({}),
    workdir: workdirSchema.default({}),
    /** A file below the agent's home that looks worth stealing: sending its text taints the box. */
    canary: belowWorkdir.optional(),
    /** What each kind of evidence of misbehaviour weighs; `taint` where absent. */
    taint: taintSchema.default({}),
    /** How long orders wait for whom, and the limits of the reflexes; built-in values where absent. */
    orders: ordersSchema.optional(),
    /** What a box in the mode `live` takes; of several files the strictest counts. */
    live: z.strictObject({ isolation: z.enum(isolationIds) }).optional(),
    /** Who is told of what happens to orders; the address is a secret. */
    alerts: z
      .array(z.strictObject({ ...alertShape, url: sourceSchema }))
      .max(maxAlerts)
      .default([]),
  })
  .superRefine((config, context) => {
    for (const { path, message } of explainRegime(config)) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  });

export type ConfigDocument = z.output<typeof configSchema>;
