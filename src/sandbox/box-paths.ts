// Where the host keeps what it remembers of a box.
import { join } from 'node:path';

export interface BoxPaths {
  dir: string;
  record: string;
  journal: string;
  /** See handover.ts. */
  handover: string;
  lock: string;
  /** What was noted of the working directory before the box. */
  hotFiles: string;
  /** Which working directory the box has, and its regime. */
  claim: string;
}

export function boxPaths(stateDir: string, name: string): BoxPaths {
  const dir = join(stateDir, 'sandboxes', name);
  return {
    dir,
    record: join(dir, 'box.json'),
    journal: join(dir, 'journal'),
    handover: join(dir, 'handover'),
    lock: join(dir, 'lock'),
    hotFiles: join(dir, 'hot-files.json'),
    claim: join(dir, 'workdir.json'),
  };
}
