import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addApprover, explainTooFew, removeApprover, signAs } from '../../../../src/cli/launch/approvers.js';
import type { Prompt } from '../../../../src/cli/prompt.js';
import { approverKeyFile, approversFile, readApprovers } from '../../../../src/config/approvers-file.js';
import type { Paths } from '../../../../src/config/paths.js';
import { fixedClock } from '../../../../src/core/clock.js';
import { decimal } from '../../../../src/core/decimal.js';
import { Secret } from '../../../../src/core/secret.js';
import { explainSignature } from '../../../../src/orders/approval-signature.js';
import { writeRecord } from '../../../../src/sandbox/records.js';
import { makeApproverKey } from '../../../../src/vault/approver-keys.js';
import { boxRecord } from '../../../support/box-record.js';
import { temporaryDir } from '../../../support/host-files.js';

const nowMs = Date.UTC(2026, 10, 21);
/** The least that scrypt's bounds allow. */
const costN = 32_768;
const order = { order: 'k3m7p2q', fingerprint: 'a'.repeat(64) };

function host(...typed: string[]) {
  const dir = temporaryDir();
  const paths = { configDir: join(dir, 'config'), stateDir: join(dir, 'state') } as Paths;
  writeRecord(paths.stateDir, record);
  const prompt = { hidden: async () => new Secret(typed.shift() ?? '') } as unknown as Prompt;
  return { paths, prompt, clock: fixedClock(nowMs), typed };
}
const record = boxRecord({ name: 'desk', id: 'k9' });
const phrase = () => `five random words of ${Math.random()}`;

test('a key is made once, sealed in a file of 0600, and signs after its passphrase', async () => {
  const words = phrase();
  const ann = host(words, words, words);
  await addApprover(ann, 'ann', costN);
  const file = approverKeyFile(ann.paths, 'ann');
  expect([statSync(file).mode & 0o777, statSync(approversFile(ann.paths)).mode & 0o777]).toEqual([
    0o600, 0o600,
  ]);
  expect(readFileSync(file, 'utf8')).not.toContain('PRIVATE KEY');
  const pins = readApprovers(ann.paths);
  const signed = await signAs(ann, 'ann', 'desk', order);
  expect(explainSignature({ ...order, box: 'k9', approver: 'ann' }, signed, pins, nowMs)).toBeUndefined();
  await expect(signAs(ann, 'ann', 'lab', order)).rejects.toThrow('no record of the box "lab"');
  ann.typed.push('another passphrase');
  await expect(signAs(ann, 'ann', 'desk', order)).rejects.toMatchObject({ code: 'VAULT_PASSPHRASE_WRONG' });
  await expect(addApprover(ann, 'ann', costN)).rejects.toThrow('already');
  await expect(signAs(ann, 'bob', 'desk', order)).rejects.toThrow('no approver "bob"');
  removeApprover(ann, 'ann');
  expect([readApprovers(ann.paths), existsSync(file)]).toEqual([[], false]);
});

test('nothing is made of passphrases that differ or are short, nor of a name that could be a path', async () => {
  const differing = host(phrase(), phrase());
  await expect(addApprover(differing, 'ann', costN)).rejects.toThrow('differ');
  await expect(addApprover(host('short', 'short'), 'ann', costN)).rejects.toThrow('fewer than 12');
  await expect(addApprover(host(), '../ann', costN)).rejects.toThrow('lower-case letters');
  expect(readApprovers(differing.paths)).toEqual([]);
});

test('a key put in the place of the pinned one signs nothing', async () => {
  const words = phrase();
  const ann = host(words, words);
  await addApprover(ann, 'ann', costN);
  const other = await makeApproverKey(new Secret(words), new Secret(words), costN);
  writeFileSync(approverKeyFile(ann.paths, 'ann'), other.sealed);
  ann.typed.push(words);
  await expect(signAs(ann, 'ann', 'desk', order)).rejects.toThrow('not the pinned one');
});

test('too few keys for two people are said', () => {
  const [one, two] = ['ann', 'bob'].map((name) => ({ name, publicKey: '', addedAt: '' }));
  if (one === undefined || two === undefined) throw new Error('unreachable');
  expect(explainTooFew({ approval: { twoAbove: decimal('5') } }, [one])).toContain('1 approver keys');
  expect(explainTooFew({ approval: { twoAbove: decimal('5') } }, [one, two])).toBeUndefined();
  expect(explainTooFew({ approval: { above: decimal('5') } }, [])).toBeUndefined();
  expect(explainTooFew(undefined, [])).toBeUndefined();
});
