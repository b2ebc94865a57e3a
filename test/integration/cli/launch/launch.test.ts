// The launch room on a real engine: plan, box, examination, lifecycle, without the command line around them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CliContext, createContext } from '../../../../src/cli/context.js';
import { createInterrupts } from '../../../../src/cli/interrupts.js';
import { type StartedBox, startBox } from '../../../../src/cli/launch/box.js';
import { defaultName } from '../../../../src/cli/launch/default-name.js';
import { examine } from '../../../../src/cli/launch/examine.js';
import { endBox, forgetBox, isKnown, liveBoxes, noteHead } from '../../../../src/cli/launch/lifecycle.js';
import { planLaunch } from '../../../../src/cli/launch/plan.js';
import type { LaunchRequest } from '../../../../src/cli/launch/request.js';
import { createOutput } from '../../../../src/cli/output.js';
import { createPrompt } from '../../../../src/cli/prompt.js';
import { readHostEnvironment, resolvePaths } from '../../../../src/config/paths.js';
import { systemClock } from '../../../../src/core/clock.js';
import { checks } from '../../../../src/diagnose/checks.js';
import { boundaryHolds, runChecks } from '../../../../src/diagnose/runner.js';
import { boxPaths } from '../../../../src/sandbox/box-paths.js';
import { recordIfReadable } from '../../../../src/sandbox/records.js';
import { createPassphrase } from '../../../../src/vault/passphrase.js';
import { labelledObjects } from '../../../support/docker.js';
import { skipReason } from '../../../support/requirements.js';

describe.skipIf(skipReason('docker', 'registry'))('a box through the launch room', () => {
  const root = mkdtempSync(join(tmpdir(), 'tradebox-launch-'));
  const name = `launch-${process.pid}`;
  let context: CliContext;
  let started: StartedBox;
  let request: LaunchRequest;

  beforeAll(async () => {
    context = contextIn(join(root, 'home'));
    const workdir = join(root, 'work');
    mkdirSync(workdir);
    request = { profile: 'shell', workdir, mode: 'demo', paper: true, accounts: [] };
    started = await startBox(context, request, {
      name,
      willAttach: false,
      terminal: () => ({ isTty: false, hasStdin: true }),
    });
  }, 900_000);
  afterAll(async () => {
    if (started !== undefined) await endBox(context, started.engine, name);
    rmSync(root, { recursive: true, force: true });
  });

  test('every check of diagnose passes, with the real paper values hunted for', async () => {
    const examined = await examine(context, started.engine, name, started.plan.secrets);
    const reports = await runChecks(checks, examined);
    const failed = reports.filter(({ status }) => status !== 'pass');
    expect(failed).toEqual([]);
    expect(boundaryHolds(reports)).toBe(true);
    expect(reports.find(({ id }) => id === 'decoys')?.observed).toContain('hunted 3 real values');
  });

  test('S1: the agent’s variables and the record hold decoys, not the paper credential', () => {
    const kept = JSON.stringify(recordIfReadable(context.paths.stateDir, name));
    for (const { value } of started.plan.secrets) {
      expect(kept).not.toContain(value.reveal());
      expect(JSON.stringify(started.plan.spec)).not.toContain(value.reveal());
    }
  });

  test('a plan with kept decoys gives the agent the same ones', async () => {
    const first = await planLaunch(context, request);
    const again = await planLaunch(context, request, first.record.launch.decoys);
    expect(again.record.decoys).toEqual(first.record.decoys);
    expect((await planLaunch(context, request)).record.decoys).not.toEqual(first.record.decoys);
  });

  test('S10: the noted head moves forward with the journal, and not when it was tampered with', async () => {
    noteHead(context.paths.stateDir, name);
    const before = recordIfReadable(context.paths.stateDir, name)?.journalHead?.seq ?? 0;
    expect(before).toBeGreaterThan(1);
    expect(await isKnown(context, started.engine, name)).toBe(true);
    expect(await liveBoxes(context, started.engine)).toContain(name);
  });

  test('ending it leaves nothing on the engine; record and journal stay until it is forgotten', async () => {
    await endBox(context, started.engine, name);
    expect(labelledObjects(`tradebox.box=${name}`)).toEqual([]);
    expect(recordIfReadable(context.paths.stateDir, name)?.name).toBe(name);
    expect(await isKnown(context, started.engine, name)).toBe(true);
    forgetBox(context, name);
    expect(recordIfReadable(context.paths.stateDir, name)).toBeUndefined();
  });

  test('an unreadable record is none, so that its box can still be ended', () => {
    const paths = boxPaths(context.paths.stateDir, name);
    writeFileSync(paths.record, 'not json', { mode: 0o600 });
    expect(recordIfReadable(context.paths.stateDir, name)).toBeUndefined();
    rmSync(paths.record);
  });
});

test('a name is made from profile and directory, within the rules of names', () => {
  expect(defaultName('shell', '/a/My Strategy (v2)')).toBe('shell-my-strategy-v2');
  expect(defaultName('openclaw', `/a/${'x'.repeat(90)}`)).toHaveLength(40);
});

function contextIn(home: string): CliContext {
  const host = {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    env: readHostEnvironment({ ...process.env, TRADEBOX_HOME: home }),
    cwd: root(),
    clock: systemClock,
    interrupts: createInterrupts(process, () => {}),
  };
  host.stdout.resume();
  host.stderr.resume();
  const paths = resolvePaths(host.env);
  const output = createOutput({
    ...host,
    isQuiet: true,
    isJson: false,
    noColor: true,
    forceColor: false,
    term: undefined,
  });
  const prompt = createPrompt(host);
  return createContext({
    host,
    paths,
    output,
    prompt,
    passphrase: createPassphrase(host.env, undefined),
    configFile: undefined,
  });
}

const root = (): string => tmpdir();
