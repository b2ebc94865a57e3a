// Runtimes that people use do TLS from inside the box, unmodified, both ways in: by the proxy variables and by DNS, and as
// children with an empty environment. Which way was taken is read from the journal, not from variables.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, imageBuildTimeoutMs, startBox } from '../support/box.js';
import { TestHome } from '../support/home.js';
import { skipReason } from '../support/requirements.js';

const url = 'https://www.okx.com/api/v5/public/time';
const socketUrl = 'wss://ws.okx.com:8443/ws/v5/public';
const oldNode = `node-linux-${process.arch}`;
const profile = `name: runtimes
description: the runtimes people use
image:
  apt: [bash, curl, git, python3, python3-requests, python3-httpx, python3-aiohttp, python3-websockets, rclone, ant]
  npm: [axios@1.18.1, ws@8.23.0]
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
  /** A second Node that an agent brought along reads its authority from our variable and nowhere else. */
  needsEnvironment?: boolean;
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
    line: `/opt/old/node_modules/${oldNode}/bin/node -e "fetch('${url}').then((a) => console.log(process.version.slice(0, 3), a.status))"`,
    status: 'v20 200',
    withVariables: 'tls',
    needsEnvironment: true,
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
/** How each is run: an MCP client leaves its children a home and a path, others not even that. */
const ways: Record<string, { before: string; way?: Way; isEmpty?: true }> = {
  'by the proxy variables': { before: '' },
  'without them': {
    before: `env ${variables
      .split(' ')
      .map((name) => `-u ${name}`)
      .join(' ')} NO_PROXY='*'`,
    way: 'tls',
  },
  'with a path and a home only': { before: 'env -i PATH="$PATH" HOME="$HOME"', way: 'tls', isEmpty: true },
  'with an empty environment': { before: 'env -i', way: 'tls', isEmpty: true },
};

describe.skipIf(skipReason('docker', 'registry'))('runtimes', () => {
  let home: TestHome;
  let box: Box;
  beforeAll(async () => {
    home = new TestHome();
    home.writeProfile('runtimes', profile);
    box = await startBox(home, { profile: 'runtimes', workdir: home.workdir(), hint: 'runtimes' });
  }, imageBuildTimeoutMs);
  afterAll(() => home?.dispose());

  test.each(Object.entries(ways))('%s', async (_name, { before, way, isEmpty }) => {
    const from = (await box.journal()).length;
    const all = Object.entries(programs).filter(([, one]) => !(isEmpty && one.needsEnvironment));
    const words = all.map(
      ([, { line }]) =>
        `${before} sh -c 'export PATH; ${line.replaceAll("'", `'\\''`)}' 2>&1 | tr '\\n' ' '; echo`,
    );
    const { stdout } = await box.sh(words.join('\n'));
    const printed = stdout.trim().split('\n');
    const decided = (await box.journal()).slice(from).filter(({ event }) => event.type === 'request.decided');
    const seen = all.map(([name, { status }], index) => {
      const line = printed[index] ?? '';
      return `${name}: ${line.includes(status) ? status : line.slice(0, 200)}`;
    });
    expect(seen).toEqual(all.map(([name, { status }]) => `${name}: ${status}`));
    expect(decided.map(({ event }) => event.ingress)).toEqual(
      all.map(([, { withVariables }]) => way ?? withVariables),
    );
  });

  test('control: Node past its wrapper and without a variable, and Java without its store, trust nobody here', async () => {
    const { stdout } = await box.sh(
      `env -i /usr/local/bin/node -e "fetch('${url}').catch((error) => console.log(error.cause.code))"`,
    );
    expect(stdout.trim()).toMatch(/SELF_SIGNED|UNABLE_TO/);
    const java = await box.sh(
      `printf '%s' '${antBuild}' > /tmp/build.xml; JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=NONE ant -q -f /tmp/build.xml 2>&1`,
    );
    expect(java.code).toBe(1);
    expect(java.stdout).toContain('trustAnchors parameter must be non-empty');
  });
});
