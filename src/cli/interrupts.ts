// What Ctrl-C and the other ending signals do to the CLI itself: clean up what was registered, then end with 128 + signal.
import type { EventEmitter } from 'node:events';

/** Exit codes by the shell's convention: 128 + number of the signal. */
export const signalCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
export type EndingSignal = keyof typeof signalCodes;

export interface Interrupts {
  /** Aborted by the first signal that nobody took over. */
  readonly signal: AbortSignal;
  /**
   * Runs before the program ends by a signal, latest first, also when it is added while others run. Returns its removal: call it
   * when the thing is cleaned up.
   */
  onEnd(cleanup: () => Promise<void>): () => void;
  /** Signals go to the handler alone until the returned release is called: for a command that passes them to an agent. */
  takeOver(handler: (signal: EndingSignal) => void): () => void;
}

/** A cleanup that hangs must not keep the terminal. */
const cleanupDeadlineMs = 15_000;

/** Listens on a process (an EventEmitter) and calls `exit` when a signal ends the program. A second signal ends it at once. */
export function createInterrupts(
  process: EventEmitter,
  exit: (code: number) => void,
): Interrupts & { close(): void } {
  const abort = new AbortController();
  const cleanups: (() => Promise<void>)[] = [];
  const handlers: ((signal: EndingSignal) => void)[] = [];
  const listen = (signal: EndingSignal): void => {
    const handler = handlers.at(-1);
    if (handler !== undefined) handler(signal);
    else if (abort.signal.aborted) exit(signalCodes[signal]);
    else end(signal);
  };
  const end = (signal: EndingSignal): void => {
    abort.abort();
    const deadline = new Promise<void>((resolve) => {
      setTimeout(resolve, cleanupDeadlineMs).unref();
    });
    void Promise.race([runAll(cleanups), deadline]).finally(() => exit(signalCodes[signal]));
  };
  const listeners = (Object.keys(signalCodes) as EndingSignal[]).map((signal) => {
    const listener = (): void => listen(signal);
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  return {
    signal: abort.signal,
    onEnd: (cleanup) => add(cleanups, cleanup),
    takeOver: (handler) => add(handlers, handler),
    close: () => {
      for (const remove of listeners) remove();
    },
  };
}

async function runAll(cleanups: (() => Promise<void>)[]): Promise<void> {
  for (let cleanup = cleanups.pop(); cleanup !== undefined; cleanup = cleanups.pop()) {
    try {
      await cleanup();
    } catch {
      // The program is ending by the user's will; the next cleanup still gets its turn.
    }
  }
}

function add<Item>(list: Item[], item: Item): () => void {
  list.push(item);
  return () => {
    const index = list.indexOf(item);
    if (index !== -1) list.splice(index, 1);
  };
}
