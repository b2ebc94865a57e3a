// Ending a box: the sidecar closes its journal, the host notes the head, and the engine's objects go.
import { verifyJournal } from '../../audit/verify.js';
import { messageOf } from '../../core/errors.js';
import { listBoxes } from '../../sandbox/boxes.js';
import type { Engine } from '../../sandbox/engine.js';
import {
  boxPaths,
  readRecord,
  recordedNames,
  recordIfReadable,
  removeRecord,
  writeRecord,
} from '../../sandbox/records.js';
import { removeBox } from '../../sandbox/removal.js';
import { endSidecar } from '../../sandbox/upkeep.js';
import type { CliContext } from '../context.js';
import { takeCheckpoints } from './checkpoints.js';
import { leaveWorkdir } from './workdir.js';

/**
 * Ends a box and removes its containers and networks. Its journal stays, and so does its record, so that `reset` can start
 * it again. Works on broken and half-made boxes. Begun, it is finished, whatever signal ends the program meanwhile.
 */
export async function endBox(context: CliContext, engine: Engine, name: string): Promise<void> {
  const ending = takeDown(context, engine, name);
  const ended = context.interrupts.onEnd(() => ending);
  await ending.finally(ended);
}

async function takeDown(context: CliContext, engine: Engine, name: string): Promise<void> {
  const { stateDir } = context.paths;
  // The agent goes while the sidecar closes its journal: what it asks for meanwhile is answered by nobody.
  let record = recordIfReadable(stateDir, name);
  const closing = endSidecar(engine, name).then(() => {
    noteHead(stateDir, name);
    for (const problem of journalProblems(context, name)) context.output.warn(problem);
    record = recordIfReadable(stateDir, name);
  });
  const closed = closing.catch(() => {}); // told at the end
  await removeBox(engine, name, { stateDir, journal: 'keep', closing: closed });
  leaveWorkdir(context, name, record?.workdir);
  if (record !== undefined) writeRecord(stateDir, record);
  await closing;
}

/** A journal that cannot be checked must not keep a box from being ended: it is said. */
function journalProblems(context: CliContext, name: string): string[] {
  try {
    return takeCheckpoints(context, name);
  } catch (thrown) {
    return [`no checkpoint was taken: ${messageOf(thrown)}`];
  }
}

/** S10: keeps the journal's head outside the sidecar's reach, so that a later truncation shows. Never moves it back. */
export function noteHead(stateDir: string, name: string): void {
  const record = recordIfReadable(stateDir, name);
  if (record === undefined) return;
  const verified = verifyJournal(boxPaths(stateDir, name).journal, record.journalHead);
  if (verified.ok) writeRecord(stateDir, { ...record, journalHead: verified.head });
}

/** Forgets how a box was started. Its journal stays. */
export function forgetBox(context: CliContext, name: string): void {
  removeRecord(context.paths.stateDir, name);
}

/** Names of boxes that exist on the engine. */
export async function liveBoxes(context: CliContext, engine: Engine): Promise<string[]> {
  return (await listBoxes(engine, context.clock.nowMs())).map(({ name }) => name);
}

/** Names of boxes that exist on the engine or are remembered. */
export async function knownBoxes(context: CliContext, engine: Engine): Promise<string[]> {
  const remembered = recordedNames(context.paths.stateDir).filter((name) => isRemembered(context, name));
  return [...new Set([...(await liveBoxes(context, engine)), ...remembered])].sort();
}

/** An unreadable record counts: it is there to be reset. */
function isRemembered(context: CliContext, name: string): boolean {
  try {
    return readRecord(context.paths.stateDir, name) !== undefined;
  } catch {
    return true;
  }
}
