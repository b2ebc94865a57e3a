// A box on an engine that a test starts, be it Podman or one without root: the same tests for each.
import { chmodSync, existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Box, imageBuildTimeoutMs, startBox } from '../../support/box.js';
import { docker } from '../../support/docker.js';
import { TestHome } from '../../support/home.js';
import { BoxImages, type OtherEngine } from '../../support/other-engine.js';
import { plainShell } from '../../support/profiles.js';
import { demanded, type Requirement, skipReason } from '../../support/requirements.js';

const url = 'https://www.okx.com/api/v5/public/time';

/** An engine and what it takes to run it. `name` begins with its product. */
export interface EngineCase {
  name: string;
  needs: Requirement;
  make(): OtherEngine;
}

/** Declares the tests for each engine. One that this machine cannot run is skipped with the reason. */
export function testOtherEngines(cases: readonly EngineCase[]): void {
  const images = new BoxImages();
  const reasons = cases.map(({ needs }) => skipReason('docker', needs));

  beforeAll(async () => {
    if (reasons.includes(undefined)) await images.make();
  }, imageBuildTimeoutMs);
  afterAll(() => images.remove());

  cases.forEach((one, at) => {
    describe.skipIf(reasons[at])(one.name, () => testOne(one, images));
  });
}

function testOne({ name, needs, make }: EngineCase, images: BoxImages): void {
  const dockerHost = process.env.DOCKER_HOST;
  let engine: OtherEngine;
  /** Why the engine does not run on this machine. */
  let absence: string | undefined;
  let home: TestHome | undefined;
  let workdir: string;
  let box: Box;

  const homeHere = (): TestHome => {
    if (home === undefined) throw new Error(`${name} has no home`);
    return home;
  };
  const start = (directory: string) =>
    startBox(homeHere(), { profile: 'sh', workdir: directory, hint: 'other', args: ['-c', 'sleep 3600'] });

  beforeAll(async () => {
    engine = make();
    try {
      await engine.start();
    } catch (thrown) {
      if (demanded().has(needs)) throw thrown;
      absence = `${needs} does not start: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
      return;
    }
    process.env.DOCKER_HOST = engine.address;
    home = images.homeOn(engine);
    workdir = home.workdir({ 'mine.txt': 'mine', 'private/key.txt': 'private' });
    chmodSync(path.join(workdir, 'private/key.txt'), 0o600);
    engine.user?.give(workdir);
    box = await start(workdir);
  }, imageBuildTimeoutMs);

  beforeEach(({ skip }) => {
    if (absence !== undefined) skip(absence);
  });

  afterAll(async () => {
    await home?.dispose();
    if (dockerHost === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = dockerHost;
    await engine.stop();
  });

  test('the agent reaches the venue through the sidecar, both ways in, and nothing else', async () => {
    const ask = (before: string, to: string) =>
      box.sh(`${before} curl -sS -m 20 -o /dev/null -w '%{http_code}' ${to} 2>&1`);
    expect((await ask('', url)).stdout).toBe('200');
    expect((await ask('env -i', url)).stdout).toBe('200');
    expect((await ask('', 'https://example.com/')).stdout).toContain('CONNECT tunnel failed, response 403');
    expect((await ask('env -i', 'https://192.0.2.1/')).code).not.toBe(0);
    const seen = (await box.journal()).filter(({ event }) => event.type === 'request.decided');
    expect(seen.map(({ event }) => event.ingress)).toEqual(['connect', 'tls']);
  });

  test('its files are those of the user who started it, on both sides', async () => {
    const { uid, gid } = statSync(workdir);
    expect([uid, gid]).toEqual([engine.user?.uid ?? 0, engine.user?.uid ?? 0]);
    // Without root the engine maps the user to root, which has no power in a box.
    expect((await box.sh('id -u; id -g; grep CapBnd /proc/self/status')).stdout.split(/\s+/)).toEqual(
      expect.arrayContaining(['0', '0', 'CapBnd:', '0000000000000000']),
    );
    const made = await box.sh(
      'cat mine.txt private/key.txt && mkdir -p hers/deep && echo hers > hers/deep/file && echo hers >> private/key.txt',
    );
    expect(made).toMatchObject({ code: 0, stdout: 'mineprivate' });
    for (const file of ['hers', 'hers/deep', 'hers/deep/file', 'private/key.txt']) {
      const seen = statSync(path.join(workdir, file));
      expect([seen.uid, seen.gid], file).toEqual([uid, gid]);
    }
    const asUser = (script: string) => engine.user?.run('sh', '-c', `cd ${workdir} && ${script}`);
    if (engine.user === undefined) writeFileSync(path.join(workdir, 'mine.txt'), 'changed');
    else asUser('printf changed > mine.txt && printf more >> hers/deep/file && rm -r hers');
    expect((await box.sh('cat mine.txt; ls')).stdout).toMatch(/^changed/);
    expect(existsSync(path.join(workdir, 'hers'))).toBe(engine.user === undefined);
    // What this user may not read, its agent may not; there before the box, it would be refused.
    const ofRootFile = path.join(workdir, 'of-root.txt');
    writeFileSync(ofRootFile, 'root', { mode: 0o600 });
    const ofRoot = await box.sh('cat of-root.txt');
    expect(ofRoot.code === 0).toBe(engine.user === undefined);
    if (engine.user !== undefined) expect(() => asUser('cat of-root.txt')).toThrow(/Permission denied/);
    rmSync(ofRootFile);
  });

  test('diagnose proves the boundary, but for limits that cgroup v1 withholds from an engine without root', async () => {
    const told = await homeHere().run(['diagnose', box.name, '--json']);
    const { checks } = JSON.parse(told.stdout) as {
      checks: { id: string; status: string; observed: string }[];
    };
    const { observed } = checks.find(({ id }) => id === 'engine') ?? { observed: '' };
    const [product] = name.split(' ');
    expect(observed).toMatch(new RegExp(`^${product?.toLowerCase()} \\d`));
    // Without root it is found without being named.
    const source = engine.user === undefined ? 'DOCKER_HOST' : `rootless ${product} socket, rootless`;
    expect(observed).toContain(`at ${engine.address}, chosen by ${source}`);
    const isLimited = engine.user === undefined || docker('info', '-f', '{{.CgroupVersion}}') === '2';
    expect(checks.filter(({ status }) => status === 'fail').map(({ id }) => id)).toEqual(
      isLimited ? [] : ['limits'],
    );
    expect(checks.filter(({ status }) => status === 'pass').map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'network',
        'negative-control',
        'names',
        'confinement',
        'identity',
        'trust',
        'proxies',
      ]),
    );
  });

  test('a box begins after another has ended beside a third, and is thrown away', async () => {
    const [first, second] = [homeHere().workdir(), homeHere().workdir()];
    for (const directory of [first, second]) engine.user?.give(directory);
    const ended = await start(first);
    await homeHere().ok(['stop', ended.name]);
    const later = await start(second);
    await homeHere().ok(['reset', later.name]);
    expect((await later.sh(`curl -sS -m 20 -o /dev/null -w '%{http_code}' ${url}`)).stdout).toBe('200');
  });

  // Root's own may be used by whoever may open its socket.
  if (needs === 'podman') return;
  test('whoever does not own it is told so', async () => {
    const other = new TestHome();
    try {
      other.writeProfile('sh', plainShell);
      const told = await other.run([
        'run',
        'sh',
        other.workdir(),
        '--name',
        other.boxName('other'),
        '--paper',
      ]);
      expect(told).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`as user ${engine.user?.uid}`),
      });
    } finally {
      await other.dispose();
    }
  });
}
