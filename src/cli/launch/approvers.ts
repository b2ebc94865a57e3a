// A person with an approver key at this machine: making the key, and signing one approval with it.
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type Approver,
  approverKeyFile,
  explainApproverName,
  readApprovers,
  writeApprovers,
} from '../../config/approvers-file.js';
import { ensurePrivateDir, readPrivateFile, writePrivateFile } from '../../config/private-files.js';
import { TradeboxError } from '../../core/errors.js';
import type { Guardrails } from '../../guard/guardrails.js';
import { type ApprovalSignature, signApproval } from '../../orders/approval-signature.js';
import { readRecord } from '../../sandbox/records.js';
import type { OrderView } from '../../sidecar/orders/order-view.js';
import { makeApproverKey, openApproverKey } from '../../vault/approver-keys.js';
import type { CliContext } from '../context.js';

type Host = Pick<CliContext, 'paths' | 'prompt' | 'clock'>;

/** Makes and pins a key; the passphrase is typed twice, unseen. Throws USAGE for a name that is taken or none, SECRET_INVALID. */
export async function addApprover(
  { paths, prompt, clock }: Host,
  name: string,
  costN?: number,
): Promise<Approver> {
  const problem = explainApproverName(name);
  if (problem !== undefined) throw new TradeboxError('USAGE', problem, { remedy: 'For example: ann' });
  const known = readApprovers(paths);
  if (known.some((one) => one.name === name)) {
    throw new TradeboxError('USAGE', `there is an approver ${name} already`, {
      remedy: `Choose another name, or \`tradebox approvers rm ${name}\` first.`,
    });
  }
  const passphrase = await prompt.hidden(`Passphrase for ${name}’s key, known to ${name} alone (not shown):`);
  const again = await prompt.hidden('The same again:');
  const { sealed, publicKey } = await makeApproverKey(passphrase, again, costN);
  const file = approverKeyFile(paths, name);
  ensurePrivateDir(paths.stateDir);
  ensurePrivateDir(dirname(file));
  writePrivateFile(file, sealed);
  const approver = { name, publicKey, addedAt: new Date(clock.nowMs()).toISOString() };
  writeApprovers(paths, [...known, approver]);
  return approver;
}

/** Takes the pin back and deletes the key. Throws USAGE when there is no such approver. */
export function removeApprover({ paths }: Pick<Host, 'paths'>, name: string): void {
  const known = readApprovers(paths);
  const { name: found } = find(known, name);
  writeApprovers(
    paths,
    known.filter((one) => one.name !== found),
  );
  rmSync(approverKeyFile(paths, found), { force: true });
}

/** The person types the passphrase; what is signed is this box, this order, this fingerprint, for a minute. Throws USAGE, VAULT_PASSPHRASE_WRONG, VAULT_CORRUPT. */
export async function signAs(
  { paths, prompt, clock }: Host,
  name: string,
  /** The box by name: its id is what the host itself noted. */
  box: string,
  { order, fingerprint }: Pick<OrderView, 'order' | 'fingerprint'>,
): Promise<ApprovalSignature> {
  const approver = find(readApprovers(paths), name);
  const file = approverKeyFile(paths, approver.name);
  const sealed = readPrivateFile(file);
  if (sealed === undefined) {
    throw new TradeboxError('USAGE', `the key of ${approver.name} is not on this machine`, {
      remedy: `It belongs at ${file}.`,
    });
  }
  const id = readRecord(paths.stateDir, box)?.id;
  if (id === undefined) {
    throw new TradeboxError('USAGE', `there is no record of the box "${box.slice(0, 40)}" here`, {
      remedy: 'Approve where the box was started.',
    });
  }
  const passphrase = await prompt.hidden(`Passphrase of ${approver.name} (not shown):`);
  const key = await openApproverKey(sealed, { file, ...approver }, passphrase);
  return signApproval({ box: id, order, fingerprint, approver: approver.name }, key, clock.nowMs());
}

/** What is said when the guardrails want two people and there are not two keys; undefined when all is well. */
export function explainTooFew(
  guardrails: Pick<Guardrails, 'approval'> | undefined,
  approvers: readonly Approver[],
): string | undefined {
  if (guardrails?.approval?.twoAbove === undefined || approvers.length >= 2) return undefined;
  return `orders that take two people will be refused: ${approvers.length} approver keys are pinned (\`tradebox approvers add\`)`;
}

function find(approvers: readonly Approver[], name: string): Approver {
  const found = approvers.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new TradeboxError('USAGE', `there is no approver "${name.slice(0, 40)}"`, {
    remedy: 'List them with `tradebox approvers list`.',
  });
}
