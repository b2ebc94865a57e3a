// Runtimes that people use do TLS from inside the box, unmodified, both ways in: by the proxy variables and by DNS, and as
// children of MCP servers and with an empty environment. Which way was taken is read from the journal, not from variables.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, imageBuildTimeoutMs, startBox } from '../support/box.js';
import { TestHome } from '../support/home.js';
import { skipReason } from '../support/requirements.js';

const url = 'https://www.okx.com/api/v5/public/time';
const socketUrl = 'wss://ws.okx.com:8443/ws/v5/public';
const oldNode = `node-linux-${process.arch}`;
const oldNodeProgram = `/opt/old/node_modules/${oldNode}/bin/node`;
const profile = `name: runtimes
description: the runtimes people use
image:
  apt: [bash, curl, git, python3, python3-requests, python3-httpx, python3-aiohttp, python3-websockets, rclone, ant]
  npm: [axios@1.18.1, ws@8.23.0, '@modelcontextprotocol/client@2.4.0', '@modelcontextprotocol/server@2.4.0']
  steps: ['npm install --no-fund --no-audit --prefix /opt/old ${oldNode}@20.20.2']
command: [sleep, infinity]
accounts: [okx]
`;

/** Which way a program takes with our proxy variables set. */
type Way = 'connect' | 'tls';

/** A Java program that asks as java.net.URLConnection does, with nothing of its own about proxies and trust. */
const antBuild = `<project><get src="${url}" dest="/tmp/from-java"/></project>`;
const modules = 'NODE_PATH=/usr/local/lib/node_modules';

interface Program {
  line: string;
  /** What it prints when it was answered: 200, or 101 for a socket; git and rclone ask for what the policy denies, and print 403. */
  status: string;
  withVariables: Way;
}

const programs: Record<string, Program> = {
  curl: { line: `curl -sS -o /dev/null -w '%{http_code}' ${url}`, status: '200', withVariables: 'connect' },
  'node fetch': {
    line: `node -e "fetch('${url}').then((a) => console.log(a.status))"`,
    status: '200',
    withVariables: 'connect',
  },
  'node https': {
    line: `node -e "require('https').get('${url}', (a) => { console.log(a.statusCode); a.resume(); })"`,
    status: '200',
    withVariables: 'connect',
  },
  'node axios': {
    line: `${modules} node -e "require('axios').get('${url}').then((a) => console.log(a.status))"`,
    status: '200',
    withVariables: 'connect',
  },
  'node ws': {
    line: `${modules} node -e "const s = new (require('ws'))('${socketUrl}'); s.on('upgrade', (a) => console.log(a.statusCode)); s.on('open', () => s.close()); s.on('error', console.log)"`,
    status: '101',
    withVariables: 'tls',
  },
  'Node 20 fetch': {
    line: `${oldNodeProgram} -e "fetch('${url}').then((a) => console.log(process.version.slice(0, 3), a.status))"`,
    status: 'v20 200',
    withVariables: 'tls',
  },
  'a script with env node': {
    line: `printf '%s\\n' '#!/usr/bin/env node' "fetch('${url}').then((a) => console.log(a.status))" > /tmp/s && chmod +x /tmp/s && /tmp/s`,
    status: '200',
    withVariables: 'connect',
  },
  'python urllib': {
    line: `python3 -c "import urllib.request as u; print(u.urlopen('${url}').status)"`,
    status: '200',
    withVariables: 'connect',
  },
  'python requests': {
    line: `python3 -c "import requests; print(requests.get('${url}').status_code)"`,
    status: '200',
    withVariables: 'connect',
  },
  'python httpx': {
    line: `python3 -c "import httpx; print(httpx.get('${url}').status_code)"`,
    status: '200',
    withVariables: 'connect',
  },
  'python aiohttp': {
    line: `python3 -c "
import aiohttp, asyncio
async def main():
  async with aiohttp.ClientSession() as s:
    async with s.get('${url}') as a: print(a.status)
asyncio.run(main())"`,
    status: '200',
    withVariables: 'tls',
  },
  'python websockets': {
    line: `python3 -c "
import asyncio, websockets
async def main():
  async with websockets.connect('${socketUrl}') as s: print(101 if s.open else s)
asyncio.run(main())"`,
    status: '101',
    withVariables: 'tls',
  },
  'Java (ant)': {
    line: `printf '%s' '${antBuild}' > /tmp/build.xml && ant -q -f /tmp/build.xml && python3 -c "import json; print(200 if json.load(open('/tmp/from-java'))['code'] == '0' else 'bad')"; rm -f /tmp/from-java`,
    status: '200',
    withVariables: 'connect',
  },
  git: { line: 'git ls-remote https://www.okx.com/x.git 2>&1', status: '403', withVariables: 'connect' },
  'Go (rclone)': {
    line: 'rclone --retries 1 --low-level-retries 1 lsf --http-no-head --http-url https://www.okx.com/x/ :http: 2>&1',
    status: '403',
    withVariables: 'connect',
  },
};

