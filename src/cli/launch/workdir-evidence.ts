// What the host sees of a working directory that is evidence against its box, told to the sidecar, which journals it and lets no
// order out any more: lock files that changed or appeared in the regime `trade`, where what is installed is what they name, and repositories
// that came into the index, whose configuration `git status` on this machine would execute. Looked at whenever a command of ours
// touches the box, and by an attached `run` as soon as the index changes.
import { join } from 'node:path';
import { z } from 'zod';
import { readPrivateFile } from '../../config/private-files.js';
import { regimes } from '../../config/regime.js';
import { watchFiles } from '../../config/watch-files.js';
import { messageOf } from '../../core/errors.js';
import { boxPaths } from '../../sandbox/box-paths.js';
import type { Engine } from '../../sandbox/engine.js';
import { recordIfReadable } from '../../sandbox/records.js';
import { changedLockFiles, type HotFiles, newGitLinks } from '../../sandbox/shield/hot-files.js';
import { gitDirectory } from '../../sandbox/shield/hot-paths.js';
import type { ControlRequest } from '../../sidecar/control.js';
import type { CliContext } from '../context.js';
import { printable } from '../style.js';

type Places = {
  paths: Pick<CliContext['paths'], 'stateDir'>;
  output: Pick<CliContext['output'], 'warn'>;
};

/** The part of the launch record (request.ts) that counts here. */
const launchRegimeSchema = z.object({ regime: z.enum(regimes).optional() });

const shownFiles = 5;
const longestMessage = 500;

/** What is told to the sidecar. */
export type WorkdirEvidence = Pick<Extract<ControlRequest, { op: 'evidence' }>, 'cause' | 'message'>;

/** None when all is as it was. */
export function workdirEvidence(
  { paths: { stateDir } }: Pick<Places, 'paths'>,
  name: string,
): WorkdirEvidence[] {
  const record = recordIfReadable(stateDir, name);
  if (record === undefined) return [];
  const before = readHotFiles(stateDir, name);
  const isTrade = launchRegimeSchema.safeParse(record.launch).data?.regime === 'trade';
  const changed = isTrade && before !== undefined ? changedLockFiles(before, record.workdir) : [];
  const links = before === undefined ? [] : newGitLinks(before, record.workdir);
  return [
    ...evidence('lock-file', 'lock files differ from what they were when the box began', changed),
    ...evidence('git-link', 'repositories that git on this machine would run came into .git/index', links),
  ];
}

function evidence(
  cause: WorkdirEvidence['cause'],
  what: string,
  paths: readonly string[],
): WorkdirEvidence[] {
  if (paths.length === 0) return [];
  const shown = paths.slice(0, shownFiles).map(printable).join(', ');
  const rest = paths.length > shownFiles ? ` and ${paths.length - shownFiles} more` : '';
  return [{ cause, message: `${what}: ${shown}${rest}`.slice(0, longestMessage) }];
}

/** Tells the box's sidecar. A box whose sidecar does not answer sends no order anyway (S11): it is said here. */
export async function reportWorkdir(context: Places, engine: Engine, name: string): Promise<void> {
  for (const found of workdirEvidence(context, name)) {
    try {
      const { control } = await import('../../sandbox/control.js');
      const reply = await control(engine, name, { op: 'evidence', ...found });
      if (!reply.ok) throw new Error(reply.message);
    } catch (thrown) {
      context.output.warn(
        `${name}: ${found.message}; its sidecar could not be told (${printable(messageOf(thrown))})`,
      );
    }
  }
}

/**
 * Follows the index while somebody is attached: what came into it is told at once, and how it goes away again. Returns how to stop.
 */
export function watchIndex(context: Places, engine: Engine, name: string, workdir: string): () => void {
  let told = new Set<string>();
  const look = (): void => {
    const found = workdirEvidence(context, name).filter(({ cause }) => cause === 'git-link');
    const fresh = found.filter(({ message }) => !told.has(message));
    told = new Set(found.map(({ message }) => message));
    if (fresh.length === 0) return;
    for (const { message } of fresh) {
      context.output.warn(
        `${name}: ${message}. Before git looks there, take them out: git rm --cached -f -- <path>`,
      );
    }
    void reportWorkdir(context, engine, name);
  };
  return watchFiles([join(workdir, gitDirectory, 'index')], look);
}

const hotFilesSchema = z.record(z.string(), z.string());

/** What was noted of the working directory before the box; undefined when nothing was. */
export function readHotFiles(stateDir: string, name: string): HotFiles | undefined {
  const bytes = readPrivateFile(boxPaths(stateDir, name).hotFiles);
  if (bytes === undefined) return undefined;
  try {
    return hotFilesSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    return {};
  }
}
