// Byte streams of the engine: the multiplexed output of a container without a terminal, and JSON-lines progress.
import type { Duplex, Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** A hijacked stream: what is written goes to standard input, what is read is output. */
export interface AttachedStream {
  socket: Duplex;
  /** True when output is framed (no terminal): see `splitOutput`. */
  isFramed: boolean;
}

/**
 * Splits framed output (8-byte header: stream number, three zero bytes, big-endian length; Docker Engine API,
 * "Attach to a container") into its two streams, with back pressure. Resolves when the input ends. Where it ends within a frame, what
 * came of that is written too, and it rejects as for a connection that was reset (ECONNRESET): the output is not whole.
 */
export async function splitOutput(input: Readable, stdout: Writable, stderr: Writable): Promise<void> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of input as AsyncIterable<Buffer>) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= 8) {
      const end = 8 + held.readUInt32BE(4);
      if (held.length < end) break;
      await writeTo(held[0] === 2 ? stderr : stdout, held.subarray(8, end));
      held = held.subarray(end);
    }
  }
  if (held.length === 0) return;
  if (held.length > 8) await writeTo(held[0] === 2 ? stderr : stdout, held.subarray(8));
  throw Object.assign(new Error("the engine's output ended in the middle"), { code: 'ECONNRESET' });
}

/** Copies unframed output with back pressure. Resolves when the input ends. */
export async function copyOutput(input: Readable, stdout: Writable): Promise<void> {
  for await (const chunk of input as AsyncIterable<Buffer>) await writeTo(stdout, chunk);
}

/**
 * Reads the first line of framed output; what follows is read and dropped. Rejects when the stream ends first, with
 * what stood on the error stream as the message.
 */
export function readFramedLine(input: Readable, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let held: Buffer = Buffer.alloc(0);
    let line: Buffer = Buffer.alloc(0);
    let complaint = '';
    const finish = (act: () => void) => {
      input.off('data', take).off('end', ended).off('close', ended).off('error', failed);
      input.resume();
      act();
    };
    const take = (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      while (held.length >= 8) {
        const end = 8 + held.readUInt32BE(4);
        if (held.length < end) break;
        if (held[0] === 2) complaint = (complaint + held.toString('utf8', 8, end)).slice(-4096);
        else line = Buffer.concat([line, held.subarray(8, end)]);
        held = held.subarray(end);
      }
      const stop = line.indexOf(0x0a);
      if (stop >= 0) finish(() => resolve(line.toString('utf8', 0, stop)));
      else if (line.length > maxBytes || held.length > maxBytes + 8) {
        finish(() => reject(new Error(`a line longer than ${maxBytes} bytes`)));
      }
    };
    const ended = () =>
      finish(() =>
        reject(new Error(complaint.trim() || line.toString('utf8').trim() || 'it ended without a word')),
      );
    const failed = (error: Error) => finish(() => reject(error));
    if (input.destroyed || input.readableEnded)
      ended(); // no event would come any more
    else input.on('data', take).once('end', ended).once('close', ended).once('error', failed);
  });
}

/** Values of a JSON-lines body; a line that is not JSON is skipped. */
export async function* jsonLines(input: Readable): AsyncGenerator<unknown> {
  const decoder = new StringDecoder('utf8');
  let held = '';
  for await (const chunk of input as AsyncIterable<Buffer>) {
    held += decoder.write(chunk);
    let stop = held.indexOf('\n');
    while (stop >= 0) {
      const value = parseJson(held.slice(0, stop));
      if (value !== undefined) yield value;
      held = held.slice(stop + 1);
      stop = held.indexOf('\n');
    }
  }
  const last = parseJson(held);
  if (last !== undefined) yield last;
}

function parseJson(line: string): unknown {
  try {
    return line.trim() === '' ? undefined : JSON.parse(line);
  } catch {
    return undefined;
  }
}

function writeTo(target: Writable, chunk: Buffer): Promise<void> {
  if (target.destroyed || target.write(chunk)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      target.off('drain', done).off('close', done).off('error', done);
      resolve();
    };
    target.once('drain', done).once('close', done).once('error', done);
  });
}
