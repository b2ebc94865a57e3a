// What the user asked for when a box was made: kept in its record, so that reset and restart can ask for the same again.
import { z } from 'zod';
import { regimes } from '../../config/regime.js';
import { isolationWishes } from '../../core/isolation.js';
import { modes } from '../../sidecar/settings.js';
import { taintSchema } from '../../sidecar/taint-schema.js';

export const launchRequestSchema = z.strictObject({
  profile: z.string(),
  /** Absolute. */
  workdir: z.string(),
  mode: z.enum(modes),
  paper: z.boolean(),
  /** Value of --faults, absolute: what the paper exchange does wrong. */
  faultsFile: z.string().optional(),
  /** Accounts chosen by --account; all that the profile can use when empty. */
  accounts: z.array(z.string()),
  /** Words after `--`; absent when there was no `--`. */
  args: z.array(z.string()).optional(),
  /** Value of --isolation; tradebox.yaml or the profile decides when absent. */
  isolation: z.enum(isolationWishes).optional(),
  /** Value of --config, absolute. */
  configFile: z.string().optional(),
});
export type LaunchRequest = z.infer<typeof launchRequestSchema>;

/** The launch part of a box's record. */
export const launchRecordSchema = z.strictObject({
  request: launchRequestSchema,
  /** Decoys by `account.field` or credential, for a restarted sidecar. */
  decoys: z.record(z.string(), z.string()),
  /** SHA-256 hex of the header the echo venue must receive. */
  echoExpectedSha256: z.string(),
  preflight: z.array(z.array(z.string())),
  /** Trading accounts attached to the box; paper ones are its own and not listed. */
  accountIds: z.array(z.string()),
  /** Severities of taint, as the sidecar has them. */
  taint: taintSchema.optional(),
  /** What the box may do besides; absent in records of older versions. */
  regime: z.enum(regimes).optional(),
  /** SHA-256 hex of the lock file that opens a registry; absent where none does. */
  lockSha256: z.string().optional(),
});
export type LaunchRecord = z.infer<typeof launchRecordSchema>;
