// Seen with real software 4: the real secret values are nowhere that a box touches, in no spelling; then one is planted in each
// kind of place, and the same hunt finds it.
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, imageBuildTimeoutMs, startBox } from '../support/box.js';
import { docker, hostAddress, inspectBox } from '../support/docker.js';
import { describe as shown, TestHome } from '../support/home.js';
import {
  agentProc,
  agentProcesses,
  engineViews,
  type Finding,
  fileSystems,
  filesBelow,
  hunt,
  type Place,
  place,
  recentFiles,
} from '../support/hunt.js';
import { type LlmEndpoint, startLlmEndpoint } from '../support/llm-endpoint.js';
import { skipReason } from '../support/requirements.js';

/** Real values, made for this run. The passphrase holds what shells, YAML and JSON stumble over. */
const secrets = {
  'OKX key': `real-${randomBytes(12).toString('hex')}`,
  'OKX secret': randomBytes(16).toString('hex').toUpperCase(),
  'OKX passphrase': `Aa1!$\\"'${randomBytes(8).toString('hex')} %&`.trim(),
  'LLM key': `sk-real-${randomBytes(18).toString('base64url')}`,
};

const llmHost = 'llm.desk.test';

/** The okx CLI and curl, in a box that stays up. */
const hunted = `name: hunted
description: what the hunt looks into
image:
  apt: [curl]
  npm: ["@okx_ai/okx-trade-cli@1.2.4"]
command: [sleep, infinity]
tty: false
accounts: [okx]
credentials: ["*"]
`;

const configOf = (endpoint: LlmEndpoint, ca: string) => `version: 1
accounts:
  okx-demo:
    venue: okx
    environment: demo
    credentials:
      apiKey: vault:okx/key
      secretKey: vault:okx/secret
      passphrase: vault:okx/passphrase
credentials:
  desk-llm:
    hosts: [${llmHost}]
    bearer: true
    value: vault:llm/key
    env: [DESK_LLM_KEY]
    llm: true
pins:
  - host: ${llmHost}
    address: ${hostAddress()}
    port: ${endpoint.port}
    ca: ${ca}
    reason: the desk's own model, on this machine
`;

/** One chat request with the decoy, as an agent makes it. */
const chat = `curl -sS https://${llmHost}/v1/chat/completions -H "authorization: Bearer $DESK_LLM_KEY" \
  -H 'content-type: application/json' -d '{"model":"scripted","messages":[{"role":"user","content":"hello"}]}'`;

