// Ending a box: the sidecar closes its journal, the host notes the head, and the engine's objects go; at once, or behind a successor.
import { verifyJournal } from '../../audit/verify.js';
import { messageOf, TradeboxError } from '../../core/errors.js';
import type { AttachOutcome } from '../../sandbox/attach.js';
import { boxPaths } from '../../sandbox/box-paths.js';
import { findBox, listBoxes } from '../../sandbox/boxes.js';
import type { Engine } from '../../sandbox/engine.js';
import { holdName } from '../../sandbox/name-lock.js';
import { readRecord, recordIfReadable, removeRecord, writeRecord } from '../../sandbox/records.js';
import { removeBox } from '../../sandbox/removal.js';
import { depart, type Predecessor } from '../../sandbox/succession.js';
import { endSidecar } from '../../sandbox/upkeep.js';
import type { CliContext } from '../context.js';
import { type Taken, takeCheckpoints } from './checkpoints.js';
import { leaveBox } from './leave.js';
import { leaveWorkdir } from './workdir.js';
import { reportWorkdir } from './workdir-evidence.js';

/**
 * Ends a box and removes its containers and networks. Its journal stays, and so does its record, so that `reset` can start
 * it again. Works on broken and half-made boxes. Begun, it is finished, whatever signal ends the program meanwhile.
 * `isHeld` where the caller holds the name.
 */
export async function endBox(
  context: CliContext,
  engine: Engine,
  name: string,
  isHeld = false,
): Promise<void> {
  const ending = takeDown(context, engine, name, isHeld);
  const ended = context.interrupts.onEnd(() => ending);
  await ending.finally(ended);
}

async function takeDown(context: CliContext, engine: Engine, name: string, isHeld: boolean): Promise<void> {
  const { stateDir } = context.paths;
  await reportWorkdir(context, engine, name);
  // The agent goes while the sidecar closes its journal: what it asks for meanwhile is answered by nobody.
  let record = recordIfReadable(stateDir, name);
  const closing = endSidecar(engine, name).then(() => {
    noteJournals(context, name);
    record = recordIfReadable(stateDir, name);
  });
  const closed = closing.catch(() => {}); // told at the end
  await removeBox(engine, name, { stateDir, journal: 'keep', closing: closed, isHeld });
  leaveWorkdir(context, name, record?.workdir);
  if (record !== undefined) writeRecord(stateDir, record);
  await closing;
}

/** How long another tradebox may take to end a box or to make it anew, milliseconds. */
const othersWorkMs = 30_000;
/** By the shell's convention: 128 + SIGKILL. */
const killedCode = 137;

/**
 * Ends the box of an agent that has ended while attached, unless it must stay (leave.ts). Where another tradebox does that, or
 * makes the box anew (`stop`, `reset`), that is waited for and said, and what is there then is left alone.
 * @returns the exit code of the command: the agent's own.
 * Throws NAME_TAKEN when the other one does not finish.
 */
export async function endAttached(
  context: CliContext,
  engine: Engine,
  { name, id }: { name: string; id: string },
  outcome: Exclude<AttachOutcome, { kind: 'detached' }>,
): Promise<number> {
  const exitCode = outcome.kind === 'exited' ? outcome.exitCode : killedCode;
  for (;;) {
    await holdName(context.paths.stateDir, name, async () => {}, othersWorkMs);
    const now = await findBox(engine, name, context.clock.nowMs());
    if (now?.id !== id) {
      context.output.note(
        now === undefined
          ? `${name} was stopped by another tradebox`
          : `${name} was ended and made anew by another tradebox; \`tradebox attach ${name}\` attaches to it`,
      );
      return exitCode;
    }
    try {
      await leaveBox(context, engine, name, () => endBox(context, engine, name));
      return exitCode;
    } catch (thrown) {
      // Another one has begun meanwhile.
      if (!(thrown instanceof TradeboxError && thrown.code === 'NAME_TAKEN')) throw thrown;
    }
  }
}

/**
 * Ends a box while `start` makes its successor of the same name, then removes what is left of it. Where `start` fails nothing
 * of the box stays but its journal and its record. Begun, it is finished, whatever signal ends the program meanwhile.
 */
export async function replaceBox<T>(
  context: CliContext,
  engine: Engine,
  name: string,
  start: (predecessor: Predecessor) => Promise<T>,
): Promise<T> {
  const { stateDir } = context.paths;
  return holdName(stateDir, name, async () => {
    const workdir = recordIfReadable(stateDir, name)?.workdir;
    await reportWorkdir(context, engine, name);
    const departure = await depart(engine, name);
    const { ids, hasStrangers } = departure;
    const agentEnded = departure.agentEnded.then(() => leaveWorkdir(context, name, workdir));
    const sidecarEnded = departure.sidecarEnded.then(() => noteJournals(context, name));
    const ended = Promise.allSettled([agentEnded, sidecarEnded]);
    let removing: Promise<unknown> | undefined;
    const remove = (): Promise<unknown> => {
      removing ??= ended.then(() => departure.remove());
      return removing;
    };
    const removed = context.interrupts.onEnd(async () => {
      await remove();
    });
    try {
      const successor = await start({ ids, hasStrangers, agentEnded, sidecarEnded });
      await remove();
      return successor;
    } catch (thrown) {
      await remove().catch((problem: unknown) =>
        context.output.warn(`remains of ${name} are still there: ${messageOf(problem)}`),
      );
      throw thrown;
    } finally {
      removed();
    }
  });
}

/** S10: keeps the journals' heads outside the sidecar's reach, so that a later truncation shows. What does not hold is said. */
function noteJournals(context: CliContext, name: string): void {
  const { stateDir } = context.paths;
  const { problems, head } = checkpointsOf(context, name);
  const record = recordIfReadable(stateDir, name);
  if (head === undefined) noteHead(stateDir, name);
  else if (record !== undefined) writeRecord(stateDir, { ...record, journalHead: head });
  for (const problem of problems) context.output.warn(problem);
}

/** A journal that cannot be checked must not keep a box from being ended: it is said. */
function checkpointsOf(context: CliContext, name: string): Taken {
  try {
    return takeCheckpoints(context, name);
  } catch (thrown) {
    return { problems: [`no checkpoint was taken: ${messageOf(thrown)}`] };
  }
}

/** The head alone, where the checkpoints beside it were changed. Never moves it back. */
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

/** True for a box that exists on the engine or is remembered. */
export async function isKnown(context: CliContext, engine: Engine, name: string): Promise<boolean> {
  return isRemembered(context, name) || (await liveBoxes(context, engine)).includes(name);
}

/** An unreadable record counts: it is there to be reset. */
function isRemembered(context: CliContext, name: string): boolean {
  try {
    return readRecord(context.paths.stateDir, name) !== undefined;
  } catch {
    return true;
  }
}
