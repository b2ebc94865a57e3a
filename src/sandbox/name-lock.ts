// One tradebox at a time makes, changes or removes a box of a name.
import { removeIfLeft, withFileLock } from '../config/file-lock.js';
import { ensurePrivateDir } from '../config/private-files.js';
import { TradeboxError } from '../core/errors.js';
import { boxPaths } from './box-paths.js';

/**
 * Holds a box's name while `work` makes, changes or removes it, against another tradebox on this machine; the lock of a
 * dead process is taken over, one of a living process waited for so many milliseconds. Throws NAME_TAKEN.
 */
export async function holdName<T>(
  stateDir: string,
  name: string,
  work: () => Promise<T>,
  waitMs = 0,
): Promise<T> {
  const paths = boxPaths(stateDir, name);
  ensurePrivateDir(paths.dir);
  const outcome = await withFileLock(paths.lock, waitMs, work);
  if (outcome.held) return outcome.result;
  throw new TradeboxError(
    'NAME_TAKEN',
    `Another tradebox (process ${outcome.holder}) is busy with the box "${name}".`,
    {
      remedy: `Wait until it has finished, or choose another --name. ${removeIfLeft(paths.lock)}`,
    },
  );
}
