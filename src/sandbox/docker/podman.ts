// What Podman wants said differently where it answers Docker's API: measured on Podman 4.3.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerPlan, NetworkPlan } from './shapes.js';

/** Beside the container's own limit of processes: this one counts those of its user on the whole machine. */
const processesOfUser = 16_384;

/**
 * Takes a seccomp profile by the path of a file on its machine, read once when the container is created, where Docker takes the text
 * itself; knows no owner of a memory file system, so that ours are writable by every user of the container, which is one; and asks for
 * four million processes a user where nothing else is said, which a machine that withholds CAP_SYS_RESOURCE refuses. It chooses hardware
 * addresses by chance, so that an agent would look for a new sidecar at its predecessor's: ours come from the address, as Docker's do.
 */
export async function asPodmanTakesIt<T>(
  plan: ContainerPlan,
  create: (plan: ContainerPlan) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'tradebox-seccomp-'));
  try {
    const seccomp = join(directory, 'profile.json');
    if (plan.seccomp !== undefined) writeFileSync(seccomp, plan.seccomp, { mode: 0o600, flag: 'wx' });
    const tmpfs = Object.fromEntries(
      Object.entries(plan.tmpfs).map(([path, options]) => [path, withoutOwner(options)]),
    );
    const limits = { ...plan.limits, processesOfUser };
    const network = withHardwareAddress(plan.network);
    // Its name server is no part of a container: there is none to do without.
    return await create({
      ...plan,
      sparesNameServer: false,
      limits,
      tmpfs,
      network,
      ...(plan.seccomp === undefined ? {} : { seccomp }),
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Numbers its bridges anew from the networks there are, as it does: without root the bridge of a removed network stays while any other
 * box lives, and the next network of its number cannot be connected ("already has an IP address different from"). No two of ours have
 * one name. Linux gives a network card fifteen characters.
 */
export function networkAsPodmanTakesIt(plan: NetworkPlan): NetworkPlan {
  const bridge = `tb${createHash('sha256').update(plan.name).digest('hex').slice(0, 12)}`;
  return { ...plan, options: { ...plan.options, 'com.docker.network.bridge.name': bridge } };
}

function withHardwareAddress(network: ContainerPlan['network']): ContainerPlan['network'] {
  if ('ofContainer' in network) return network;
  const bytes = network.address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return { ...network, hardwareAddress: ['02', '42', ...bytes].join(':') };
}

function withoutOwner(options: string): string {
  const kept = options.split(',').filter((option) => !/^[ug]id=/.test(option));
  const hadOwner = kept.length < options.split(',').length;
  return kept.map((option) => (hadOwner && option.startsWith('mode=') ? 'mode=1777' : option)).join(',');
}
