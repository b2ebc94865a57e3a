// New rules for a running box on a real engine: in force at once, refused as a whole, and taint that a new sidecar keeps.
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, startBox } from '../../../support/box.js';
import { atSuiteLevel, builtCli, TestHome } from '../../../support/home.js';
import { skipReason } from '../../../support/requirements.js';

describe.skipIf(skipReason('docker'))('policy reload', () => {
  let home: TestHome;
  let box: Box;

  const write = (...hosts: string[]) => {
    const file = path.join(home.configDir, 'tradebox.yaml');
    const lines = hosts.map((host) => `  - { host: ${host}, reason: "a test" }`);
    writeFileSync(file, ['version: 1', 'hosts:', ...lines, ''].join('\n'));
    chmodSync(file, 0o600);
  };
  const resolves = async (name: string) => (await box.sh(`getent hosts ${name}`)).code === 0;

  beforeAll(async () => {
    home = new TestHome();
    write('one.example.test');
    box = await startBox(home, { profile: 'shell', workdir: home.workdir(), hint: 'reload' });
  }, 900_000);
  afterAll(async () => {
    await home?.dispose();
  });

  test('what the configuration says now is what the box may reach now', async () => {
    expect([await resolves('one.example.test'), await resolves('two.example.test')]).toEqual([true, false]);
    write('two.example.test');
    await home.ok(['policy', 'reload', box.name]);
    expect([await resolves('one.example.test'), await resolves('two.example.test')]).toEqual([false, true]);
    expect((await box.journal()).map(({ event }) => event.type)).toContain('policy.loaded');
  });

  test('S11: a file that is wrong leaves the old policy, and the journal says so', async () => {
    write('not..a..host');
    expect((await home.run(['policy', 'reload', box.name])).code).toBe(2);
    expect(await resolves('two.example.test')).toBe(true);
    expect((await box.journal()).map(({ event }) => event.type)).toContain('policy.rejected');
    write('two.example.test');
  });

  test('guardrails: a tightening counts at once; without a person at a terminal nothing looser does, nor a wrong file', async () => {
    const file = path.join(home.configDir, 'guardrails.yaml');
    const reload = async (limits: string) => {
      writeFileSync(file, `version: 1\n${limits}\n`, { mode: 0o600 });
      return (await home.run(['guard', 'reload', box.name])).code;
    };
    expect(await reload('notional: { max: 100 }')).toBe(0);
    expect(await reload('notional: { max: 50 }')).toBe(0);
    expect(await reload('notional: { max: 51 }')).toBe(2);
    // A new sidecar is no way around the yes, and the old one goes on.
    const restarted = await home.run(['restart', box.name]);
    expect([restarted.code, restarted.stderr]).toEqual([2, expect.stringContaining('notional.max')]);
    expect(await reload('notional: { most: 1 }')).toBe(2);
    const events = (await box.journal()).map(({ event }) => event.type);
    expect(events.filter((type) => type.startsWith('guardrails'))).toEqual([
      'guardrails.loaded',
      'guardrails.loaded',
      'guardrails.rejected',
      'guardrails.rejected',
    ]);
    const { code, stdout } = await box.sh('curl -s http://tradebox.internal/limits');
    expect([code, JSON.parse(stdout).guardrails?.notional]).toEqual([0, { max: '50' }]);
    // Those in force: what comes later would loosen without them.
    writeFileSync(file, 'version: 1\nnotional: { max: 50 }\n');
  });

  test('S5: a project’s file that changed and is not approved leaves the old policy', async () => {
    const project = home.workdir({ 'strategy/main.py': '' });
    const file = path.join(project, 'tradebox.yaml');
    const strategy = path.join(project, 'strategy');
    const grant = (host: string) =>
      writeFileSync(file, `version: 1\nhosts: [{ host: ${host}, reason: "a test" }]\n`);
    grant('three.example.test');
    await home.ok(['trust', strategy]);
    const other = await startBox(home, { profile: 'shell', workdir: strategy, hint: 'trust' });
    const finds = async (name: string) => (await other.sh(`getent hosts ${name}`)).code === 0;
    grant('four.example.test');
    expect((await home.run(['policy', 'reload', other.name])).code).toBe(2);
    expect([await finds('three.example.test'), await finds('four.example.test')]).toEqual([true, false]);
    await home.ok(['trust', strategy]);
    await home.ok(['policy', 'reload', other.name]);
    expect([await finds('three.example.test'), await finds('four.example.test')]).toEqual([false, true]);
    await home.ok(['stop', other.name]);
  });

  test('a box keeps its regime: neither a reload nor a new sidecar changes it', async () => {
    const file = path.join(home.configDir, 'tradebox.yaml');
    writeFileSync(file, 'version: 1\nregime: trade\n');
    for (const words of [
      ['policy', 'reload', box.name],
      ['restart', box.name],
    ]) {
      const { code, stderr } = await home.run(words);
      expect([code, stderr.includes('is research')], words[0]).toEqual([2, true]);
    }
    write('two.example.test');
  });

  test('a burst of denied names taints; ps shows it, a new sidecar keeps it, a reset clears it', async () => {
    const state = async () => {
      const { boxes } = await home.json<{ boxes: { name: string; isTainted: boolean; evidence: number }[] }>([
        'ps',
      ]);
      const found = boxes.find(({ name }) => name === box.name);
      return [found?.isTainted, found?.evidence];
    };
    expect(await state()).toEqual([false, 0]);
    await box.sh('for i in $(seq 1 40); do getent hosts "n$i.example.test"; done; true');
    expect(await state()).toEqual([true, 1]);
    await home.ok(['restart', box.name]);
    expect(await state()).toEqual([true, 1]);
    await home.ok(['reset', box.name]);
    expect(await state()).toEqual([false, 0]);
  });

  test('`run` on a tainted name is refused; at a terminal it shows the evidence and offers the reset', async () => {
    const isTainted = async () => {
      const { boxes } = await home.json<{ boxes: { name: string; isTainted: boolean }[] }>(['ps']);
      return boxes.find(({ name }) => name === box.name)?.isTainted;
    };
    const words = ['run', 'shell', home.workdir(), '--name', box.name, '--detach'];
    const atTerminal = (answer: string) => {
      const line = [process.execPath, builtCli, ...atSuiteLevel(words)].join(' ');
      return home.spawnToEnd('script', ['-qefc', line, '/dev/null'], { input: answer });
    };
    await box.sh('for i in $(seq 1 40); do getent hosts "n$i.example.test"; done; true');
    const old = (await box.sh('cat /proc/sys/kernel/random/uuid > /tmp/id; cat /tmp/id')).stdout;
    const alone = await home.run(words);
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('is tainted')]);
    const no = await atTerminal('n\n');
    expect([no.code, no.stdout]).toEqual([2, expect.stringMatching(/boundary-probe: .*Reset .*\[y\/N\]/s)]);
    expect([await isTainted(), (await box.sh('cat /tmp/id')).stdout]).toEqual([true, old]);
    const yes = await atTerminal('y\n');
    expect([yes.code, yes.stdout]).toEqual([0, expect.stringContaining(`${box.name} runs`)]);
    expect([await isTainted(), (await box.sh('cat /tmp/id')).code]).toEqual([false, 1]);
  });
});
