// A box on a real Podman, through its Docker API: what only Podman itself can say of it. Root only: rootless needs a user's session.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, imageBuildTimeoutMs, startBox } from '../../support/box.js';
import { docker, inspectBox } from '../../support/docker.js';
import { TestHome } from '../../support/home.js';
import { PodmanService } from '../../support/podman.js';
import { plainShell } from '../../support/profiles.js';
import { skipReason } from '../../support/requirements.js';

const url = 'https://www.okx.com/api/v5/public/time';

describe.skipIf(skipReason('docker', 'podman'))('Podman', () => {
  const podman = new PodmanService();
  const dockerHost = process.env.DOCKER_HOST;
  let home: TestHome;
  let box: Box;
  let workdir: string;

  beforeAll(async () => {
    home = new TestHome();
    home.writeProfile('sh', plainShell);
    workdir = home.workdir({ 'mine.txt': 'mine' });
    const start = () =>
      startBox(home, { profile: 'sh', workdir, hint: 'podman', args: ['-c', 'sleep 3600'] });
    // Docker makes the images, and none of it is left but them.
    const first = await start();
    const { agent, sidecar } = inspectBox(first.name);
    const record = JSON.parse(readFileSync(path.join(home.stateDir, 'base-image.json'), 'utf8')) as {
      tag: string;
    };
    await home.ok(['stop', first.name]);
    await podman.start([agent.Config.Image, sidecar.Config.Image, record.tag]);
    process.env.DOCKER_HOST = podman.address;
    box = await start();
  }, imageBuildTimeoutMs);

  afterAll(async () => {
    await home?.dispose();
    if (dockerHost === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = dockerHost;
    await podman.stop();
  });

  test('it is Podman that answers', () => {
    expect(docker('version', '--format', '{{range .Server.Components}}{{.Name}} {{end}}')).toContain(
      'Podman',
    );
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

  test('its user is the one of the directory, whose files are its own on both sides', async () => {
    const { uid, gid } = statSync(workdir);
    const made = await box.sh('id -u; id -g; cat mine.txt && echo hers > hers.txt && cat hers.txt');
    expect(made.stdout.split('\n').slice(0, 2)).toEqual([String(uid), String(gid)]);
    expect(made.stdout).toContain('mine');
    const hers = statSync(path.join(workdir, 'hers.txt'));
    expect([hers.uid, hers.gid]).toEqual([uid, gid]);
    writeFileSync(path.join(workdir, 'mine.txt'), 'changed');
    expect((await box.sh('cat mine.txt')).stdout).toBe('changed');
  });

  test('diagnose proves the boundary, but for the control that needs a weaker network than Podman makes', async () => {
    const told = await home.run(['diagnose', box.name, '--json']);
    const { checks } = JSON.parse(told.stdout) as { checks: { id: string; status: string }[] };
    expect(checks.filter(({ status }) => status === 'fail').map(({ id }) => id)).toEqual([
      'negative-control',
    ]);
    expect(checks.filter(({ status }) => status === 'pass').map(({ id }) => id)).toEqual(
      expect.arrayContaining(['network', 'names', 'confinement', 'identity', 'limits', 'trust', 'proxies']),
    );
  });
});
