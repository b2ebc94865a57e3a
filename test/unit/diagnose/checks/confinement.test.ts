import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { confinementCheck, identityCheck } from '../../../../src/diagnose/checks/confinement.js';
import { fakeBox, fakeContext } from '../fake-context.js';

const confined = { CapEff: '0000000000000000', CapBnd: '0000000000000000', NoNewPrivs: '1', Seccomp: '2' };
const contextWith = (
  status: Record<string, string>,
  isolation: 'container' | 'gvisor' = 'container',
  label?: string,
) =>
  fakeContext({
    box: fakeBox({
      isolation,
      exec: async () => ({ exitCode: label === undefined ? 1 : 0, stdout: label ?? '', stderr: '' }),
      probe: async () => [
        {
          do: 'processes',
          id: 'processes',
          processes: [{ pid: 1, command: 'init', environment: {}, status }],
        },
      ],
    }),
  });

test('every loosened or missing property fails', async () => {
  expect((await confinementCheck.run(contextWith(confined))).status).toBe('pass');
  for (const loosened of [
    { CapEff: '00000000a80425fb' },
    { CapBnd: '0000000000000400' },
    { NoNewPrivs: '0' },
    { Seccomp: '0' },
  ]) {
    expect(
      (await confinementCheck.run(contextWith({ ...confined, ...loosened }))).status,
      JSON.stringify(loosened),
    ).toBe('fail');
  }
  expect((await confinementCheck.run(contextWith({}))).status).toBe('fail');
  expect((await confinementCheck.run(fakeContext())).status).toBe('fail');
});

test('a kernel of the box’s own shows no NoNewPrivs, and still allows no capability', async () => {
  const inGvisor = { CapEff: confined.CapEff, CapBnd: confined.CapBnd, Seccomp: '2' };
  const judged = async (status: Record<string, string>) =>
    (await confinementCheck.run(contextWith(status, 'gvisor'))).status;
  expect(await judged(inGvisor)).toBe('pass');
  expect(await judged({ ...inGvisor, Seccomp: '0' })).toBe('warn');
  expect(await judged({ ...inGvisor, CapEff: '00000000a80425fb' })).toBe('fail');
  expect(await judged({ ...inGvisor, NoNewPrivs: '0' })).toBe('fail');
});

test('where the machine has AppArmor, its profile is told, and that there is none for the box', async () => {
  expect((await confinementCheck.run(contextWith(confined))).observed).not.toContain('AppArmor');
  expect(
    await confinementCheck.run(contextWith(confined, 'container', 'docker-default (enforce)\n')),
  ).toMatchObject({
    status: 'pass',
    observed: expect.stringMatching(/AppArmor docker-default \(enforce\)$/),
  });
  const unconfined = await confinementCheck.run(contextWith(confined, 'container', 'unconfined\n'));
  expect(unconfined).toMatchObject({ status: 'warn', observed: expect.stringContaining('AppArmor') });
  expect(
    (await confinementCheck.run(contextWith({ ...confined, Seccomp: '0' }, 'container', 'unconfined')))
      .status,
  ).toBe('fail');
});

test('identity: the agent’s file must exist and be the caller’s; nothing is left behind', async () => {
  const workdir = mkdtempSync(join(tmpdir(), 'tradebox-identity-'));
  const touch = async (argv: readonly string[]) => {
    writeFileSync(join(workdir, (argv[1] ?? '').replace('/workspace/', '')), '');
    return { exitCode: 0, stdout: '', stderr: '' };
  };
  const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  expect(
    (await identityCheck.run(fakeContext({ box: fakeBox({ workdir, ...own, exec: touch }) }))).status,
  ).toBe('pass');
  expect(
    (
      await identityCheck.run(
        fakeContext({ box: fakeBox({ workdir, uid: own.uid + 1, gid: own.gid, exec: touch }) }),
      )
    ).status,
  ).toBe('fail');
  expect((await identityCheck.run(fakeContext({ box: fakeBox({ workdir, ...own }) }))).status).toBe('fail');
  expect(readdirSync(workdir)).toEqual([]);
});
