import { expect, test } from 'vitest';
import {
  containerState,
  containerSummary,
  engineFacts,
  engineVersion,
  fileChanges,
  imageState,
  networkState,
  versionInHeaders,
} from '../../../../src/sandbox/docker/answers.js';

test('a container that never started has no times', () => {
  const state = containerState({
    Id: 'abc',
    Name: '/tradebox-demo-agent',
    State: {
      Status: 'created',
      ExitCode: 0,
      OOMKilled: false,
      StartedAt: '0001-01-01T00:00:00Z',
      FinishedAt: '0001-01-01T00:00:00Z',
      Error: 'no such file',
    },
    Config: { Image: 'img', Tty: true, OpenStdin: false },
    NetworkSettings: { Networks: { inside: { IPAddress: '10.201.0.3' } } },
  });
  expect(state).toMatchObject({
    name: 'tradebox-demo-agent',
    startedAtMs: undefined,
    finishedAtMs: undefined,
    error: 'no such file',
    hasTerminal: true,
    addresses: { inside: '10.201.0.3' },
    labels: {},
  });
});

test('lists without labels or names are read too', () => {
  expect(
    containerSummary({ Id: 'x', Names: ['/a'], State: 'exited', Status: 'Exited (1) now', Image: 'i' }),
  ).toEqual({
    id: 'x',
    name: 'a',
    labels: {},
    status: 'exited',
    statusText: 'Exited (1) now',
    image: 'i',
  });
  expect(networkState({ Id: 'n', Name: 'net', IPAM: { Config: [{ Subnet: '10.0.0.0/28' }, {}] } })).toEqual({
    id: 'n',
    name: 'net',
    labels: {},
    subnets: ['10.0.0.0/28'],
    members: [],
  });
  expect(imageState({ Id: 'i', Size: 1, Config: { Labels: null } })).toMatchObject({ labels: {}, tags: [] });
});

test('no change is null, and kinds are numbers', () => {
  expect(fileChanges(null)).toEqual([]);
  expect(
    fileChanges([
      { Kind: 0, Path: '/a' },
      { Kind: 1, Path: '/b' },
      { Kind: 2, Path: '/c' },
    ]),
  ).toEqual([
    { path: '/a', kind: 'changed' },
    { path: '/b', kind: 'added' },
    { path: '/c', kind: 'deleted' },
  ]);
});

test('an engine tells its version with each answer; what stands before one and hides that is asked in full', () => {
  const docker = { server: 'Docker/20.10.24+dfsg1 (linux)', 'api-version': '1.41' };
  expect(versionInHeaders(docker)).toEqual({
    product: 'docker',
    version: '20.10.24+dfsg1',
    apiVersion: '1.41',
  });
  const podman = { server: 'Libpod/4.3.1 (linux)', 'api-version': '1.41' };
  expect(versionInHeaders(podman)).toMatchObject({ product: 'podman', version: '4.3.1' });
  for (const headers of [{}, { server: docker.server }, { ...docker, server: 'nginx/1.22' }])
    expect(versionInHeaders(headers)).toBeUndefined();
});

test('Podman is told from Docker, rootless and remapping engines from others', () => {
  const version = { Version: '4.9.3', ApiVersion: '1.41' };
  expect(engineVersion({ ...version, Components: [{ Name: 'Podman Engine' }] }).product).toBe('podman');
  expect(engineVersion({ ...version, Components: [{ Name: 'Engine' }] }).product).toBe('docker');
  expect(engineFacts({ SecurityOptions: ['name=seccomp,profile=default', 'name=rootless'] })).toMatchObject({
    isRootless: true,
    remapsUsers: false,
  });
  // Podman 4.3 names its own way only.
  expect(engineFacts({ SecurityOptions: ['name=seccomp'], Rootless: true })).toMatchObject({
    isRootless: true,
  });
  expect(engineFacts({ SecurityOptions: ['name=seccomp'], Rootless: false })).toMatchObject({
    isRootless: false,
  });
  expect(engineFacts({ SecurityOptions: ['name=userns'], Runtimes: { runc: {}, runsc: {} } })).toMatchObject({
    remapsUsers: true,
    runtimes: ['runc', 'runsc'],
  });
});
