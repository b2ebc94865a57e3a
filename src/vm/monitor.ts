// QEMU's own control line (QMP): commands with their answers, and events. qemu.org/docs/master/interop/qmp-spec.html
import type { Duplex } from 'node:stream';

interface Message {
  return?: unknown;
  error?: { class: string; desc: string };
  event?: string;
  data?: Record<string, unknown>;
  id?: number;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(reason: Error): void;
}

export class Monitor {
  readonly #line: Duplex;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(message: Message) => void>();
  #nextId = 1;
  #isOver = false;

  constructor(line: Duplex) {
    this.#line = line;
    let held = '';
    line.on('data', (chunk: Buffer) => {
      const lines = (held + chunk.toString('utf8')).split('\n');
      held = lines.pop() ?? '';
      for (const each of lines) if (each.trim() !== '') this.#take(JSON.parse(each) as Message);
    });
    line.on('error', () => {});
    line.once('close', () => {
      this.#isOver = true;
      for (const { reject } of this.#waiting.values()) reject(new Error('QEMU has ended'));
      this.#waiting.clear();
    });
    // What QEMU wants to hear first; what comes in before its greeting waits for it.
    this.execute('qmp_capabilities').catch(() => {});
  }

  /** What the command returns. Throws with QEMU's own words, and when QEMU ends. */
  execute(command: string, arguments_?: object): Promise<unknown> {
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      if (this.#isOver) {
        reject(new Error('QEMU has ended'));
        return;
      }
      this.#waiting.set(id, { resolve, reject });
      this.#line.write(`${JSON.stringify({ execute: command, arguments: arguments_, id })}\n`);
    });
  }

  /** The first event of this name, from now on, of which `isIt` says yes. Never, when QEMU ends before. */
  event(
    name: string,
    isIt: (data: Record<string, unknown>) => boolean = () => true,
  ): Promise<Record<string, unknown>> {
    return new Promise((resolve) => {
      const listener = ({ event, data = {} }: Message) => {
        if (event !== name || !isIt(data)) return;
        this.#listeners.delete(listener);
        resolve(data);
      };
      this.#listeners.add(listener);
    });
  }

  #take(message: Message): void {
    if (message.event !== undefined) for (const listener of [...this.#listeners]) listener(message);
    if (message.id === undefined) return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error === undefined) waiting?.resolve(message.return);
    else waiting?.reject(new Error(`QEMU refuses: ${message.error.desc}`));
  }
}
