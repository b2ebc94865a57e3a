// Runs one more process in the machine beside us, on this program's own streams.
import { connect, type Socket } from 'node:net';
import { constants } from 'node:os';
import { Conversation } from './conversation.js';
import { encodeFields, encodeFrame, FrameReader, kinds } from './frames.js';
import { machineSockets } from './qemu.js';
import type { ProcessRequest } from './requests.js';
import { sizeOf } from './runner.js';

/** Until the runner listens: it is started with its container. */
const doorDeadlineMs = 10_000;

/** The process's exit code. Throws when the machine is gone. */
export async function execInMachine(
  request: ProcessRequest,
  { stdin, stdout, stderr }: Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr'> = process,
  socket: string = machineSockets.exec,
): Promise<number> {
  const door = await knock(socket, Date.now() + doorDeadlineMs);
  if (request.hasTerminal && stdin.isTTY) stdin.setRawMode(true);
  const conversation = new Conversation(
    { stdin: request.hasStdin ? stdin : undefined, stdout, stderr },
    (kind, data) => {
      if (!door.destroyed) door.write(encodeFrame(0, kind, data));
    },
  );
  const reader = new FrameReader();
  door.on('data', (chunk: Buffer) => {
    for (const frame of reader.push(chunk)) conversation.take(frame);
  });
  const gone = new Promise<never>((_resolve, reject) => {
    door.once('close', () => {
      if (!conversation.hasEnded) reject(new Error('the machine ended'));
    });
  });
  door.on('error', () => {});
  stdout.on('resize', () => conversation.resize(stdout.rows, stdout.columns));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => conversation.signal(constants.signals[signal]));
  }
  const size = sizeOf(stdout);
  const asked = JSON.stringify({ request, ...(size === undefined ? {} : { size }) });
  door.write(encodeFrame(0, kinds.start, encodeFields([['j', asked]])));
  conversation.open();
  gone.catch(() => {});
  return Promise.race([conversation.ended, gone]);
}

async function knock(path: string, untilMs: number): Promise<Socket> {
  for (;;) {
    try {
      return await new Promise((resolve, reject) => {
        const socket = connect(path, () => resolve(socket));
        socket.once('error', reject);
      });
    } catch (thrown) {
      if (Date.now() > untilMs) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
