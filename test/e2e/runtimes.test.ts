// Runtimes that people use do TLS from inside the box, unmodified, both ways in: by the proxy variables and by DNS, and as
// children with an empty environment. Which way was taken is read from the journal, not from variables.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, imageBuildTimeoutMs, startBox } from '../support/box.js';
import { TestHome } from '../support/home.js';
import { skipReason } from '../support/requirements.js';

const url = 'https://www.okx.com/api/v5/public/time';
const profile = `name: runtimes
description: the runtimes people use
image:
  apt: [bash, ca-certificates, curl, git, python3, python3-requests, python3-httpx, python3-aiohttp, rclone]
command: [sleep, infinity]
accounts: [okx]
`;

/** Which way a program takes with our proxy variables set. */
type Way = 'connect' | 'tls';

/** Each makes one request and prints its status, 200; git and rclone ask for what the policy denies, and print that 403. */
const programs: Record<string, { line: string; status: string; withVariables: Way }> = {
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
  git: { line: 'git ls-remote https://www.okx.com/x.git 2>&1', status: '403', withVariables: 'connect' },
  'Go (rclone)': {
    line: 'rclone --retries 1 --low-level-retries 1 lsf --http-no-head --http-url https://www.okx.com/x/ :http: 2>&1',
    status: '403',
    withVariables: 'connect',
  },
};

const variables = 'HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy';
/** How each is run: an MCP client leaves its children a home and a path, others not even that. */
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

describe.skipIf(skipReason('docker', 'registry'))('runtimes', () => {
  let home: TestHome;
  let box: Box;
  beforeAll(async () => {
    home = new TestHome();
    home.writeProfile('runtimes', profile);
    box = await startBox(home, { profile: 'runtimes', workdir: home.workdir(), hint: 'runtimes' });
  }, imageBuildTimeoutMs);
  afterAll(() => home?.dispose());

  test.each(Object.entries(ways))('%s', async (_name, { before, way }) => {
    const from = (await box.journal()).length;
    const all = Object.values(programs);
    const words = all.map(
      ({ line }) =>
        `${before} sh -c 'export PATH; ${line.replaceAll("'", `'\\''`)}' 2>&1 | tr '\\n' ' '; echo`,
    );
    const { stdout } = await box.sh(words.join('\n'));
    const printed = stdout.trim().split('\n');
    const decided = (await box.journal()).slice(from).filter(({ event }) => event.type === 'request.decided');
    const seen = Object.keys(programs).map((name, index) => {
      const status = all[index]?.status ?? '';
      const line = printed[index] ?? '';
      return `${name}: ${line.includes(status) ? status : line.slice(0, 200)}`;
    });
    expect(seen).toEqual(Object.entries(programs).map(([name, { status }]) => `${name}: ${status}`));
    expect(decided.map(({ event }) => event.ingress)).toEqual(
      all.map(({ withVariables }) => way ?? withVariables),
    );
  });

  test('control: Node itself, past its wrapper and without a variable, trusts nobody here', async () => {
    const { stdout } = await box.sh(
      `env -i /usr/local/bin/node -e "fetch('${url}').catch((error) => console.log(error.cause.code))"`,
    );
    expect(stdout.trim()).toMatch(/SELF_SIGNED|UNABLE_TO/);
  });
});
