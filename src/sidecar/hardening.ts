// What the process can do from inside against giving its memory away (S2): no reports, no inspector, no memory in a core file.
import { writeFileSync } from 'node:fs';
import inspector from 'node:inspector';
import { TradeboxError } from '../core/errors.js';

/** @throws TradeboxError SIDECAR_FAILED when an inspector listens already. */
export function hardenProcess(): void {
  const { report } = process;
  if (report !== undefined) {
    report.reportOnFatalError = false;
    report.reportOnSignal = false;
    report.reportOnUncaughtException = false;
  }
  process.umask(0o077);
  emptyCoreFiles();
  // Node opens the inspector on SIGUSR1 unless someone listens for the signal.
  process.on('SIGUSR1', () => {});
  process.on('SIGUSR2', () => {});
  if (inspector.url() !== undefined) {
    throw new TradeboxError('SIDECAR_FAILED', 'An inspector listens in the sidecar.', {
      remedy: 'Start the sidecar without --inspect.',
    });
  }
  // Warnings may quote what they warn of.
  process.removeAllListeners('warning');
  process.on('warning', () => {});
}

/**
 * A core file of this process holds none of its memory. The limit of the container keeps the kernel from writing one, but not
 * from handing one to a program of the host (core(5): the limit is not enforced for dumps that are piped).
 */
function emptyCoreFiles(): void {
  try {
    writeFileSync('/proc/self/coredump_filter', '0');
  } catch {
    // No such file under gVisor and off Linux, where no core is made of a process in a sandbox.
  }
}
