// Takes the snapshot that machines of an image resume from: boots one at image build, where there is no box and nothing of one, and
// writes its memory and devices to a file.
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Conversation } from './conversation.js';
import { encodeFields, kinds } from './frames.js';
import { type Machine, shapeText, startQemu } from './machine.js';
import { snapshotArguments } from './qemu.js';
import { type MachineShape, machinePaths, startFields } from './requests.js';

const { snapshot, emptyDisk } = machinePaths;
/** Boot and writing, where two cores are busy with other things. */
const deadlineMs = 240_000;
/** Programs every box starts with: read once, they are in the memory that is saved. */
const warmUp = '{ tar --version; mkdir --version; bash --version; } > /dev/null';

/** 0, and the files are there; else none of them is, and machines of this image boot. Says why on stderr. */
export async function takeSnapshot(shape: MachineShape): Promise<number> {
  const folder = dirname(snapshot.state);
  mkdirSync(folder, { recursive: true });
  let machine: Machine | undefined;
  const timer = setTimeout(() => machine?.qemu.kill('SIGKILL'), deadlineMs);
  try {
    copyFileSync(emptyDisk, snapshot.disk);
    machine = await startQemu(snapshotArguments(shape));
    await machine.booted;
    await runOnce(machine, ['sh', '-c', warmUp]);
    await save(machine);
    for (const file of [snapshot.state, snapshot.disk]) chmodSync(file, 0o644);
    writeFileSync(snapshot.shape, shapeText(shape));
    return 0;
  } catch (thrown) {
    machine?.qemu.kill('SIGKILL');
    rmSync(folder, { recursive: true });
    process.stderr.write(
      `tradebox: no snapshot: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`,
    );
    return 0;
  } finally {
    clearTimeout(timer);
  }
}

/** A program of the image, in the machine before it belongs to anybody. */
async function runOnce({ switchboard, died }: Machine, argv: readonly string[]): Promise<void> {
  const request = { argv, environment: {}, isPrivileged: true, hasTerminal: false, hasStdin: false };
  const main = { ...request, user: '0:0', workingDir: '/' };
  let conversation: Conversation | undefined;
  const channel = switchboard.open((frame) => conversation?.take(frame));
  const talk = new Conversation(
    { stdin: undefined, stdout: process.stdout, stderr: process.stderr },
    (kind, data) => switchboard.send(channel, kind, data),
  );
  conversation = talk;
  switchboard.send(channel, kinds.start, encodeFields(startFields(request, main)));
  await Promise.race([talk.ended, died]);
}

/** Writes the machine out as it runs, so that it runs when it is read in, and ends it. Throws what QEMU says against it. */
export async function save({ monitor, died }: Pick<Machine, 'monitor' | 'died'>): Promise<void> {
  await monitor.execute('migrate-set-capabilities', {
    capabilities: [{ capability: 'events', state: true }],
  });
  await monitor.execute('migrate-set-parameters', { 'max-bandwidth': 1 << 30 });
  const over = monitor.event('MIGRATION', ({ status }) => status === 'completed' || status === 'failed');
  await monitor.execute('migrate', { uri: `exec:cat > ${snapshot.state}` });
  const ended = await Promise.race([over, died]);
  if (ended?.status !== 'completed') throw new Error('QEMU did not write the machine out');
  await monitor.execute('quit').catch(() => {});
  await died;
}
