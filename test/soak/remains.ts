// What boxes could leave on this machine, apart from what the engine lists under their label: mounts, loop devices, sockets, processes.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { docker } from '../support/docker.js';

/** By kind; each line stays the same while the thing is there. */
export type Remains = Record<'mounts' | 'loop devices' | 'sockets' | 'processes', string[]>;

/** All that is there now. `word` is in the arguments of the box's own commands and containers. */
export function remains(word: string): Remains {
  const { ids, places } = containersNow();
  return {
    mounts: linesOf('/proc/self/mountinfo')
      .map((line) => line.split(' ')[4] ?? '')
      .filter((mount) => !places.some((place) => place !== '' && mount.includes(place))),
    'loop devices': readdirSync('/sys/block').filter(
      (device) => device.startsWith('loop') && linesOf(`/sys/block/${device}/loop/backing_file`).length > 0,
    ),
    sockets: linesOf('/proc/net/unix').flatMap((line) => / (\/\S*tradebox\S*)$/.exec(line)?.[1] ?? []),
    processes: [
      ...execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => line.includes(word) && !line.includes('soak/cycles')),
      ...ofGoneContainers(ids),
    ],
  };
}

/** What is there beyond `before`, by kind, in each of three looks: what others make or end at this moment is not. */
export async function leftSince(before: Remains, word: string): Promise<string[]> {
  let left: string[] | undefined;
  for (let look = 0; look < 3; look += 1) {
    await sleep(3_000); // the engine's own helpers end a moment after their container
    const now = Object.entries(remains(word)).flatMap(([kind, lines]) =>
      lines
        .filter((line) => !before[kind as keyof Remains].includes(line))
        .map((line) => `${kind}: ${line.slice(0, 300)}`),
    );
    left = left === undefined ? now : left.filter((line) => now.includes(line));
  }
  return left ?? [];
}

/** Processes in the group of a container that exists no more, and shims of one: QEMU, gVisor's kernel, the agent itself. */
function ofGoneContainers(ids: readonly string[]): string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      const args = linesOf(`/proc/${pid}/cmdline`).join('').replaceAll('\0', ' ');
      const owner =
        /\b[0-9a-f]{64}\b/.exec(linesOf(`/proc/${pid}/cgroup`).join('\n'))?.[0] ??
        /containerd-shim.* -id ([0-9a-f]{64})\b/.exec(args)?.[1];
      return owner === undefined || ids.includes(owner) ? [] : [`${pid} ${args}`];
    });
}

/** Containers that exist, and where they have their mounts: boxes and builds of others come and go beside us. */
function containersNow(): { ids: string[]; places: string[] } {
  const ids = docker('ps', '-aq', '--no-trunc').split('\n').filter(Boolean);
  if (ids.length === 0) return { ids, places: [] };
  const format = '{{.Id}} {{.GraphDriver.Data.MergedDir}} {{.NetworkSettings.SandboxKey}}';
  const places = docker('inspect', '--format', format, ...ids)
    .split('\n')
    .flatMap((line) => line.split(' '))
    .map((place) => place.replace(/^\/var\/run\//, '/run/').replace(/\/merged$/, ''));
  return { ids, places };
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
