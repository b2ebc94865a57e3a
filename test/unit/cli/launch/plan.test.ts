// From the promotion at a terminal to the journal of a box: the seams of the ladder together, without an engine.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { readJournal } from '../../../../src/audit/verify.js';
import { command } from '../../../../src/cli/commands/promote.js';
import { type CliContext, createContext } from '../../../../src/cli/context.js';
import { planLaunch } from '../../../../src/cli/launch/plan.js';
import type { LaunchRequest } from '../../../../src/cli/launch/request.js';
import { createOutput } from '../../../../src/cli/output.js';
import { readHostEnvironment, resolvePaths } from '../../../../src/config/paths.js';
import { fixedClock } from '../../../../src/core/clock.js';
import { settingsSchema } from '../../../../src/sidecar/settings.js';
import { createPassphrase } from '../../../../src/vault/passphrase.js';
import { plainShell } from '../../../support/profiles.js';
import { startTestBox } from '../../../support/sidecar-box.js';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const config = `version: 1
accounts:
  okx-main:
    venue: okx
    environment: live
    credentials: { apiKey: "env:PLAN_KEY", secretKey: "env:PLAN_KEY", passphrase: "env:PLAN_KEY" }
  okx-demo:
    venue: okx
    environment: demo
    credentials: { apiKey: "env:PLAN_KEY", secretKey: "env:PLAN_KEY", passphrase: "env:PLAN_KEY" }
`;
const addresses = {
  box: { name: 'desk', id: 'desk-id' },
  sidecar: '127.0.0.1',
} as unknown as Parameters<Awaited<ReturnType<typeof planLaunch>>['makeSettings']>[0];

/** A host with its own files, at whose terminal `typed` is answered; `said`: everything on stderr. */
function host() {
  const root = mkdtempSync(join(tmpdir(), 'tradebox-plan-'));
  open.push(() => rmSync(root, { recursive: true, force: true }));
  const [home, workdir] = [join(root, 'home'), join(root, 'work')];
  mkdirSync(workdir);
  const env = readHostEnvironment({
    TRADEBOX_HOME: home,
    PLAN_KEY: `${Math.random()} is no key of any venue`,
  });
  const paths = resolvePaths(env);
  mkdirSync(join(paths.configDir, 'profiles'), { recursive: true, mode: 0o700 });
  const write = (name: string, text: string) =>
    writeFileSync(join(paths.configDir, name), text, { mode: 0o600 });
  write('tradebox.yaml', config);
  write('guardrails.yaml', 'version: 1\nnotional: { max: 100 }\n');
  write('profiles/sh.yaml', plainShell);
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const said: string[] = [];
  streams.stderr.on('data', (bytes) => said.push(String(bytes)));
  const typed: string[] = [];
  const answer = async () => typed.shift() ?? '';
  const context: CliContext = createContext({
    host: {
      ...streams,
      env,
      cwd: workdir,
      clock: fixedClock(Date.UTC(2026, 10, 20, 12)),
      interrupts: {} as CliContext['interrupts'],
    },
    paths,
    output: createOutput({
      ...streams,
      isQuiet: true,
      isJson: false,
      noColor: true,
      forceColor: false,
      term: undefined,
    }),
    prompt: { isInteractive: true, line: answer } as unknown as CliContext['prompt'],
    passphrase: createPassphrase(env, undefined),
    configFile: undefined,
  });
  return { context, workdir, typed, said };
}

/** Goes one rung up without any evidence. */
async function override({ context, typed }: ReturnType<typeof host>, reason: string) {
  typed.push('okx-main', reason);
  const { result } = await command.run(context, {
    arguments: { account: 'okx-main', workdir: undefined },
    options: { show: false, override: true },
    rest: undefined,
  });
  expect(result).toMatchObject({ isPromoted: true });
}

test('a rung taken without evidence is said at each start and stands in each box’s journal, whatever mode it opened', async () => {
  const desk = host();
  const { context, workdir, said } = desk;
  const plan = async (
    mode: LaunchRequest['mode'],
    account = 'okx-main',
    more: Partial<LaunchRequest> = {},
  ) => {
    said.length = 0;
    const request = { profile: 'sh', workdir, mode, paper: false, accounts: [account], ...more };
    const { makeSettings } = await planLaunch(context, request);
    return settingsSchema.parse(makeSettings(addresses));
  };
  /** What a sidecar with these settings journals of it; without the keys, so that no venue is asked. */
  const journaled = async ({ mode, guardrails, overrides }: Awaited<ReturnType<typeof plan>>) => {
    const box = await startTestBox(() => ({
      mode,
      ...(guardrails === undefined ? {} : { guardrails }),
      ...(overrides === undefined ? {} : { overrides }),
    }));
    await box.sidecar.state.shutdown('test');
    const started = [...readJournal(box.settings.journalDir)].map(({ event }) => event);
    await box.stop();
    return started.flatMap((event) => (event.type === 'sidecar.started' ? [event.overrides] : []));
  };
  const taken = (rung: string, reason: string, step = 0) =>
    expect.objectContaining({ account: 'okx-main', rung, step, reason, missing: [expect.any(String)] });

  expect((await plan('readonly')).overrides).toBeUndefined();
  await override(desk, 'I know it');
  const first = taken('readonly', 'I know it');
  const reading = await plan('readonly');
  expect(said.join('')).toMatch(
    /okx-main came to readonly without the evidence: .* on 2026-11-20: I know it/,
  );
  expect(await journaled(reading)).toEqual([[first]]);
  await expect(plan('propose')).rejects.toThrow('on the rung readonly');

  await override(desk, 'in a hurry');
  const second = taken('propose', 'in a hurry');
  const proposing = await plan('propose');
  expect(said.join('')).toContain('came to propose without the evidence');
  expect(await journaled(proposing)).toEqual([[first, second]]);
  await expect(plan('live')).rejects.toThrow('on the rung propose');

  await override(desk, 'at my own risk');
  const trading = await plan('live');
  expect(said.join('')).toContain('came to live without the evidence');
  expect(trading.liveSteps).toMatchObject([{ account: 'okx-main', step: 1, isOverridden: true }]);
  expect(await journaled(trading)).toEqual([[first, second, taken('live', 'at my own risk', 1)]]);

  // Of an account that the box does not hold, and of play money, nothing is told.
  for (const other of [
    await plan('demo', 'okx-demo'),
    await plan('live', '', { accounts: [], paper: true }),
  ]) {
    expect([other.overrides, said.join('')]).toEqual([undefined, expect.not.stringContaining('evidence')]);
  }
});
