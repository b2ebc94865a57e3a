// The way to `live` as a user goes it: refused without rules and without a rung, promoted by evidence at a terminal, rehearsed on
// paper with every tier of approval. Nothing here has a real key, and nothing leaves the machine.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approverKeyFile, writeApprovers } from '../../src/config/approvers-file.js';
import { Secret } from '../../src/core/secret.js';
import { makeApproverKey } from '../../src/vault/approver-keys.js';
import { livePast } from '../support/account-past.js';
import { type Box, imageBuildTimeoutMs, startBox } from '../support/box.js';
import { labelledObjects } from '../support/docker.js';
import { builtCli, describe as shown, TestHome } from '../support/home.js';
import { writeFile } from '../support/host-files.js';
import { okxDesk } from '../support/profiles.js';
import { skipReason } from '../support/requirements.js';

const config = `version: 1
accounts:
  okx-main:
    venue: okx
    environment: live
    credentials: { apiKey: "env:LADDER_KEY", secretKey: "env:LADDER_KEY", passphrase: "env:LADDER_KEY" }
orders: { approval: { holdMs: 200 } }
`;
/** Far apart, so that no price of the paper exchange blurs the tiers. */
const guardrails = 'version: 1\napproval: { above: 25, twoAbove: 150 }\n';
const env = { LADDER_KEY: `${Math.random()} is no key of any venue` };

describe.skipIf(skipReason('docker', 'registry'))('the way to live', () => {
  let home: TestHome;
  let box: Box;
  const passphrases = { ann: `ann’s own words ${Math.random()}`, bob: `bob’s own words ${Math.random()}` };

  /** What the CLI does at a terminal at which this is typed. */
  const typed = (input: string, ...words: string[]) =>
    home.spawnToEnd('script', ['-qefc', [process.execPath, builtCli, ...words].join(' '), '/dev/null'], {
      input: `${input}\n`,
      env,
    });
  const run = (mode: string) =>
    home.run(['run', 'okx-desk', home.workdir(), '--mode', mode, '--name', home.boxName('refused')], { env });

  beforeAll(() => {
    home = new TestHome();
    home.writeProfile('okx-desk', okxDesk);
    home.writeConfig(config);
  });
  afterAll(() => home?.dispose());

  test('without guardrails, and on the lowest rung, no live account trades', async () => {
    const unguarded = await run('live');
    expect([unguarded.code, unguarded.stderr]).toEqual([2, expect.stringContaining('without a guardrails')]);
    home.writePrivate('guardrails.yaml', guardrails);
    for (const mode of ['live', 'propose']) {
      const refused = await run(mode);
      expect([refused.code, refused.stderr], mode).toEqual([2, expect.stringContaining('on the rung demo')]);
    }
  });

  test('evidence promotes, at a terminal and nowhere else', async () => {
    const past = {
      mode: 'demo',
      account: 'okx-demo',
      environment: 'demo',
      atMs: Date.now() - 60_000,
    } as const;
    await livePast(home.stateDir, { ...past, name: 'past', id: 'a', filled: 19 });
    const short = await home.run(['promote', 'okx-main']);
    expect([short.code, short.stderr]).toEqual([2, expect.stringContaining('19 of 20 orders')]);
    await livePast(home.stateDir, { ...past, name: 'past', id: 'b', filled: 1 });
    expect((await home.run(['promote', 'okx-main'])).code).toBe(2);
    const promoted = await typed('y', 'promote', 'okx-main');
    expect(promoted.code, shown(promoted)).toBe(0);
    const now = await home.json(['promote', 'okx-main', '--show']);
    expect(now).toMatchObject({ standing: 'readonly', missing: [expect.stringContaining('0 of 7 days')] });
    expect((await run('live')).stderr).toContain('on the rung readonly');
  });

  test(
    'a rehearsal on paper: small orders leave at once, larger ones take one person, the largest two keys',
    async () => {
      const pins = [];
      for (const [name, words] of Object.entries(passphrases)) {
        const { sealed, publicKey } = await makeApproverKey(new Secret(words), new Secret(words), 32_768);
        writeFile(approverKeyFile({ stateDir: home.stateDir }, name), sealed);
        pins.push({ name, publicKey, addedAt: new Date().toISOString() });
      }
      writeApprovers({ configDir: home.configDir }, pins);
      box = await startBox(home, {
        profile: 'okx-desk',
        workdir: home.workdir(),
        hint: 'live',
        options: ['--paper', '--mode', 'live'],
      });
      expect(home.transcript.join('\n')).toContain('trades live and shares the kernel of this machine');
      const place = (size: string, price: string) => {
        const order = ['--instId', 'BTC-USDT', '--side', 'buy', '--ordType', 'limit', '--sz', size];
        return box.exec(['okx', 'spot', 'place', ...order, '--px', price, '--json']);
      };
      const held = async () => {
        const { boxes } = await home.json<{
          boxes: { orders: { order: string; state: string; fingerprint: string }[] }[];
        }>(['orders', 'list', '--box', box.name]);
        const found = boxes[0]?.orders.find(({ state }) => state === 'held');
        return ['orders', 'approve', found?.order ?? '', found?.fingerprint.slice(0, 8) ?? ''];
      };
      const small = await place('0.0001', '40000');
      expect(small.code, shown(small)).toBe(0);

      expect((await place('0.0005', '40001')).code).not.toBe(0);
      await home.ok(await held());
      expect((await place('0.0005', '40001')).code).toBe(0);

      expect((await place('0.01', '40002')).code).not.toBe(0);
      const words = await held();
      const unsigned = await home.run(words);
      expect([unsigned.code, unsigned.stderr]).toEqual([2, expect.stringContaining('two people')]);
      const wrong = await typed(passphrases.bob, ...words, '--as', 'ann');
      expect(wrong.code, shown(wrong)).toBe(2);
      const [ann, twice] = [
        await typed(passphrases.ann, ...words, '--as', 'ann'),
        await typed(passphrases.ann, ...words, '--as', 'ann'),
      ];
      expect([ann.code, twice.code], shown(ann)).toEqual([0, 2]);
      expect((await place('0.01', '40002')).code).not.toBe(0);
      const bob = await typed(passphrases.bob, ...words, '--as', 'bob');
      expect(bob.code, shown(bob)).toBe(0);
      expect((await place('0.01', '40002')).code).toBe(0);
      const resting: { px: string }[] = JSON.parse(
        (await box.exec(['okx', 'spot', 'orders', '--json'])).stdout,
      );
      expect(resting.map(({ px }) => px).sort()).toEqual(['40000', '40001', '40002']);
    },
    imageBuildTimeoutMs,
  );

  test('the configuration may demand a stronger wall of live boxes than of others', async () => {
    home.writeConfig(`${config}live: { isolation: gvisor }\n`);
    const name = home.boxName('wall');
    const words = ['run', 'okx-desk', home.workdir(), '--paper', '--mode', 'live', '--name', name];
    const refused = await home.run(words);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('not at container')]);
    expect(labelledObjects(`tradebox.box=${name}`)).toEqual([]);
  });
});
