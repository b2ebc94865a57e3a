// What is said where no base image can be had; how one is made is in test/integration/sandbox/images.test.ts.
import { expect, test } from 'vitest';
import { buildFailure } from '../../../src/sandbox/base-image.js';

const noRoot = [new Error('spawn sudo ENOENT'), new Error('sudo: a password is required')];

test('without root, root is asked for', () => {
  for (const thrown of noRoot) {
    expect(buildFailure(thrown)).toMatchObject({
      code: 'IMAGE_BASE_UNAVAILABLE',
      remedy: expect.stringContaining('run once as root'),
    });
  }
});

test('a rootless engine, which root may not use, gets the image from the one of root', () => {
  const address = 'unix:///run/user/1000/docker.sock';
  for (const thrown of noRoot) {
    const { code, remedy } = buildFailure(thrown, { tag: 'tradebox/base:1234', address });
    expect(code).toBe('IMAGE_BASE_UNAVAILABLE');
    expect(remedy).toContain(`\`docker save tradebox/base:1234 | docker -H ${address} load\``);
    expect(remedy).not.toContain('run once as root');
  }
});

test('other trouble of the build is told as it is', () => {
  const handOver = { tag: 'tradebox/base:1234', address: 'unix:///run/user/1000/docker.sock' };
  expect(buildFailure(new Error('tar: No space left on device'), handOver).code).toBe('DISK_FULL');
  expect(buildFailure(new Error('debootstrap: no mirror'), handOver)).toMatchObject({
    code: 'IMAGE_BUILD_FAILED',
    message: expect.stringContaining('debootstrap: no mirror'),
  });
});