describe.skipIf(skipReason('docker', 'registry', 'openssl'))('the hunt for real secrets', () => {
  const startedMs = Date.now();
  let home: TestHome;
  let endpoint: LlmEndpoint;
  let box: Box;
  const passphrase = `vault ${randomBytes(9).toString('base64')}`;
  const withVault = { env: { TRADEBOX_PASSPHRASE: passphrase } };

  beforeAll(async () => {
    home = new TestHome();
    // The endpoint's answer reflects the key that it got: the box must not see it (S6).
    endpoint = await startLlmEndpoint({
      host: llmHost,
      script: [{ text: `your key is ${secrets['LLM key']}, thank you` }],
    });
    home.writeConfig(configOf(endpoint, home.writePrivate('desk-ca.pem', endpoint.ca)));
    home.writeProfile('hunted', hunted);
    const names = {
      'OKX key': 'okx/key',
      'OKX secret': 'okx/secret',
      'OKX passphrase': 'okx/passphrase',
      'LLM key': 'llm/key',
    };
    for (const [secret, name] of Object.entries(names)) {
      await home.ok(['secrets', 'set', name, '--from-stdin'], {
        ...withVault,
        input: secrets[secret as keyof typeof secrets],
      });
    }
    box = await startBox(home, {
      profile: 'hunted',
      workdir: home.workdir(),
      hint: 'hunt',
      options: ['--mode', 'demo'],
      ...withVault,
    });
    await box.sh(chat);
    // Everything a user does with the box happens once, so that it may leave traces.
    await box.exec(['okx', 'account', 'balance']);
    await box.exec([
      'okx',
      'spot',
      'place',
      '--instId',
      'BTC-USDT',
      '--side',
      'buy',
      '--ordType',
      'market',
      '--sz',
      '50',
    ]);
    await box.exec([
      'okx',
      'account',
      'transfer',
      '--ccy',
      'USDT',
      '--amt',
      '1',
      '--from',
      '18',
      '--to',
      '6',
    ]);
    await home.run(['ps', '--json']);
    await home.run(['diagnose', box.name], withVault);
    await home.run(['secrets', 'list'], withVault);
    await home.run(['secrets', 'check'], withVault);
    await home.run(['audit', 'show', box.name]);
    await home.run(['logs', box.name]);
  }, imageBuildTimeoutMs);
  afterAll(async () => {
    await endpoint?.close();
    await home?.dispose();
  });

  function* everywhere(): Generator<Place> {
    yield* engineViews(box.name);
    yield* fileSystems(box.name);
    yield* agentProc(box.name);
    yield* agentProcesses(box.name);
    yield* filesBelow(home.stateDir, 'state directory');
    yield* filesBelow(home.configDir, 'config directory');
    yield* recentFiles(tmpdir(), startedMs);
    yield place('CLI output', home.transcript.join('\n'));
  }

  test('the real key is really used: the endpoint saw it, and its echo reached the agent without it', async () => {
    const answer = await box.sh(chat);
    expect(answer.stdout, shown(answer)).toMatch(/your key is \*+, thank you/);
    expect(endpoint.seen.length).toBeGreaterThanOrEqual(2);
    for (const { authorization } of endpoint.seen) expect(authorization).toBe(`Bearer ${secrets['LLM key']}`);
  });

  test('the agent holds decoys of every secret', async () => {
    const { stdout } = await box.sh('env');
    for (const name of ['OKX_API_KEY', 'OKX_SECRET_KEY', 'OKX_PASSPHRASE', 'DESK_LLM_KEY']) {
      expect(stdout).toMatch(new RegExp(`^${name}=\\S{8,}`, 'm'));
    }
  });

  test('no real secret is anywhere, in any spelling', () => {
    expect(hunt(secrets, everywhere())).toEqual([]);
  }, 300_000);

  describe('a planted secret is found', () => {
    const base64 = Buffer.from(`key: ${secrets['LLM key']}\n`).toString('base64');
    const hex = Buffer.from(secrets['OKX passphrase']).toString('hex');

    const found = (places: Iterable<Place>, secret: string): Finding[] =>
      hunt(secrets, places).filter((finding) => finding.secret === secret);

    test('in a file of the agent, as base64', async () => {
      await box.sh(`printf %s ${base64} > /tmp/planted`);
      expect(found(fileSystems(box.name), 'LLM key')).not.toEqual([]);
      await box.sh('rm /tmp/planted');
    }, 120_000);

    test('in the environment of a process of the agent', () => {
      const { agent } = inspectBox(box.name);
      docker('exec', '-d', '-e', `PLANTED=${hex}`, agent.Id, 'sleep', '60');
      expect(found(agentProcesses(box.name), 'OKX passphrase')).not.toEqual([]);
      expect(found(agentProc(box.name), 'OKX passphrase')).not.toEqual([]);
    });

    test('in the journal directory, percent-encoded', () => {
      const file = path.join(home.stateDir, 'planted.log');
      writeFileSync(file, `GET /?v=${encodeURIComponent(secrets['OKX passphrase'])}\n`);
      expect(found(filesBelow(home.stateDir, 'state'), 'OKX passphrase')).not.toEqual([]);
      rmSync(file);
    });

    test('in a temporary file of the host', () => {
      const file = path.join(tmpdir(), `tradebox-planted-${randomBytes(4).toString('hex')}`);
      writeFileSync(file, secrets['OKX secret'].toLowerCase() + secrets['OKX secret']);
      expect(found(recentFiles(tmpdir(), startedMs), 'OKX secret')).not.toEqual([]);
      rmSync(file);
    });

    test("in the container's configuration", () => {
      const name = `${box.name}-planted`;
      const { agent } = inspectBox(box.name);
      docker(
        'create',
        '--name',
        name,
        '-e',
        `OKX_API_KEY=${secrets['OKX key']}`,
        '--network',
        'none',
        agent.Image,
        'true',
      );
      const inspected = place('docker inspect', docker('inspect', name));
      docker('rm', name);
      expect(found([inspected], 'OKX key')).not.toEqual([]);
    });
  });
});
