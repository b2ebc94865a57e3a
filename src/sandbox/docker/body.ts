// Our container plan as the engine's create request. Pure: what a box may do can be read and tested as data.
import type { ContainerPlan } from './shapes.js';

const logLimits = { 'max-size': '10m', 'max-file': '3' };

/** The engine's own list, and what else tells of this machine or its hardware. One that doesn't exist is passed over. */
const maskedPaths = [
  ...['acpi', 'asound', 'interrupts', 'kcore', 'keys', 'latency_stats', 'sched_debug', 'scsi', 'timer_list'],
  ...[
    'timer_stats',
    'kallsyms',
    'modules',
    'config.gz',
    'key-users',
    'kpagecount',
    'kpageflags',
    'vmallocinfo',
  ],
]
  .map((path) => `/proc/${path}`)
  .concat(['/sys/firmware', '/sys/devices/virtual/powercap', '/sys/kernel', '/sys/module', '/sys/fs/bpf']);
const readonlyPaths = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'].map((path) => `/proc/${path}`);

/**
 * Docker puts a name server of its own into every network namespace: a start of the engine's program and eleven of iptables, 80 ms
 * of processor time, and from then on the kernel tracks each packet there. Before that it reads the options of resolv.conf, and
 * gives up at a number that is none (moby, libnetwork/sandbox_dns_unix.go, rebuildDNS). Engines that pass over it start their name
 * server. The servers of resolv.conf stay those that were asked for, else the engine's own; an agent's file is covered by the box's.
 */
const noNameServer = 'ndots:none';

/** Body of POST /containers/create (Docker Engine API 1.41). */
export function createBody(plan: ContainerPlan) {
  const securityOptions = ['no-new-privileges'];
  if (plan.seccomp !== undefined) securityOptions.push(`seccomp=${plan.seccomp}`);
  if (plan.appArmor !== undefined) securityOptions.push(`apparmor=${plan.appArmor}`);
  const { network } = plan;
  const isJoined = 'ofContainer' in network;
  return {
    name: plan.name,
    Image: plan.image,
    Entrypoint: [...plan.argv.slice(0, 1)],
    Cmd: [...plan.argv.slice(1)],
    Env: Object.entries(plan.environment).map(([name, value]) => `${name}=${value}`),
    User: plan.user,
    WorkingDir: plan.workingDir,
    // A container that joins another's network has no host name of its own.
    ...(isJoined ? {} : { Hostname: plan.hostName }),
    Labels: { ...plan.labels },
    Tty: plan.hasTerminal,
    OpenStdin: plan.hasStdin,
    // Pipes: the caller's end of input is the program's. A terminal stays open for the next who attaches.
    StdinOnce: plan.hasStdin && !plan.hasTerminal,
    AttachStdin: plan.hasStdin,
    AttachStdout: true,
    AttachStderr: true,
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      Init: plan.hasInit,
      CapDrop: ['ALL'],
      Privileged: false,
      SecurityOpt: securityOptions,
      MaskedPaths: [...maskedPaths],
      ReadonlyPaths: [...readonlyPaths],
      ReadonlyRootfs: plan.isRootReadOnly,
      IpcMode: 'private',
      CgroupnsMode: 'private' as const,
      NetworkMode: isJoined ? `container:${network.ofContainer}` : network.name,
      ...(isJoined
        ? {}
        : {
            Dns: [...plan.resolvers],
            DnsSearch: ['.'],
            ...(plan.sparesNameServer === true ? { DnsOptions: [noNameServer] } : {}),
          }),
      ...(plan.processesOf === undefined ? {} : { PidMode: `container:${plan.processesOf}` }),
      Memory: plan.limits.memoryBytes,
      MemorySwap: plan.limits.memoryBytes,
      ...(plan.shunsSwap === true ? { MemorySwappiness: 0 } : {}),
      NanoCpus: Math.round(plan.limits.cpus * 1e9),
      PidsLimit: plan.limits.pids,
      Ulimits: [
        { Name: 'nofile', Soft: plan.limits.openFiles, Hard: plan.limits.openFiles },
        { Name: 'core', Soft: 0, Hard: 0 },
        ...(plan.limits.processesOfUser === undefined
          ? []
          : [{ Name: 'nproc', Soft: plan.limits.processesOfUser, Hard: plan.limits.processesOfUser }]),
      ],
      ...(plan.limits.diskBytes === undefined ? {} : { StorageOpt: { size: String(plan.limits.diskBytes) } }),
      OomScoreAdj: 500,
      Sysctls: { ...plan.sysctls },
      Tmpfs: { ...plan.tmpfs },
      Mounts: plan.mounts.map((mount) => ({
        Type: 'bind' as const,
        Source: mount.source,
        Target: mount.target,
        ReadOnly: mount.isReadOnly,
        BindOptions: { Propagation: 'rprivate' as const },
      })),
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'json-file', Config: logLimits },
      ...(plan.runtime === undefined ? {} : { Runtime: plan.runtime }),
      ...(plan.devices === undefined ? {} : { Devices: plan.devices.map(deviceEntry) }),
      ...(plan.groups === undefined ? {} : { GroupAdd: plan.groups.map(String) }),
    },
    ...(isJoined
      ? {}
      : {
          NetworkingConfig: {
            EndpointsConfig: {
              [network.name]: {
                IPAMConfig: { IPv4Address: network.address },
                ...(network.hardwareAddress === undefined ? {} : { MacAddress: network.hardwareAddress }),
              },
            },
          },
        }),
  };
}

function deviceEntry(path: string) {
  return { PathOnHost: path, PathInContainer: path, CgroupPermissions: 'rw' };
}
