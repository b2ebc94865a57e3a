// The runner's end of the link: carries frames between the machine and the processes' partners out here, each on its own channel.
import type { Duplex } from 'node:stream';
import { encodeFrame, type Frame, type FrameKind, FrameReader, kinds, u32 } from './frames.js';

type Receiver = (frame: Frame) => void;

export class Switchboard {
  /** The kernel's own words, once the machine has booted or answered a seed; never, where it does not. */
  readonly booted: Promise<string>;
  readonly #link: Duplex;
  readonly #receivers = new Map<number, Receiver>();
  #nextChannel = 1;

  constructor(link: Duplex) {
    this.#link = link;
    const reader = new FrameReader();
    this.booted = new Promise((resolve) => {
      link.on('data', (chunk: Buffer) => {
        for (const frame of reader.push(chunk)) {
          if (frame.kind === kinds.hello) resolve(frame.data.toString('utf8'));
          else this.#receivers.get(frame.channel)?.(frame);
        }
      });
      link.on('error', () => {}); // QEMU's end tells
    });
  }

  /** A channel of its own; `receive` gets what the machine sends on it until its process has ended. */
  open(receive: Receiver): number {
    const channel = this.#nextChannel;
    this.#nextChannel += 1;
    this.#receivers.set(channel, (frame) => {
      if (frame.kind === kinds.exit) this.#receivers.delete(channel);
      receive(frame);
    });
    return channel;
  }

  /** Its partner is gone: the process goes on and nobody listens; its output must not wait for anybody. */
  abandon(channel: number): void {
    if (!this.#receivers.has(channel)) return;
    this.#receivers.set(channel, ({ kind, data }) => {
      if (kind === kinds.exit) this.#receivers.delete(channel);
      else if (kind === kinds.output || kind === kinds.error)
        this.send(channel, kinds.taken, u32(data.length));
    });
    this.send(channel, kinds.inputEnd);
  }

  send(channel: number, kind: FrameKind, data?: Uint8Array): void {
    if (!this.#link.destroyed) this.#link.write(encodeFrame(channel, kind, data));
  }
}
