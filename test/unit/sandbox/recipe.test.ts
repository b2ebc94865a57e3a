import { expect, test } from 'vitest';
import {
  type AgentRecipe,
  agentDockerfile,
  contentHash,
  sidecarDockerfile,
  toolsDockerfile,
} from '../../../src/sandbox/recipe.js';
import { sidecarCommand } from '../../../src/sandbox/spec.js';

const recipe: AgentRecipe = { name: 'x', apt: [], npm: [], runsNpmScripts: false, steps: [] };
const user = { uid: 1000, gid: 100 };
const lines = (more: Partial<AgentRecipe>) =>
  agentDockerfile('tradebox/tools:1', { ...recipe, ...more }, user)
    .trim()
    .split('\n');

test("an agent image ends with the user's entry, and runs as the user", () => {
  expect(lines({})).toEqual([
    'FROM tradebox/tools:1 AS make',
    'COPY build-ca.pem trust.c /opt/tradebox/',
    expect.stringMatching(/^RUN apt-get .* install .* gcc && gcc .*trust\.so .* purge -y --auto-remove gcc/),
    'FROM tradebox/tools:1',
    'ARG NPM_CONFIG_REGISTRY',
    'COPY build-ca.pem /opt/tradebox/',
    'RUN /opt/tradebox/finish 1000 100',
    'COPY --from=make /opt/tradebox/trust.so /opt/tradebox/trust.so',
    expect.stringContaining('ln -sfn /run/tradebox/ca.pem'),
    'COPY keeper /opt/tradebox/keeper',
    'ENV HOME=/home/agent',
    'USER 1000:100',
    'WORKDIR /workspace',
  ]);
});

test('npm packages run no install script unless the recipe says so', () => {
  const install = (more: Partial<AgentRecipe>) =>
    lines({ npm: ['a@1.0.0', '@b/c@2.0.0'], ...more }).find((line) => line.includes('npm install'));
  expect(install({})).toContain('--ignore-scripts a@1.0.0 @b/c@2.0.0');
  expect(install({ runsNpmScripts: true })).not.toContain('--ignore-scripts');
});

test('packages of the distribution come before those of npm, steps after both', () => {
  const text = lines({ apt: ['jq'], npm: ['a@1.0.0'], steps: ['echo done'] }).join('\n');
  const places = ['jq', 'a@1.0.0', 'echo done', '/opt/tradebox/finish'].map((word) => text.indexOf(word));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places.every((place) => place >= 0)).toBe(true);
});

test('a step stays one instruction, whatever it holds', () => {
  const [step] = lines({ steps: ["echo 'it''s' \\\n  && true\nUSER root"] }).filter((line) =>
    line.includes('sh -euc'),
  );
  expect(step).toMatch(/^RUN .*sh -euc '/);
  expect(lines({ steps: ['a\nUSER root'] }).filter((line) => line.startsWith('USER'))).toEqual([
    'USER 1000:100',
  ]);
});

test('the tools come from the base, without setuid files', () => {
  const text = toolsDockerfile('tradebox/base:1');
  expect(text).toMatch(/^FROM tradebox\/base:1\n/);
  expect(text).toContain('chmod a-s');
  expect(text).toContain('python3-requests');
});

test('the sidecar is the base and our two programs', () => {
  const lines = sidecarDockerfile('b').trim().split('\n');
  expect(lines.slice(0, 2)).toEqual(['FROM b', 'COPY sidecar.cjs probe.cjs /app/']);
  expect(lines[2]).toMatch(
    /^RUN .* --snapshot-blob \/app\/sidecar\.blob --build-snapshot \/app\/sidecar\.cjs && /,
  );
  expect(lines[2]).toContain(`${sidecarCommand.join(' ')} </dev/null >/dev/null; [ $? -eq 70 ]`);
  expect(lines.slice(3)).toEqual(['WORKDIR /', `CMD ${JSON.stringify(sidecarCommand)}`]);
});

test('a hash tells parts apart, not only their sum', () => {
  expect(contentHash(['ab', 'c'])).not.toBe(contentHash(['a', 'bc']));
  expect(contentHash(['ab', Buffer.from('c')])).toBe(contentHash([Buffer.from('ab'), 'c']));
  expect(contentHash(['x'])).toMatch(/^[0-9a-f]{16}$/);
});
