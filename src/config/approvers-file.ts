// Who may agree to what takes two people: names and public keys, pinned beside the user's configuration (0600), never in a project (S9).
import { join } from 'node:path';
import { z } from 'zod';
import { TradeboxError } from '../core/errors.js';
import type { Paths } from './paths.js';
import { assertPrivateDir, ensurePrivateDir, readPrivateFile, writePrivateFile } from './private-files.js';

const fileSchema = z.strictObject({
  version: z.literal(1),
  approvers: z.array(
    z.strictObject({
      name: z.string(),
      /** Ed25519 as SubjectPublicKeyInfo, DER, base64. */
      publicKey: z.string(),
      /** ISO 8601, UTC. */
      addedAt: z.string(),
    }),
  ),
});
export type Approver = z.infer<typeof fileSchema>['approvers'][number];

/** `~/.config/tradebox/approvers.json`. */
export const approversFile = ({ configDir }: Pick<Paths, 'configDir'>) => join(configDir, 'approvers.json');

/** The sealed private key of an approver; it need not lie on this machine for others to be asked. */
export const approverKeyFile = ({ stateDir }: Pick<Paths, 'stateDir'>, name: string) =>
  join(stateDir, 'approvers', `${name}.key`);

/** Why a text cannot name an approver; undefined when it can. */
export function explainApproverName(name: string): string | undefined {
  return /^[a-z][a-z0-9-]{0,31}$/.test(name)
    ? undefined
    : 'a name has lower-case letters, digits and hyphens, 32 at most, and begins with a letter';
}

/** Throws CONFIG_INVALID, CONFIG_MODE_LOOSE. */
export function readApprovers(paths: Pick<Paths, 'configDir'>): readonly Approver[] {
  const file = approversFile(paths);
  assertPrivateDir(paths.configDir);
  const bytes = readPrivateFile(file);
  if (bytes === undefined) return [];
  try {
    return fileSchema.parse(JSON.parse(bytes.toString('utf8'))).approvers;
  } catch (cause) {
    throw new TradeboxError('CONFIG_INVALID', `${file} is not one that tradebox wrote`, {
      remedy: 'Restore it, or move it away and pin the approvers anew with `tradebox approvers add`.',
      cause,
    });
  }
}

/** Throws CONFIG_MODE_LOOSE, DISK_FULL. */
export function writeApprovers(paths: Pick<Paths, 'configDir'>, approvers: readonly Approver[]): void {
  ensurePrivateDir(paths.configDir);
  const document = fileSchema.parse({ version: 1, approvers });
  writePrivateFile(approversFile(paths), `${JSON.stringify(document, null, 2)}\n`);
}
