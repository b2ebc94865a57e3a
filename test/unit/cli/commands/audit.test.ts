// tradebox audit on files alone: verify against what this host signed, export, and an account's journal without a box.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openJournal } from '../../../../src/audit/journal.js';
import { runProgram } from '../../../../src/cli/program.js';
import { fixedClock } from '../../../../src/core/clock.js';
import { accountJournal, boxJournal } from '../../../../src/sandbox/checkpoints.js';
import { hostProcess, temporaryDir } from '../../../support/host-files.js';

async function home() {
  const dir = temporaryDir();
  const stateDir = join(dir, 'tradebox', 'state');
  const run = async (...words: string[]) => {
    const host = hostProcess(dir);
    const code = await runProgram(['audit', ...words], host, '1.2.3');
    return { code, stdout: host.stdoutText(), stderr: host.stderrText() };
  };
  const write = async (place: { dir: string }, ...messages: string[]) => {
    const options = { sandbox: 'lab', sandboxId: 'a', clock: fixedClock(0) };
    const journal = openJournal(place.dir, options);
    for (const message of messages) journal.append({ type: 'taint', cause: 'test', message });
    await journal.close();
  };
  return { stateDir, run, write };
}

test('verify signs the head; the next one finds what was cut off since, with exit code 3', async () => {
  const { stateDir, run, write } = await home();
  const journal = boxJournal(stateDir, 'lab');
  await write(journal, 'one', 'two');
  const first = await run('verify', 'lab');
  expect(first.code).toBe(0);
  expect(first.stdout).toContain('whole: 3 records');
  const file = join(journal.dir, '000001.jsonl');
  writeFileSync(file, `${readFileSync(file, 'utf8').split('\n').slice(0, 2).join('\n')}\n`);
  const second = await run('verify', 'lab', '--json');
  expect(second.code).toBe(3);
  expect(JSON.parse(second.stdout)).toMatchObject({
    ok: false,
    problem: { kind: 'truncated', file: '000001.jsonl', line: 2, seq: 3 },
    checkpoint: { seq: 3 },
  });
});

test('an account needs no box; export gives its lines, and CSV', async () => {
  const { stateDir, run, write } = await home();
  const journal = accountJournal(stateDir, 'okx-main');
  await write(journal, '=1+1');
  expect((await run('verify', '--account', 'okx-main')).stdout).toContain('whole: 2 records');
  expect((await run('show', '--account', 'okx-main')).stdout).toContain('TAINT test: =1+1');
  const lines = await run('export', '--account', 'okx-main');
  expect(lines.stdout).toBe(readFileSync(join(journal.dir, '000001.jsonl'), 'utf8'));
  const csv = await run('export', '--account', 'okx-main', '--format', 'csv');
  expect(csv.stdout.trimEnd().split('\n')).toHaveLength(3);
  expect(csv.stdout).toContain(",'=1+1,");
});

test('a broken journal ends the export with exit code 3 after what holds', async () => {
  const { stateDir, run, write } = await home();
  const journal = boxJournal(stateDir, 'lab');
  await write(journal, 'one', 'two', 'three');
  const file = join(journal.dir, '000001.jsonl');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"two"', '"tww"'));
  const { code, stdout, stderr } = await run('export', 'lab');
  expect(code).toBe(3);
  expect(stdout.trimEnd().split('\n')).toHaveLength(2);
  expect(stderr).toContain('000001.jsonl:3');
});

test('what names no journal is a user error with a way out', async () => {
  const { run } = await home();
  for (const words of [
    ['verify'],
    ['export', 'lab'],
    ['show', '--account', '../x'],
    ['verify', 'lab', '--account', 'x'],
  ]) {
    const { code, stderr } = await run(...words);
    expect([code, words], stderr).toEqual([2, words]);
    expect(stderr).toContain('→');
  }
});
