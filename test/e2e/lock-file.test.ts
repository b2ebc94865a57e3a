// Lock-file installs in a box of the regime `trade`: npm itself, in a real box, against a registry of this test's own.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, get, type Server } from 'node:https';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, imageBuildTimeoutMs, startBox } from '../support/box.js';
import { hostAddress } from '../support/docker.js';
import { TestHome } from '../support/home.js';
import { plainShell } from '../support/profiles.js';
import { skipReason } from '../support/requirements.js';
import { makeCertificate } from '../support/throwaway-ca.js';

const host = 'packages.desk.test';
const prefix = '/npm';
const tarballPath = (name: string, version: string) => `${prefix}/${name}/-/${name}-${version}.tgz`;

/** What npm would make of a small package; `built` is written by its install script. */
const packages = [
  { name: 'tb-first', version: '1.0.0', dependencies: { 'tb-second': '1.0.0' } },
  { name: 'tb-first', version: '2.0.0', dependencies: {} },
  { name: 'tb-second', version: '1.0.0', dependencies: {} },
  { name: 'tb-other', version: '1.0.0', dependencies: {} },
];
const script = `node -e "require('fs').writeFileSync('built', 'yes')"`;

describe.skipIf(skipReason('docker', 'openssl'))('a lock file in a trade box', () => {
  const { ca, cert, key } = makeCertificate([host]);
  const served = new Map<string, Buffer>();
  const taken: { line: string; fields: string[] }[] = [];
  let server: Server;
  let port = 0;
  let home: TestHome;
  let workdir: string;
  let box: Box;
  let env: Record<string, string>;
  let lock: string;

  /** npm's own default, which it tells itself. */
  const standardRegistry = () => {
    const listed = execFileSync('npm', ['config', 'list', '--long'], { encoding: 'utf8', stdio: 'pipe' });
    const [, url = ''] = /^(?:; )?registry = "([^"]+)"/m.exec(listed) ?? [];
    return url;
  };
  const makeTarballs = () => {
    for (const { name, version, dependencies } of packages) {
      const directory = path.join(home.root, `${name}-${version}`);
      mkdirSync(directory);
      const scripts = { install: script };
      writeFileSync(
        path.join(directory, 'package.json'),
        JSON.stringify({ name, version, dependencies, scripts }),
      );
      writeFileSync(path.join(directory, 'index.js'), `module.exports = '${name} ${version}';\n`);
      execFileSync('npm', ['pack', '--silent', '--ignore-scripts'], { cwd: directory, stdio: 'pipe' });
      served.set(tarballPath(name, version), readFileSync(path.join(directory, `${name}-${version}.tgz`)));
    }
    for (const name of new Set(packages.map((one) => one.name))) {
      const own = packages.filter((one) => one.name === name);
      const versions = own.map((one) => [
        one.version,
        { ...one, dist: { tarball: `https://${host}:${port}${tarballPath(name, one.version)}` } },
      ]);
      const document = { name, 'dist-tags': { latest: '1.0.0' }, versions: Object.fromEntries(versions) };
      served.set(`${prefix}/${name}`, Buffer.from(JSON.stringify(document)));
    }
  };
  const entry = (name: string, version: string, resolved: string) => ({
    version,
    resolved,
    integrity: `sha512-${createHash('sha512')
      .update(served.get(tarballPath(name, version)) ?? '')
      .digest('base64')}`,
    hasInstallScript: true,
    ...(name === 'tb-first' ? { dependencies: { 'tb-second': '1.0.0' } } : {}),
  });
  const lockOf = (more: Record<string, object> = {}) =>
    JSON.stringify({
      name: 'desk',
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': { name: 'desk', dependencies: { 'tb-first': '1.0.0' } },
        // As a lock file says that was made at npm's default registry, and one that was made here.
        'node_modules/tb-first': entry(
          'tb-first',
          '1.0.0',
          `${standardRegistry()}tb-first/-/tb-first-1.0.0.tgz`,
        ),
        'node_modules/tb-second': entry(
          'tb-second',
          '1.0.0',
          `https://${host}:${port}${tarballPath('tb-second', '1.0.0')}`,
        ),
        ...more,
      },
    });
  const configure = (hosts: string) => {
    const file = home.writePrivate('packages-ca.pem', ca);
    home.writeConfig(`version: 1
accounts: { desk: { venue: okx, environment: demo, credentials: { apiKey: "env:LOCK_KEY", secretKey: "env:LOCK_KEY", passphrase: "env:LOCK_KEY" } } }
hosts: ${hosts}
pins:
  - { host: ${host}, address: ${hostAddress()}, port: ${port}, ca: ${file}, registry: true, reason: a registry of this test }
`);
  };
  const locked = '[{ preset: "registry:npm", lockFile: package-lock.json, reason: "npm ci" }]';
  /** Status of each request from inside the box; 0 where the proxy opens no tunnel. */
  const ask = async (...asked: { target: string; method?: string; body?: string; note?: string }[]) => {
    const program = `
(async () => {
  const statuses = [];
  for (const { target, method = 'GET', body, note } of JSON.parse(process.argv[1])) {
    const headers = note === undefined ? {} : { 'x-note': note, 'user-agent': note, cookie: note, accept: note };
    const answer = await fetch('https://${host}:${port}' + target, { method, body, headers }).catch(() => ({ status: 0 }));
    await answer.arrayBuffer?.();
    statuses.push(answer.status);
  }
  console.log(JSON.stringify(statuses));
})();`;
    const { code, stdout, stderr } = await box.exec(['node', '-e', program, JSON.stringify(asked)]);
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as number[];
  };
  const lines = () => taken.map(({ line }) => line);
  const denied = async () =>
    (await box.journal()).filter(({ event }) => event.type === 'request.decided' && event.verdict === 'deny');

  beforeAll(async () => {
    home = new TestHome();
    home.writeProfile('sh', plainShell);
    server = createServer({ cert, key }, (request, response) => {
      taken.push({ line: `${request.method} ${request.url}`, fields: request.rawHeaders });
      const body = served.get(request.url ?? '');
      response.writeHead(body === undefined ? 404 : 200).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    port = (server.address() as { port: number }).port;
    makeTarballs();
    lock = lockOf({
      'node_modules/tb-git': {
        version: '1.0.0',
        resolved: 'git+ssh://git@code.test/g.git#1',
        optional: true,
      },
    });
    workdir = home.workdir({
      'package.json': JSON.stringify({ name: 'desk', dependencies: { 'tb-first': '1.0.0' } }),
      'package-lock.json': lock,
    });
    // Whom the user's own client asks for packages.
    env = {
      npm_config_registry: `https://${host}:${port}${prefix}/`,
      LOCK_KEY: `no key of OKX ${randomBytes(12).toString('hex')}`,
    };
    configure(locked);
    box = await startBox(home, {
      profile: 'sh',
      workdir,
      hint: 'lock',
      options: ['--mode', 'readonly'],
      args: ['-c', 'sleep 3600'],
      env,
    });
  }, imageBuildTimeoutMs);
  afterAll(async () => {
    server?.close();
    await home?.dispose();
  });

  test('control: the registry gives everything to whom it is open', async () => {
    const status = await new Promise((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        servername: host,
        port,
        ca,
        path: tarballPath('tb-first', '2.0.0'),
      };
      get(options, (answer) => resolve(answer.resume().statusCode)).on('error', reject);
    });
    expect(status).toBe(200);
    taken.length = 0;
  });

  test('what is opened and what is not is said at the start and by `policy show`', async () => {
    const said =
      'package-lock.json opens 2 tarballs; not opened: node_modules/tb-git (not from a registry over TLS)';
    expect(home.transcript.join('')).toContain(said);
    const shown = await home.run(['policy', 'show', workdir, '--profile', 'sh'], { env });
    expect(shown.stdout).toMatch(/packages\.desk\.test +\d+ +GET 2 tarballs of the lock file .*npm ci/);
    expect(shown.stdout).toContain('not opened: node_modules/tb-git: not from a registry over TLS');
  });

  test('`npm ci` installs what the file names, scripts and all, and asks for nothing else', async () => {
    const before = (await denied()).length;
    const result = await box.sh('cd /workspace && npm ci --omit=optional');
    expect(result, result.stderr).toMatchObject({ code: 0 });
    const used = await box.sh(
      `cd /workspace && node -p "require('tb-first') + ', ' + require('tb-second')" && cat node_modules/tb-first/built`,
    );
    expect(used.stdout).toBe('tb-first 1.0.0, tb-second 1.0.0\nyes');
    expect(lines().sort()).toEqual([
      `GET ${tarballPath('tb-first', '1.0.0')}`,
      `GET ${tarballPath('tb-second', '1.0.0')}`,
    ]);
    for (const { fields } of taken)
      expect(fields.filter((_, index) => index % 2 === 0).sort()).toEqual([
        'accept',
        'accept-encoding',
        'host',
        'user-agent',
      ]);
    expect((await denied()).slice(before)).toEqual([]);
  });

  test('`npm install` of another package fails: nothing is asked of the registry', async () => {
    taken.length = 0;
    const result = await box.sh('mkdir -p /tmp/x && cd /tmp/x && npm install --fetch-retries=0 tb-other');
    expect(result.code).not.toBe(0);
    expect(lines()).toEqual([]);
    expect((await denied()).at(-1)?.event).toMatchObject({ code: 'PATH_DENIED' });
  });

  test('S4: another version, a query, another method, a body and what a header tells stay here', async () => {
    taken.length = 0;
    const open = tarballPath('tb-first', '1.0.0');
    const note = `told ${randomBytes(8).toString('hex')}`;
    expect(
      await ask(
        { target: tarballPath('tb-first', '2.0.0') },
        { target: tarballPath('tb-other', '1.0.0') },
        { target: `${prefix}/tb-first` },
        { target: `${open}?told` },
        { target: open.replace('tb-first-', '%74b-first-') },
        { target: open, method: 'HEAD' },
        { target: open, method: 'PUT', body: note },
        { target: `${prefix}/-/npm/v1/security/advisories/bulk`, method: 'POST', body: note },
      ),
    ).toEqual([403, 403, 403, 403, 403, 403, 403, 403]);
    expect(lines()).toEqual([]);
    expect(await ask({ target: open, note })).toEqual([200]);
    expect(lines()).toEqual([`GET ${open}`]);
    expect(JSON.stringify(taken)).not.toContain(note);
    // None of it is evidence against the box.
    expect((await box.journal()).filter(({ event }) => event.type === 'taint')).toEqual([]);
  });

  test('S13: the box cannot write the file; a changed one opens nothing, until a reset', async () => {
    const written = await box.sh('echo >> /workspace/package-lock.json');
    expect(written.code).not.toBe(0);
    const other = { target: tarballPath('tb-other', '1.0.0') };
    const resolved = `https://${host}:${port}${other.target}`;
    const changed = lockOf({ 'node_modules/tb-other': entry('tb-other', '1.0.0', resolved) });
    writeFileSync(path.join(workdir, 'package-lock.json'), changed);
    const reload = () => home.run(['policy', 'reload', box.name], { env });
    const refused = await reload();
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('began with another package-lock.json'),
    ]);
    expect((await home.run(['restart', box.name], { env })).code).toBe(2);
    expect(await ask(other, { target: tarballPath('tb-first', '1.0.0') })).toEqual([403, 200]);
    writeFileSync(path.join(workdir, 'package-lock.json'), lock);
    expect((await reload()).code).toBe(0);
    expect(await ask(other, { target: tarballPath('tb-first', '1.0.0') })).toEqual([403, 200]);
    writeFileSync(path.join(workdir, 'package-lock.json'), changed);
    await home.ok(['reset', box.name], { env });
    expect(await ask(other, { target: tarballPath('tb-first', '2.0.0') })).toEqual([200, 403]);
  });

  test('a reload without the entry closes the registry', async () => {
    configure('[]');
    await home.ok(['policy', 'reload', box.name], { env });
    expect(await ask({ target: tarballPath('tb-first', '1.0.0') })).toEqual([0]);
  });
});