const variables = 'HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy JAVA_TOOL_OPTIONS';
/** How each is run. */
const ways: Record<string, { before: string; way?: Way }> = {
  'by the proxy variables': { before: '' },
  'without them': {
    before: `env ${variables
      .split(' ')
      .map((name) => `-u ${name}`)
      .join(' ')} NO_PROXY='*'`,
    way: 'tls',
  },
  'with a path and a home only': { before: 'env -i PATH="$PATH" HOME="$HOME"', way: 'tls' },
  'with an empty environment': { before: 'env -i', way: 'tls' },
};

/** A server of MCP that asks the venue itself, and runs lines of shell; in CommonJS, as it finds global packages by no variable. */
const server = `const require_ = require('node:module').createRequire('/usr/local/lib/node_modules/');
const { McpServer } = require_('@modelcontextprotocol/server');
const { StdioServerTransport } = require_('@modelcontextprotocol/server/stdio');
const { spawnSync } = require('node:child_process');
const server = new McpServer({ name: 'prices', version: '1.0.0' });
const say = (value) => ({ content: [{ type: 'text', text: JSON.stringify(value) }] });
server.registerTool('environment', { description: 'its own' }, async () => say(Object.keys(process.env).sort()));
server.registerTool('fetch', { description: 'by itself' }, async () => {
  const told = await fetch('${url}').then((answer) => answer.status, (error) => String(error.cause));
  return say(process.version.split('.')[0] + ' ' + told);
});
server.registerTool('run', { description: 'by its children' }, async () =>
  say(require('/workspace/lines.json').map((line) => String(spawnSync('sh', ['-c', line + ' 2>&1']).stdout))));
server.connect(new StdioServerTransport());
`;

/** Starts that server as agents do, by the SDK's own client, and prints what its tools say. */
const client = `const require_ = require('node:module').createRequire('/usr/local/lib/node_modules/');
const { Client } = require_('@modelcontextprotocol/client');
const { StdioClientTransport } = require_('@modelcontextprotocol/client/stdio');
const [kind, ...tools] = process.argv.slice(2);
const command = { path: 'node', own: process.execPath, old: '${oldNodeProgram}' }[kind];
(async () => {
  const client = new Client({ name: 'agent', version: '1.0.0' });
  await client.connect(new StdioClientTransport({ command, args: ['/workspace/server.cjs'] }));
  for (const name of tools) {
    const { content } = await client.callTool({ name, arguments: {} }, { timeout: 100_000 });
    console.log(content[0].text);
  }
  await client.close();
})();
`;

