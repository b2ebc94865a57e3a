// Which box has which working directory, and of which regime it is: a directory that a box of each could see at once would be the
// way between them (S4). A claim is written before others' are read, so of two boxes made at once at least one sees the other.
import { rmSync } from 'node:fs';
import { z } from 'zod';
import { isProcessAlive, startTicksOf } from '../../audit/process-alive.js';
import { isInside } from '../../config/locations.js';
import { ensurePrivateDir, readPrivateFile, writePrivateFile } from '../../config/private-files.js';
import { type Regime, regimes } from '../../config/regime.js';
import { TradeboxError } from '../../core/errors.js';
import { boxPaths } from '../../sandbox/box-paths.js';
import { recordedNames } from '../../sandbox/records.js';

const claimSchema = z.strictObject({
  workdir: z.string(),
  regime: z.enum(regimes),
  /** Process that makes the box: until its container runs, nothing else tells of it. */
  maker: z.int(),
  /** `startTicksOf` the maker. */
  makerTicks: z.string().default(''),
});
type Claim = z.infer<typeof claimSchema>;

/**
 * Claims a directory for a box. `isUp` tells whether a box's agent may be at work.
 * @throws TradeboxError WORKDIR_INVALID when a box of the other regime has it, one around it or one within it.
 */
export async function claimWorkdir(
  stateDir: string,
  name: string,
  { workdir, regime }: { workdir: string; regime: Regime },
  isUp: (name: string) => Promise<boolean>,
): Promise<void> {
  const { dir, claim: file } = boxPaths(stateDir, name);
  ensurePrivateDir(dir);
  const makerTicks = startTicksOf(process.pid);
  const mine: Claim = { workdir, regime, maker: process.pid, makerTicks };
  writePrivateFile(file, JSON.stringify(mine));
  for (const other of recordedNames(stateDir)) {
    const claim = other === name ? undefined : readClaim(stateDir, other);
    if (claim === undefined || claim.regime === regime) continue;
    if (!isInside(claim.workdir, workdir) && !isInside(workdir, claim.workdir)) continue;
    if (!isProcessAlive(claim.maker, claim.makerTicks) && !(await isUp(other))) continue;
    leaveClaim(stateDir, name);
    throw new TradeboxError(
      'WORKDIR_INVALID',
      `${workdir} is not mounted: the box ${other} has ${claim.workdir} and is ${claim.regime}, this one would be ${regime}; what one writes the other reads`,
      { remedy: `Stop it with \`tradebox stop ${other}\`, or give each box a directory of its own.` },
    );
  }
}

export function leaveClaim(stateDir: string, name: string): void {
  rmSync(boxPaths(stateDir, name).claim, { force: true });
}

function readClaim(stateDir: string, name: string): Claim | undefined {
  const bytes = readPrivateFile(boxPaths(stateDir, name).claim);
  if (bytes === undefined) return undefined;
  try {
    return claimSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    return undefined;
  }
}
