// Starts QEMU and gets a machine that answers: resumed from its image's snapshot where there is one that fits, booted otherwise.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { kinds, seedBytes } from './frames.js';
import { Monitor } from './monitor.js';
import { consoleFile, machineArguments, machineSockets, resumeArguments } from './qemu.js';
import { type MachineRequest, type MachineShape, machinePaths } from './requests.js';
import { Switchboard } from './switchboard.js';

export interface Machine {
  qemu: ChildProcess;
  switchboard: Switchboard;
  monitor: Monitor;
  /** When QEMU has ended. */
  died: Promise<void>;
  /** The kernel's own words, once it has booted or answered a seed. Throws what QEMU said when it ends before. */
  booted: Promise<string>;
}

/** Behind standard input, output and error. */
const incomingDescriptor = 3;

/** Starts QEMU with these arguments, and `incoming` as the descriptor behind its standard ones. The caller ends it. */
export async function startQemu(arguments_: readonly string[], incoming?: number): Promise<Machine> {
  const [guest, control] = [await meet(machineSockets.guest), await meet(machineSockets.monitor)];
  const qemu = spawn('qemu-system-x86_64', arguments_, {
    stdio: ['ignore', 'ignore', 'pipe', ...(incoming === undefined ? [] : [incoming])],
  });
  let complaint = '';
  qemu.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-2000);
  });
  const died = new Promise<void>((resolve) => {
    qemu.once('error', () => resolve());
    qemu.once('exit', () => resolve());
  });
  const broken = new Promise<never>((_resolve, reject) => {
    qemu.once('error', reject);
    qemu.once('exit', () => reject(new Error(`the machine did not start: ${complaint}${lastWords()}`)));
  });
  broken.catch(() => {});
  try {
    const [link, line] = await Promise.race([Promise.all([guest.met, control.met]), broken]);
    const switchboard = new Switchboard(link);
    const booted = Promise.race([switchboard.booted, broken]);
    booted.catch(() => {});
    return { qemu, switchboard, monitor: new Monitor(line), died, booted };
  } finally {
    guest.server.close();
    control.server.close();
  }
}

/** What starting a machine does to the container around it. */
export interface Place {
  start: typeof startQemu;
  /** The writable disk of this machine becomes a copy of that one. */
  copyDisk(from: string): void;
  /** What machines the image's snapshot is of; undefined without one. */
  snapshotShape(): string | undefined;
  /** Descriptor of the snapshot's stream; the caller closes it. */
  openSnapshot(): number;
  resumeDeadlineMs: number;
}

const container: Place = {
  start: startQemu,
  copyDisk: (from) => {
    mkdirSync(dirname(machinePaths.scratchDisk), { recursive: true });
    copyFileSync(from, machinePaths.scratchDisk);
  },
  snapshotShape: () => readIfThere(machinePaths.snapshot.shape),
  openSnapshot: () => openSync(machinePaths.snapshot.state, 'r'),
  // A resumed machine answers within a second; on a busy host in several. Then it is booted instead.
  resumeDeadlineMs: 20_000,
};

/** A machine that answers and has nothing of its box yet. Throws what QEMU or the kernel said last. */
export async function startMachine(request: MachineRequest, place: Place = container): Promise<Machine> {
  if (request.accelerator === 'tcg' && place.snapshotShape() === shapeText(request)) {
    try {
      return await resume(request, place);
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      process.stderr.write(`tradebox: the machine boots, it could not be resumed: ${why}\n`);
    }
  }
  place.copyDisk(machinePaths.emptyDisk);
  const machine = await place.start(machineArguments(request));
  await machine.booted;
  return machine;
}

async function resume(shape: MachineShape, place: Place): Promise<Machine> {
  place.copyDisk(machinePaths.snapshot.disk);
  const stream = place.openSnapshot();
  let machine: Machine | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('it does not answer')), place.resumeDeadlineMs);
    });
    machine = await place.start(resumeArguments(shape, incomingDescriptor), stream);
    // Machines of one snapshot share their kernel's random state until each has a seed of its own; only then does anything else go in.
    machine.switchboard.send(0, kinds.seed, randomBytes(seedBytes));
    await Promise.race([machine.booted, late]);
    return machine;
  } catch (thrown) {
    machine?.qemu.kill('SIGKILL');
    await machine?.died;
    throw thrown;
  } finally {
    clearTimeout(timer);
    closeSync(stream);
  }
}

/** What a snapshot and a machine that resumes from it must have in common, as its file says it. */
export const shapeText = ({ memoryMb, cpus }: MachineShape): string => `${memoryMb} MB, ${cpus} processors\n`;

/** The end of what the kernel said on its console. */
export function lastWords(): string {
  return (readIfThere(consoleFile) ?? '').slice(-2000);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Listens for one peer. */
async function meet(path: string): Promise<{ server: Server; met: Promise<Socket> }> {
  const server = createServer();
  const met = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await listen(server, path);
  return { server, met };
}

export function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}
