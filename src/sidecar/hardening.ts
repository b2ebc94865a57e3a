// What the process can do from inside against giving its memory away (S2): no reports, no inspector, no wide file modes.
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
