// The images of the vm level: what every machine starts from, one with a disk made of an agent's image, shared by all its boxes, and one
// with the snapshot of that machine booted.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../config/package-root.js';
import { TradeboxError } from '../core/errors.js';
import type { Accelerator, MachineShape } from '../vm/requests.js';
import { recordedBase } from './base-image.js';
import type { ProgressListener } from './docker/shapes.js';
import type { Engine } from './engine.js';
import {
  agentScripts,
  ImageBuild,
  type ImageHost,
  type ImagePlan,
  imagePlan,
  sidecarProgram,
  withBuildLock,
} from './images.js';
import { filterLines } from './isolation/seccomp.js';
import {
  machineDiskDockerfile,
  machineDockerfile,
  machineSnapshotDockerfile,
  machineSources,
} from './vm-recipe.js';

/** Builds what is missing when it is asked for. Both throw IMAGE_BUILD_FAILED and DISK_FULL. */
export interface MachineImages {
  /** QEMU, a kernel and our programs: boots, and holds no agent. */
  machine(): Promise<string>;
  /** The same with the agent's disk; where QEMU translates, and a boot takes seconds, also with a booted machine to resume from. */
  withAgent(accelerator: Accelerator): Promise<string>;
}

/** `agent` is the tag of its image, whose name ends with a hash of its content; `shape` what its boxes' machines have. */
export function machineImages(
  engine: Engine,
  host: ImageHost,
  agent: string,
  shape: MachineShape,
  onProgress: ProgressListener,
): MachineImages {
  const ensure = async (wanted: readonly ImagePlan[]): Promise<string> => {
    const last = wanted.at(-1);
    if (last === undefined) throw new TradeboxError('FAULT', 'No image was asked for.');
    if ((await engine.api.images.find(last.tag)) !== undefined) return last.tag;
    return withBuildLock(host.stateDir, onProgress, async () => {
      const build = new ImageBuild(engine, host.env, onProgress);
      for (const plan of wanted) await build.ensure(plan);
      return last.tag;
    });
  };
  const machine = () => machinePlan(host.stateDir);
  return {
    machine: async () => ensure([machine()]),
    withAgent: async (accelerator) => {
      const first = machine();
      const disk = diskPlan(first.tag, agent);
      // One that stands still has its host's processor in it where that runs it: only QEMU's own is the same everywhere.
      return ensure([first, disk, ...(accelerator === 'tcg' ? [snapshotPlan(disk.tag, shape)] : [])]);
    },
  };
}

function machinePlan(stateDir: string): ImagePlan {
  const base = recordedBase(stateDir);
  if (base === undefined)
    throw new TradeboxError('FAULT', 'A machine was asked for before any image was made.');
  const sources = machineSources.map((path) => ({
    path,
    content: readFileSync(join(packageRoot, 'images/vm', path)),
    mode: 0o755,
  }));
  const made = [
    { path: 'filter.rules', content: filterLines() },
    { path: 'vm.cjs', content: readFileSync(sidecarProgram('vm.cjs')) },
  ];
  return imagePlan(
    'virtual machine',
    'machine',
    machineDockerfile(base.tag),
    [...sources, ...made, ...agentScripts('keeper')],
    true,
  );
}

function diskPlan(machineTag: string, agentTag: string): ImagePlan {
  return imagePlan(
    'disk of the virtual machine',
    'machine-agent',
    machineDiskDockerfile(machineTag, agentTag),
    [],
    false,
  );
}

function snapshotPlan(diskTag: string, shape: MachineShape): ImagePlan {
  return imagePlan(
    'snapshot of the virtual machine',
    'machine-snapshot',
    machineSnapshotDockerfile(diskTag, shape),
    [],
    false,
  );
}
