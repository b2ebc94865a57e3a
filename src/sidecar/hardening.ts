// What a process that holds secrets can do from inside against giving its memory away (S2): no reports, no inspector, no memory in
// a core file. The sidecar's process and the host program's.
import { writeFileSync } from 'node:fs';
import inspector from 'node:inspector';
import { TradeboxError } from '../core/errors.js';

/** The sidecar's process. @throws TradeboxError SIDECAR_FAILED when an inspector listens already. */
export function hardenProcess(): void {
  closeWaysOut();
  process.umask(0o077);
  if (inspector.url() !== undefined) {
    throw new TradeboxError('SIDECAR_FAILED', 'An inspector listens in the sidecar.', {
      remedy: 'Start the sidecar without --inspect.',
    });
  }
  // Warnings may quote what they warn of.
  process.removeAllListeners('warning');
  process.on('warning', () => {});
}

/** The host program's process, for every command. An inspector that listens, by NODE_OPTIONS or an early signal, is closed. */
export function hardenHostProcess(): void {
  closeWaysOut();
  if (inspector.url() !== undefined) inspector.close();
}

function closeWaysOut(): void {
  const { report } = process;
  if (report !== undefined) {
    report.reportOnFatalError = false;
    report.reportOnSignal = false;
    report.reportOnUncaughtException = false;
  }
  emptyCoreFiles();
  // Node opens the inspector on SIGUSR1 unless someone listens for the signal; --heapsnapshot-signal makes a listener that writes.
  for (const signal of ['SIGUSR1', 'SIGUSR2']) {
    process.removeAllListeners(signal);
    process.on(signal, () => {});
  }
}

/**
 * A core file of this process, and of the programs it starts, holds none of their memory. A limit of 0 keeps the kernel from writing
 * one, but not from handing one to a program of the host (core(5): the limit is not enforced for dumps that are piped), and a
 * process of Node cannot set one for itself.
 */
function emptyCoreFiles(): void {
  try {
    writeFileSync('/proc/self/coredump_filter', '0');
  } catch {
    // No such file under gVisor, where no core is made of a process in a sandbox, nor off Linux: SECURITY.md, S2, says what is so there.
  }
}
