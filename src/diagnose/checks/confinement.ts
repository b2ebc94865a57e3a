// The agent's processes hold no capability, cannot gain one, run under seccomp, and are the caller on the host.

import { randomUUID } from 'node:crypto';
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BoxUnderTest, type Check, fail, pass, warn } from '../check.js';

export const confinementCheck: Check = {
  id: 'confinement',
  proves:
    'no process of the box has a capability, may gain one, or speaks to this machine’s kernel unfiltered',
  invariants: ['S3', 'S13'],
  async run({ box }) {
    const [seen] = await box.probe([{ do: 'processes', id: 'processes' }]);
    if (seen?.do !== 'processes' || seen.processes.length === 0)
      return fail('no process could be read', 'Run `tradebox diagnose` again.');
    // gVisor's kernel, which has no set-user-ID, shows no NoNewPrivs, and filters only where its runtime has --oci-seccomp,
    // and then the agent, not what is run beside it by exec.
    const isOurKernel = box.isolation === 'container';
    const loose = seen.processes.filter(
      ({ status }) =>
        /[^0]/.test(status.CapEff ?? 'unknown') ||
        /[^0]/.test(status.CapBnd ?? 'unknown') ||
        status.NoNewPrivs === '0' ||
        (isOurKernel && (status.NoNewPrivs !== '1' || status.Seccomp !== '2')),
    );
    const agent = seen.processes.find(({ pid }) => pid === 1);
    const label = isOurKernel ? await appArmorLabel(box) : '';
    if (loose.length === 0 && agent?.status.Seccomp !== '2') {
      return warn(
        `${seen.processes.length} processes: CapEff 0, CapBnd 0, but ${box.isolation}'s kernel lets every system call through`,
        'Register the runtime with --oci-seccomp: `sudo ./scripts/install-gvisor` does.',
      );
    }
    if (loose.length === 0 && label === 'unconfined') {
      return warn(
        'CapEff 0, CapBnd 0, NoNewPrivs 1, Seccomp 2, but AppArmor, which this machine has, does not confine the box',
        'Install the package `apparmor` on the engine’s machine and restart the engine: it brings a profile of its own.',
      );
    }
    return loose.length === 0
      ? pass(
          `${seen.processes.length} processes: CapEff 0, CapBnd 0, ${isOurKernel ? 'NoNewPrivs 1, ' : ''}Seccomp 2${label === '' ? '' : `, AppArmor ${label}`}`,
        )
      : fail(
          `${loose.map(({ pid, command }) => `${pid} ${command.slice(0, 40)}`).join(', ')}`,
          'Stop the box; this engine did not apply the limits it was given.',
        );
  },
};

/** As the kernel tells it, `docker-default (enforce)`; empty where it has no AppArmor: the file is there and cannot be read. */
async function appArmorLabel(box: BoxUnderTest): Promise<string> {
  const { exitCode, stdout } = await box.exec(['cat', '/proc/self/attr/current']);
  return exitCode === 0 ? stdout.replaceAll('\0', '').trim() : '';
}

export const identityCheck: Check = {
  id: 'identity',
  proves: 'a file the agent makes in the working directory belongs to you',
  invariants: ['S13'],
  async run({ box }) {
    const name = `.tradebox-diagnose-${randomUUID()}`;
    const path = join(box.workdir, name);
    try {
      const { exitCode, stderr } = await box.exec(['touch', `/workspace/${name}`]);
      if (exitCode !== 0 || !existsSync(path))
        return fail(
          `the agent could not write there: ${stderr.trim().slice(0, 200)}`,
          `Make ${box.workdir} writable for uid ${box.uid}.`,
        );
      const { uid, gid } = statSync(path);
      return uid === box.uid && gid === box.gid
        ? pass(`uid ${uid}, gid ${gid}`)
        : fail(
            `the file belongs to ${uid}:${gid}, not ${box.uid}:${box.gid}`,
            'Check the engine’s user-namespace mapping.',
          );
    } finally {
      rmSync(path, { force: true });
    }
  },
};
