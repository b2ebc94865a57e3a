// Whether a process of this machine is there, by its id: for locks and claims that name who holds them.
import { readFileSync } from 'node:fs';

/**
 * True for another user's process, too. Ids are given anew, after a restart of a container soon: `startTicks`, what `startTicksOf` told
 * of the process meant, tells it from one that has its id now. Without it, or where nothing can be told, an id that somebody has counts.
 */
export function isProcessAlive(pid: number, startTicks = ''): boolean {
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startTicks === '' ? '' : startTicksOf(pid);
  return now === '' || now === startTicks;
}

/**
 * When a process began, clock ticks since boot: field 22 of `/proc/<pid>/stat` (proc_pid_stat(5)), where field 2 is the name in
 * parentheses and may hold spaces. Empty where there is no such process, or no /proc.
 */
export function startTicksOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
