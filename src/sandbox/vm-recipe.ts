// The Dockerfiles of a machine: what every one starts from, the disk made of an agent's image, the snapshot of it booted. Pure.
import { type MachineShape, machinePaths } from '../vm/requests.js';
import { agentPaths } from './environment.js';
import { aptInstall } from './recipe.js';

/** Sources of the machine's first program, below images/vm. */
export const machineSources = [
  'boot.c',
  'build-machine',
  'link.c',
  'machine.h',
  'make-filter.c',
  'processes.c',
] as const;

/** Needed to make a kernel's initial file system, not to run it. */
const makers = ['cpio', 'e2fsprogs', 'gcc', 'kmod', 'libc6-dev', 'libseccomp-dev', 'qemu-utils', 'xz-utils'];

/** Debian's own kernel, not its cloud kernel: that one has no 9p, by which the machine reaches the working directory. */
const fetchKernel = [
  'mkdir /kernel',
  'cd /kernel',
  `package=$(apt-cache depends "linux-image-$(dpkg --print-architecture)" | sed -n 's/^ *Depends: \\(linux-image-[0-9].*\\)$/\\1/p' | head -n 1)`,
  '$apt -o APT::Sandbox::User=root download "$package"',
  'dpkg-deb -x "$package"_*.deb .',
];

/** QEMU, a kernel, our first program, the runner. */
export function machineDockerfile(baseTag: string): string {
  return `${[
    `FROM ${baseTag} AS make`,
    'COPY build-ca.pem /opt/tradebox/',
    aptInstall(makers, fetchKernel),
    `COPY filter.rules ${machineSources.join(' ')} /make/`,
    'RUN cd /make && ./build-machine',
    `FROM ${baseTag}`,
    'COPY build-ca.pem /opt/tradebox/',
    aptInstall(['qemu-system-x86', 'squashfs-tools']),
    'RUN rm /opt/tradebox/build-ca.pem && mkdir -p /workspace /run/vm /vm/own && chmod 1777 /vm/own && find / -xdev -type f -perm /6000 -exec chmod a-s {} +',
    'COPY --from=make /machine /vm/',
    `COPY vm.cjs ${machinePaths.program}`,
    `COPY keeper ${agentPaths.keeper}`,
    'WORKDIR /',
  ].join('\n')}\n`;
}

/** An agent's image as a read-only disk beside the machine. Packed in the image itself: a copy of it would stay in the engine's cache. */
export function machineDiskDockerfile(machineTag: string, agentTag: string): string {
  return `${[
    `FROM ${machineTag} AS machine`,
    'RUN mkdir /pack && cp /usr/bin/mksquashfs $(ldd /usr/bin/mksquashfs | sed -n "s/.*=> \\(.*liblzo2[^ ]*\\) .*/\\1/p") /pack/',
    `FROM ${agentTag} AS pack`,
    'USER 0:0',
    'COPY --from=machine /pack/ /pack/',
    'RUN LD_LIBRARY_PATH=/pack /pack/mksquashfs / /root.squashfs -one-file-system -e root.squashfs -e pack -e .dockerenv -quiet -no-progress -comp lz4 -b 32K',
    `FROM ${machineTag}`,
    `COPY --from=pack /root.squashfs ${machinePaths.rootDisk}`,
  ].join('\n')}\n`;
}

/** The same with the snapshot of a booted machine of this shape, which the boxes of this image resume from. */
export function machineSnapshotDockerfile(diskTag: string, shape: MachineShape): string {
  const { memoryMb, cpus } = shape;
  return `${[
    `FROM ${diskTag}`,
    `RUN ["node", "${machinePaths.program}", "snapshot", ${JSON.stringify(JSON.stringify({ memoryMb, cpus }))}]`,
  ].join('\n')}\n`;
}
