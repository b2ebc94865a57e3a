// Whether a process of this machine is there, by its id: for locks and claims that name who holds them.

/** True for another user's process, too. Ids are given anew: true of an old id says that somebody has it. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
