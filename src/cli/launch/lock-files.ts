// Lock files of a box in the regime `trade`: what is installed is what they name, so one that changed is evidence, told to the
// sidecar, which journals it and lets no order out any more. Looked at whenever a command of ours touches the box.
import { z } from 'zod';
import { readPrivateFile } from '../../config/private-files.js';
import { regimes } from '../../config/regime.js';
import { messageOf } from '../../core/errors.js';
import { boxPaths } from '../../sandbox/box-paths.js';
import type { Engine } from '../../sandbox/engine.js';
import { recordIfReadable } from '../../sandbox/records.js';
import { changedLockFiles, type HotFiles } from '../../sandbox/shield/hot-files.js';
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

/** What a changed lock file is called in the journal; undefined when all are as they were, or the box is of another regime. */
export function lockFileEvidence(
  { paths: { stateDir } }: Pick<Places, 'paths'>,
  name: string,
): string | undefined {
  const record = recordIfReadable(stateDir, name);
  if (record === undefined) return undefined;
  if (launchRegimeSchema.safeParse(record.launch).data?.regime !== 'trade') return undefined;
  const changed = changedLockFiles(readHotFiles(stateDir, name) ?? {}, record.workdir);
  if (changed.length === 0) return undefined;
  const shown = changed.slice(0, shownFiles).map(printable).join(', ');
  const rest = changed.length > shownFiles ? ` and ${changed.length - shownFiles} more` : '';
  return `lock files differ from what they were when the box began: ${shown}${rest}`.slice(0, longestMessage);
}

/** Tells the box's sidecar. A box whose sidecar does not answer sends no order anyway (S11): it is said here. */
export async function reportLockFiles(context: Places, engine: Engine, name: string): Promise<void> {
  const message = lockFileEvidence(context, name);
  if (message === undefined) return;
  try {
    const { control } = await import('../../sandbox/control.js');
    const reply = await control(engine, name, { op: 'evidence', cause: 'lock-file', message });
    if (!reply.ok) throw new Error(reply.message);
  } catch (thrown) {
    context.output.warn(
      `${name}: ${message}; its sidecar could not be told (${printable(messageOf(thrown))})`,
    );
  }
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
