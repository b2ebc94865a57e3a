// The working directory around a box (S13): before it, it is kept, and what the host executes is noted and shielded; after it, what changed is told.
import { rmSync } from 'node:fs';
import type { SnapshotConfig, WorkdirConfig } from '../../config/config.js';
import { ensurePrivateDir, writePrivateFile } from '../../config/private-files.js';
import type { Regime } from '../../config/regime.js';
import { messageOf, TradeboxError } from '../../core/errors.js';
import { boxPaths } from '../../sandbox/box-paths.js';
import type { BoxParts } from '../../sandbox/session.js';
import { gitSettingPaths } from '../../sandbox/shield/git-settings.js';
import { compareHotFiles, scanHotFiles } from '../../sandbox/shield/hot-files.js';
import { lowerShield, raiseShield } from '../../sandbox/shield/shield.js';
import { openSnapshots } from '../../sandbox/snapshot/store.js';
import type { CliContext } from '../context.js';
import { printable } from '../style.js';
import { claimWorkdir, leaveClaim } from './workdir-claims.js';
import { readHotFiles } from './workdir-evidence.js';

type Places = {
  paths: Pick<CliContext['paths'], 'stateDir' | 'snapshotsDir'>;
  output: Pick<CliContext['output'], 'warn'>;
  clock: CliContext['clock'];
  env: CliContext['env'];
};

const shownChanges = 10;

/** What a box's making does with its working directory. `isUp` tells whether another box's agent may be at work. */
export function workdirOf(
  context: Places,
  name: string,
  workdir: string,
  { writable, snapshots }: WorkdirConfig,
  regime: Regime,
  isUp: (name: string) => Promise<boolean>,
): NonNullable<BoxParts['workdir']> {
  const { stateDir } = context.paths;
  return {
    enter: async (user) => {
      await claimWorkdir(stateDir, name, { workdir, regime }, isUp);
      // What an earlier box of this name left behind is ours, and must not count as the user's.
      lowerShield(stateDir, name);
      await snapshotBeforeRun(context, workdir, snapshots);
      noteHotFiles(context, name, workdir);
      return raiseShield(workdir, {
        stateDir,
        name,
        user,
        writable,
        withLockFiles: regime === 'trade',
        gitPaths: await gitSettingPaths(workdir, context.env),
      });
    },
    leave: () => {
      lowerShield(stateDir, name);
      leaveClaim(stateDir, name);
      rmSync(boxPaths(stateDir, name).hotFiles, { force: true });
    },
  };
}

/** What the store is asked for, from configuration. */
export const limitsFrom = ({ keep, maxMb, exclude }: SnapshotConfig) => ({
  keep: Math.max(keep, 1),
  maxBytes: maxMb * 1024 ** 2,
  exclude,
});

/** One before the agent's first instruction. A directory that cannot be kept is told, and the run goes on. */
export async function snapshotBeforeRun(
  { paths, output, clock }: Places,
  workdir: string,
  config: SnapshotConfig,
): Promise<void> {
  if (config.keep === 0) return;
  try {
    await openSnapshots(paths.snapshotsDir, workdir).take({
      ...limitsFrom(config),
      reason: 'before a run',
      nowMs: clock.nowMs(),
    });
  } catch (thrown) {
    const remedy = thrown instanceof TradeboxError ? ` (${thrown.remedy})` : '';
    output.warn(`no snapshot was taken before this run: ${printable(messageOf(thrown))}${printable(remedy)}`);
  }
}

/** After the box: its placeholders go, and what appeared or changed that this machine would execute is told. */
export function leaveWorkdir(context: Places, name: string, workdir: string | undefined): void {
  const { stateDir } = context.paths;
  lowerShield(stateDir, name);
  leaveClaim(stateDir, name);
  const before = readHotFiles(stateDir, name);
  if (before === undefined || workdir === undefined) return;
  rmSync(boxPaths(stateDir, name).hotFiles, { force: true });
  const changes = compareHotFiles(before, scanHotFiles(workdir).files);
  if (changes.length === 0) return;
  const lines = changes.slice(0, shownChanges).map(({ kind, path }) => `  ${kind}: ${printable(path)}`);
  const rest = changes.length - lines.length;
  context.output.warn(
    [
      `while the box ran, files changed in ${printable(workdir)} that tools on this machine execute; read them before you go there:`,
      ...lines,
      ...(rest > 0 ? [`  and ${rest} more`] : []),
    ].join('\n'),
  );
}

function noteHotFiles({ paths, output }: Places, name: string, workdir: string): void {
  const { files, hardLinked, isComplete } = scanHotFiles(workdir);
  if (hardLinked.length > 0) {
    const [first = ''] = hardLinked;
    output.warn(
      `${printable(workdir)} holds files with a second name (hard links), such as ${printable(first)}: what the agent writes there changes under the other name, too`,
    );
  }
  if (!isComplete) {
    output.warn(`${printable(workdir)} is large: not all of its files that tools execute are watched`);
  }
  ensurePrivateDir(boxPaths(paths.stateDir, name).dir);
  writePrivateFile(boxPaths(paths.stateDir, name).hotFiles, JSON.stringify(files));
}
