import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { asPodmanTakesIt, speaksPodman } from '../../../../src/sandbox/docker/podman.js';
import type { ContainerPlan } from '../../../../src/sandbox/docker/shapes.js';

test('only what Podman says of its two differences counts', () => {
  for (const message of [
    'container create: opening seccomp profile failed: open {"defaultAction":"x"}: file name too long',
    'container create: unknown mount option "uid=10777": invalid mount option',
  ]) {
    expect(speaksPodman(new Error(message)), message).toBe(true);
  }
  expect(speaksPodman(new Error('opening seccomp profile failed: open /etc/profile.json'))).toBe(false);
  expect(speaksPodman(new Error('no such image'))).toBe(false);
});

test('the profile is a private file while the container is created; memory file systems lose their owner', async () => {
  const plan = {
    seccomp: '{"defaultAction":"SCMP_ACT_ERRNO"}',
    tmpfs: { '/run/own': 'rw,size=1m,mode=0700,uid=7,gid=8', '/run/any': 'rw,mode=0755' },
  } as unknown as ContainerPlan;
  let path = '';
  const made = await asPodmanTakesIt(plan, async (asked) => {
    path = asked.seccomp ?? '';
    expect(readFileSync(path, 'utf8')).toBe(plan.seccomp);
    expect(asked.tmpfs).toEqual({ '/run/own': 'rw,size=1m,mode=1777', '/run/any': 'rw,mode=0755' });
    return 'id';
  });
  expect(made).toBe('id');
  expect(existsSync(path)).toBe(false);
});
