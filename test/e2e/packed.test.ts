// The package as a user installs it: `npm pack`, installed into an empty prefix outside the checkout, and a box run from there.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imageBuildTimeoutMs } from '../support/box.js';
import { describe as shown, TestHome } from '../support/home.js';
import { repositoryRoot } from '../support/repository.js';
import { skipReason } from '../support/requirements.js';

describe.skipIf(skipReason('docker', 'registry'))('the packed tarball', () => {
  let prefix: string;
  let home: TestHome;
  let packed: string[];

  beforeAll(() => {
    prefix = mkdtempSync(path.join(tmpdir(), 'tradebox-packed-'));
    const npm = (cwd: string, ...words: string[]) =>
      execFileSync('npm', words, {
        cwd,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 300_000,
      });
    const [pack] = JSON.parse(
      npm(repositoryRoot, 'pack', '--json', '--ignore-scripts', '--pack-destination', prefix),
    );
    packed = pack.files.map(({ path: file }: { path: string }) => file);
    writeFileSync(path.join(prefix, 'package.json'), '{"private": true}\n');
    npm(
      prefix,
      'install',
      '--omit=dev',
      '--no-audit',
      '--no-fund',
      '--no-package-lock',
      path.join(prefix, pack.filename),
    );
    home = new TestHome({ program: [path.join(prefix, 'node_modules/.bin/tradebox')] });
  }, 300_000);
  afterAll(async () => {
    await home?.dispose();
    rmSync(prefix, { recursive: true, force: true });
  });

  test('holds what it needs and nothing of the workshop', () => {
    for (const file of ['dist/main.js', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json'])
      expect(packed).toContain(file);
    for (const directory of ['dist/sidecar/', 'images/', 'profiles/']) {
      expect(
        packed.some((file) => file.startsWith(directory)),
        directory,
      ).toBe(true);
    }
    expect(packed.filter((file) => /^(src|test|scripts|\.ci|node_modules)\//.test(file))).toEqual([]);
  });

  test('needs none of the development packages', () => {
    const installed = readdirSync(path.join(prefix, 'node_modules'));
    for (const name of ['vitest', 'esbuild', 'typescript', 'ccxt', 'okx-api'])
      expect(installed).not.toContain(name);
  });

  test('tradebox --help and --version', async () => {
    const help = await home.ok(['--help']);
    expect(help.stdout).toContain('diagnose');
    const version = await home.ok(['--version']);
    expect(version.stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('lists its profiles', async () => {
    const listed = await home.ok(['profiles']);
    for (const name of ['openclaw', 'okx-cli', 'shell', 'node-strategy'])
      expect(listed.stdout).toContain(name);
  });

  test(
    'runs a box in which the real okx CLI reads the paper balance',
    async () => {
      const words = ['run', 'okx-cli', home.workdir(), '--paper', '--name', home.boxName('packed')];
      const result = await home.run([...words, '--', 'account', 'balance'], {
        timeoutMs: imageBuildTimeoutMs,
      });
      expect(result.code, shown(result)).toBe(0);
      expect(result.stdout).toContain('USDT');
    },
    imageBuildTimeoutMs,
  );
});