describe.skipIf(skipReason('docker', 'registry'))('runtimes', () => {
  let home: TestHome;
  let box: Box;
  const all = Object.entries(programs);
  beforeAll(async () => {
    home = new TestHome();
    home.writeProfile('runtimes', profile);
    const lines = JSON.stringify(all.map(([, { line }]) => line));
    const workdir = home.workdir({ 'server.cjs': server, 'client.cjs': client, 'lines.json': lines });
    box = await startBox(home, { profile: 'runtimes', workdir, hint: 'runtimes' });
  }, imageBuildTimeoutMs);
  afterAll(() => home?.dispose());

  /** Runs what asks the venue once for each entry; the ways that the sidecar saw. */
  const waysOf = async (line: string): Promise<{ stdout: string; ways: unknown[] }> => {
    const from = (await box.journal()).length;
    const { stdout, stderr, code } = await box.sh(line);
    expect(code, stderr).toBe(0);
    const decided = (await box.journal()).slice(from).filter(({ event }) => event.type === 'request.decided');
    return { stdout, ways: decided.map(({ event }) => event.ingress) };
  };
  const wanted = all.map(([name, { status }]) => `${name}: ${status}`);
  const shown = (printed: readonly string[]) =>
    all.map(([name, { status }], index) => {
      const line = printed[index] ?? '';
      return `${name}: ${line.includes(status) ? status : line.slice(0, 200)}`;
    });

  test.each(Object.entries(ways))('%s', async (_name, { before, way }) => {
    const words = all.map(
      ([, { line }]) =>
        `${before} sh -c 'export PATH; ${line.replaceAll("'", `'\\''`)}' 2>&1 | tr '\\n' ' '; echo`,
    );
    const { stdout, ways: seen } = await waysOf(words.join('\n'));
    expect(shown(stdout.trim().split('\n'))).toEqual(wanted);
    expect(seen).toEqual(all.map(([, { withVariables }]) => way ?? withVariables));
  });

  test('by the children of an MCP server, which is left six variables of those of the box', async () => {
    const { stdout, ways: seen } = await waysOf('node client.cjs path environment run');
    const [environment = '', printed = ''] = stdout.trim().split('\n');
    expect(JSON.parse(environment)).not.toContain('HTTPS_PROXY');
    expect(JSON.parse(environment)).toContain('PATH');
    expect(shown(JSON.parse(printed))).toEqual(wanted);
    expect(seen).toEqual(all.map(() => 'tls'));
  });

  test.each([
    ['as `node` of its path', 'path', 'v24 200'],
    ["as its client's own program", 'own', 'v24 200'],
    ['as a Node 20 that an agent brought along', 'old', 'v20 200'],
  ])('by an MCP server itself, started %s', async (_name, kind, told) => {
    const { stdout, ways: seen } = await waysOf(`node client.cjs ${kind} fetch`);
    expect(JSON.parse(stdout)).toBe(told);
    expect(seen).toEqual(['tls']);
  });

  test('proxies that clients read from files of their own lead nowhere, and diagnose tells whose', async () => {
    const own = 'http://192.0.2.7:3128';
    const written = await box.sh(
      `cd && git config --global http.proxy ${own} && echo 'proxy=${own}' > .npmrc && echo 'proxy = ${own}' > .curlrc`,
    );
    expect(written.code, written.stderr).toBe(0);
    const told = await home.run(['diagnose', box.name, '--json']);
    const { checks } = JSON.parse(told.stdout) as {
      checks: { id: string; status: string; observed: string }[];
    };
    const check = checks.find(({ id }) => id === 'own-settings');
    await box.sh('cd && rm .gitconfig .npmrc .curlrc');
    expect(check?.status).toBe('warn');
    const seen = (check?.observed ?? '').split('; ');
    expect(seen).toContain(`git (file:/home/agent/.gitconfig http.proxy ${own}): nowhere`);
    expect(seen).toContain(`curl (/home/agent/.curlrc:proxy = ${own}): nowhere`);
    expect(seen).toContain(`npm (/home/agent/.npmrc:proxy=${own}): nowhere`);
  });

  test('control: Node of another bundle, and Java without its store, trust nobody here', async () => {
    for (const node of ['/usr/local/bin/node', oldNodeProgram]) {
      const { stdout } = await box.sh(
        `env -i NODE_EXTRA_CA_CERTS=/etc/hostname ${node} -e "fetch('${url}').catch((error) => console.log(error.cause.code))" 2>&1`,
      );
      expect(stdout.trim()).toMatch(/SELF_SIGNED|UNABLE_TO/);
    }
    const java = await box.sh(
      `printf '%s' '${antBuild}' > /tmp/build.xml; JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=NONE ant -q -f /tmp/build.xml 2>&1`,
    );
    expect(java.code).toBe(1);
    expect(java.stdout).toContain('trustAnchors parameter must be non-empty');
  });
});
