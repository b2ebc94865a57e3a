// Runs a machine: starts QEMU, tells the machine its setup, runs its main process on this program's own streams, lets `exec` in, and
// ends with the main process's exit code.
import { createServer } from 'node:net';
import { constants } from 'node:os';
import type { Duplex } from 'node:stream';
import { Conversation } from './conversation.js';
import { decodeFields, encodeFields, FrameReader, kinds, u32 } from './frames.js';
import { lastWords, listen, startMachine } from './machine.js';
import { machineSockets } from './qemu.js';
import { type MachineRequest, type ProcessRequest, setupFields, startFields } from './requests.js';
import type { Switchboard } from './switchboard.js';

/** Exit code of a machine that did not start or broke, as of a gate that never opened. */
export const brokenExit = 125;

const clockEveryMs = 60_000;
/** For the machine to end by itself, then for QEMU to. */
const powerOffDeadlineMs = 3_000;
const passedOn: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];

/** Exit code of the main process; `brokenExit` when the machine ended under it. */
export async function runMachine(request: MachineRequest): Promise<number> {
  const waiting = new Set<(switchboard: Switchboard) => void>();
  let machine: Switchboard | undefined;
  const door = createServer((client) => {
    const begin = (switchboard: Switchboard) => serve(client, switchboard, request.main);
    if (machine === undefined) waiting.add(begin);
    else begin(machine);
  });
  await listen(door, machineSockets.exec);
  const early = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of passedOn) process.once(signal, () => resolve(signal));
  });
  const started = await Promise.race([startMachine(request), early]);
  if (typeof started === 'string') return 128 + constants.signals[started];
  const { qemu, switchboard, monitor, died } = started;
  switchboard.send(0, kinds.setup, encodeFields(setupFields(request)));
  const setClock = () => switchboard.send(0, kinds.clock, clockNow());
  setClock();
  setInterval(setClock, clockEveryMs).unref();
  const ended = converse(switchboard, request.main);
  machine = switchboard;
  for (const begin of waiting) begin(switchboard);
  const code = await Promise.race([ended, died.then(() => undefined)]);
  if (code === undefined) {
    process.stderr.write(`tradebox: the machine ended\n${lastWords()}`);
    return brokenExit;
  }
  switchboard.send(0, kinds.powerOff);
  const quit = setTimeout(() => void monitor.execute('quit').catch(() => {}), powerOffDeadlineMs);
  const kill = setTimeout(() => qemu.kill('SIGKILL'), 2 * powerOffDeadlineMs);
  await died;
  clearTimeout(quit);
  clearTimeout(kill);
  return code;
}

function converse(switchboard: Switchboard, main: MachineRequest['main']): Promise<number> {
  const { stdin, stdout, stderr } = process;
  if (main.hasTerminal && stdin.isTTY) stdin.setRawMode(true);
  let conversation: Conversation | undefined;
  const channel = switchboard.open((frame) => conversation?.take(frame));
  conversation = new Conversation(
    { stdin: main.hasStdin ? stdin : undefined, stdout, stderr },
    (kind, data) => switchboard.send(channel, kind, data),
  );
  const { ended } = conversation;
  const talk = conversation;
  for (const signal of passedOn) process.on(signal, () => talk.signal(constants.signals[signal]));
  stdout.on('resize', () => talk.resize(stdout.rows, stdout.columns));
  switchboard.send(channel, kinds.start, encodeFields(startFields(main, main, sizeOf(stdout))));
  talk.open();
  return ended;
}

/** An `exec` from beside us: its frames go to a channel of its own, with what it asks for completed from the main process. */
export function serve(client: Duplex, switchboard: Switchboard, main: MachineRequest['main']): void {
  const reader = new FrameReader();
  const channel = switchboard.open(({ kind, data }) => {
    const head = u32(0, kind, data.length);
    if (!client.destroyed) client.write(Buffer.concat([head, data]));
    if (kind === kinds.exit) client.end();
  });
  client.on('data', (chunk: Buffer) => {
    for (const { kind, data } of reader.push(chunk)) {
      if (kind !== kinds.start) {
        switchboard.send(channel, kind as typeof kinds.input, data);
        continue;
      }
      const [[, text] = ['', '{}']] = decodeFields(data);
      const { request, size } = JSON.parse(text) as {
        request: ProcessRequest;
        size?: { rows: number; columns: number };
      };
      switchboard.send(channel, kinds.start, encodeFields(startFields(request, main, size)));
    }
  });
  client.on('error', () => {});
  client.on('close', () => switchboard.abandon(channel));
}

/** Rows and columns; undefined where it is no terminal, or one that has no size yet. */
export function sizeOf(stream: NodeJS.WriteStream): { rows: number; columns: number } | undefined {
  const { rows, columns } = stream;
  return rows > 0 && columns > 0 ? { rows, columns } : undefined;
}

function clockNow(): Buffer {
  const now = Date.now();
  return u32(Math.floor(now / 1000), (now % 1000) * 1_000_000);
}
