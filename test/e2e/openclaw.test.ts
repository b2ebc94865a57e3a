// Seen with real software 2: the real OpenClaw in a box, driven by a scripted streaming LLM endpoint on the egress side; its
// exec tool runs `okx diagnose` and `okx account balance`. The agent holds a decoy of the LLM key, the endpoint sees the real one.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imageBuildTimeoutMs } from '../support/box.js';
import { hostAddress } from '../support/docker.js';
import { type CliResult, describe as shown, TestHome } from '../support/home.js';
import { hunt, place } from '../support/hunt.js';
import { type LlmEndpoint, startLlmEndpoint } from '../support/llm-endpoint.js';
import { skipReason } from '../support/requirements.js';

const llmHost = 'llm.desk.test';
const realKey = `sk-desk-${randomBytes(24).toString('base64url')}`;

const finalWords = 'Every check passed and the balance is read.';
const script = [
  { tool: 'exec', arguments: { command: 'okx diagnose; echo "diagnose ended with $?"' } },
  {
    tool: 'exec',
    arguments: { command: 'okx account balance; echo "balance ended with $?"; echo "llm key $DESK_LLM_KEY"' },
  },
  { text: finalWords },
];

/** OpenClaw's own configuration of a custom provider; the key is taken from the environment of the box. */
const openclawConfig = {
  models: {
    providers: {
      desk: {
        baseUrl: `https://${llmHost}/v1`,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: OpenClaw's own notation for a variable of its environment.
        apiKey: '${DESK_LLM_KEY}',
        api: 'openai-completions',
        models: [
          {
            id: 'scripted',
            name: 'Scripted',
            reasoning: false,
            input: ['text'],
            cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
            contextWindow: 128_000,
            maxTokens: 8192,
          },
        ],
      },
    },
  },
};

describe.skipIf(skipReason('docker', 'registry', 'openssl'))('OpenClaw in a paper box', () => {
  let home: TestHome;
  let endpoint: LlmEndpoint;
  let name: string;
  let result: CliResult;

  beforeAll(async () => {
    home = new TestHome();
    endpoint = await startLlmEndpoint({ host: llmHost, script });
    const work = home.workdir({ 'openclaw.json': JSON.stringify(openclawConfig, null, 2) });
    home.writeConfig(tradeboxConfig(home, endpoint));
    name = home.boxName('openclaw');
    const words = [
      'agent',
      'exec',
      'Check the account',
      '--config',
      '/workspace/openclaw.json',
      '--model',
      'desk/scripted',
      '--json',
    ];
    result = await home.run(
      ['run', 'openclaw', work, '--name', name, '--paper', '--mode', 'demo', '--', ...words],
      {
        timeoutMs: imageBuildTimeoutMs,
        env: { DESK_LLM_REAL_KEY: realKey },
      },
    );
  }, imageBuildTimeoutMs);
  afterAll(async () => {
    await endpoint?.close();
    await home?.dispose();
  });

  test('the agent run ends well, and its code is ours', () => {
    expect(result.code, shown(result)).toBe(0);
    expect(envelopeOf(result)).toMatchObject({
      ok: true,
      final: finalWords,
      toolSummary: { calls: 2, failures: 0 },
    });
  });

  test('okx diagnose and okx account balance passed through its exec tool', () => {
    const [diagnosed, balance] = endpoint.toolResults();
    expect(diagnosed).toContain('All checks passed');
    expect(diagnosed).toContain('diagnose ended with 0');
    expect(balance).toContain('balance ended with 0');
    expect(balance).toMatch(/USDT/);
  });

  test('the endpoint saw the real LLM key in each request, the agent only a decoy', () => {
    expect(endpoint.seen.length).toBeGreaterThanOrEqual(script.length);
    for (const { authorization } of endpoint.seen) expect(authorization).toBe(`Bearer ${realKey}`);
    const decoy = /llm key (\S+)/.exec(endpoint.toolResults()[1] ?? '')?.[1];
    expect(decoy).toMatch(/^\S{8,}$/);
    expect(decoy).not.toBe(realKey);
  });

  test('answers were streamed and nothing that came back to the agent holds the real key', () => {
    expect(endpoint.seen.every(({ body }) => body.stream === true)).toBe(true);
    expect(hunt({ 'LLM key': realKey }, [place('CLI output', home.transcript.join('\n'))])).toEqual([]);
  });

  test('the journal names the host and holds no key', async () => {
    const shownJournal = await home.ok(['audit', 'show', name, '--json']);
    expect(shownJournal.stdout).toContain(llmHost);
    expect(hunt({ 'LLM key': realKey }, [place('journal', shownJournal.stdout)])).toEqual([]);
  });
});

/** A desk's own LLM: a key that the agent never holds, a host at a private address with its own authority. */
function tradeboxConfig(home: TestHome, endpoint: LlmEndpoint): string {
  const ca = path.basename(home.writePrivate('desk-ca.pem', endpoint.ca));
  return `version: 1
credentials:
  desk-llm:
    hosts: [${llmHost}]
    bearer: true
    value: env:DESK_LLM_REAL_KEY
    env: [DESK_LLM_KEY]
    llm: true
pins:
  - host: ${llmHost}
    address: ${hostAddress()}
    port: ${endpoint.port}
    ca: ${ca}
    reason: the desk's own model, on this machine
`;
}

/** OpenClaw's JSON envelope; its progress goes to stderr. */
function envelopeOf({ stdout }: CliResult): unknown {
  return JSON.parse(stdout.slice(stdout.indexOf('{'), stdout.lastIndexOf('}') + 1));
}
