// Images are built when their content changes and never else; failures show the log. Covers src/sandbox/{images,base-image,recipe}.ts.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tarOf } from '../../../src/sandbox/archive.js';
import { ensureBase, pullBase, recordedBase } from '../../../src/sandbox/base-image.js';
import { describeImages, ensureImages } from '../../../src/sandbox/images.js';
import { docker } from '../../support/docker.js';
import { skipReason } from '../../support/requirements.js';
import { bareRecipe, Rig } from './rig.js';

describe.skipIf(skipReason('docker'))('images', () => {
  let rig: Rig;
  const made: string[] = [];
  beforeAll(async () => {
    rig = await Rig.open();
  });
  afterAll(async () => {
    for (const tag of made) await rig.engine.api.images.remove(tag).catch(() => {});
    await rig.close();
  });

  const ensure = async (more: Partial<typeof bareRecipe>, stateDir = rig.stateDir) => {
    const lines: string[] = [];
    const images = await ensureImages(
      rig.engine,
      { env: rig.env, stateDir },
      { ...bareRecipe, ...more },
      (line) => lines.push(line),
    );
    return { images, lines };
  };

  test('nothing is built a second time, and nothing is asked of the network', async () => {
    const startedAt = performance.now();
    const { images, lines } = await ensure({});
    expect(images).toEqual(rig.images);
    expect(lines).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  test('a step more is another image over the same tools; its progress is told', async () => {
    const { images, lines } = await ensure({
      steps: [`echo ${randomBytes(4).toString('hex')} > /etc/marker`],
    });
    made.push(images.agent);
    expect(images.agent).not.toBe(rig.images.agent);
    expect(images.sidecar).toBe(rig.images.sidecar);
    expect(lines[0]).toMatch(/^agent image of test: building tradebox\/agent-test:/);
    expect(lines.some((line) => line.startsWith('tools:'))).toBe(false);
    expect(
      docker('run', '--rm', '--network', 'none', '--entrypoint', 'cat', images.agent, '/etc/marker'),
    ).toMatch(/^[0-9a-f]{8}$/);
  });

  test('an agent image has no setuid file, no authority of the host, and a user with a name', () => {
    const line =
      'find / -xdev -perm /6000 -type f; find /etc/ssl/certs -type f -size +0; ls /opt/tradebox; whoami; echo $HOME';
    expect(
      docker('run', '--rm', '--network', 'none', '--entrypoint', 'sh', rig.images.agent, '-c', line).split(
        '\n',
      ),
    ).toEqual([
      'finish',
      'gate',
      'keeper',
      'trust.so',
      process.getuid?.() === 0 ? 'root' : 'agent',
      '/home/agent',
    ]);
  });

  test('the sidecar image is the base, our two programs and a snapshot of the first', () => {
    expect(
      docker('run', '--rm', '--network', 'none', '--entrypoint', 'ls', rig.images.sidecar, '/app').split(
        '\n',
      ),
    ).toEqual(['probe.cjs', 'sidecar.blob', 'sidecar.cjs']);
  });

  test('a failed build shows the last lines of its log and leaves no image', async () => {
    const steps = ['for i in $(seq 30); do echo step-line-$i; done; echo the reason >&2; exit 3'];
    const failure = await ensure({ steps }).then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(failure).toMatchObject({ code: 'IMAGE_BUILD_FAILED', remedy: expect.stringMatching(/./) });
    expect(failure.message).toContain('the reason');
    expect(failure.message).toContain('step-line-30');
    expect(failure.message).not.toContain('step-line-1\n');
    expect(failure.message.split('\n').length).toBeLessThanOrEqual(23);
  });

  test('two that need the same image at once: one builds, the other waits and takes it', async () => {
    const steps = [`sleep 1; echo ${randomBytes(4).toString('hex')} > /etc/marker`];
    const [one, two] = await Promise.all([ensure({ steps }), ensure({ steps })]);
    made.push(one.images.agent);
    expect(one.images).toEqual(two.images);
    const built = [...one.lines, ...two.lines].filter((line) =>
      line.includes('building tradebox/agent-test'),
    );
    expect(built).toHaveLength(1);
    expect([...one.lines, ...two.lines].some((line) => line.includes('waiting for it'))).toBe(true);
  });

  test('what there is can be told without building', async () => {
    const known = await describeImages(rig.engine, rig.stateDir, bareRecipe);
    expect(known.map(({ role, present }) => [role, present])).toEqual([
      ['base', true],
      ['sidecar', true],
      ['agent', true],
    ]);
    const fresh = mkdtempSync(join(tmpdir(), 'tradebox-fresh-'));
    expect(await describeImages(rig.engine, fresh, bareRecipe)).toEqual([
      { role: 'base', tag: '', present: false },
    ]);
    rmSync(fresh, { recursive: true });
  });

  test('without a registry the base comes from packages, which is said and remembered', async () => {
    const lines: string[] = [];
    // A registry that nobody can have: the reserved name of RFC 6761.
    const pulled = await pullBase(
      rig.engine,
      undefined,
      (line) => lines.push(line),
      'registry.invalid/node:24',
    );
    expect(pulled).toBeUndefined();
    expect(lines).toEqual(['base: no image registry in reach, building from Debian packages']);
    const base = await ensureBase(rig.engine, rig.env, rig.stateDir, () => {});
    expect(recordedBase(rig.stateDir)).toMatchObject({ tag: base.tag, kind: base.kind });
    expect(
      docker('run', '--rm', '--network', 'none', '--entrypoint', 'node', base.tag, '-p', 'process.version'),
    ).toMatch(/^v24\./);
  });

  test('with a registry the base is pulled by the digest its tag stood for, and by that digest ever after', async () => {
    const registry = await oneImageRegistry();
    try {
      const image = `127.0.0.1:${registry.port}/node:24`;
      const first = await pullBase(rig.engine, undefined, () => {}, image);
      expect(first).toMatchObject({
        kind: 'registry',
        reference: `127.0.0.1:${registry.port}/node@${registry.digest}`,
      });
      if (first === undefined) throw new Error('unreachable');
      expect((await rig.engine.api.images.find(first.tag))?.digests).toContain(first.reference);
      await rig.engine.api.images.remove(first.tag);
      await rig.engine.api.images.remove(first.reference ?? '');
      const before = registry.tagQuestions();
      const second = await pullBase(rig.engine, first, () => {}, image);
      expect(second).toEqual(first);
      expect(registry.tagQuestions()).toBe(before);
      await rig.engine.api.images.remove(first.tag);
      await rig.engine.api.images.remove(first.reference ?? '');
    } finally {
      registry.close();
    }
  });

  test('the base script is part of the package', () => {
    expect(existsSync(new URL('../../../images/base/rootfs.sh', import.meta.url))).toBe(true);
    expect(readFileSync(new URL('../../../images/agent/gate', import.meta.url), 'utf8')).toContain(
      '/run/tradebox/ready',
    );
  });
});

/** A registry (OCI distribution specification) with one image of one small layer. */
async function oneImageRegistry() {
  const digestOf = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const layer = await tarOf([{ path: 'marker', content: randomBytes(8).toString('hex') }]);
  const packed = gzipSync(layer);
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
    }),
  );
  const type = 'application/vnd.docker.distribution.manifest.v2+json';
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: type,
      config: {
        mediaType: 'application/vnd.docker.container.image.v1+json',
        size: config.length,
        digest: digestOf(config),
      },
      layers: [
        {
          mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
          size: packed.length,
          digest: digestOf(packed),
        },
      ],
    }),
  );
  const blobs = new Map([packed, config].map((bytes) => [digestOf(bytes), bytes]));
  let tagQuestions = 0;
  const server = http.createServer((request, response) => {
    const path = request.url ?? '';
    const blob = blobs.get(path.split('/').at(-1) ?? '');
    if (path === '/v2/') return response.end('{}');
    if (path.endsWith('/manifests/24')) tagQuestions += 1;
    const body = path.includes('/manifests/') ? manifest : blob;
    if (body === undefined) return response.writeHead(404).end();
    response.writeHead(200, {
      'content-type': path.includes('/manifests/') ? type : 'application/octet-stream',
      'content-length': body.length,
      'docker-content-digest': digestOf(body),
    });
    return response.end(request.method === 'HEAD' ? undefined : body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    digest: digestOf(manifest),
    tagQuestions: () => tagQuestions,
    close: () => server.close(),
  };
}
