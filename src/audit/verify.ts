// Reads a journal and proves its chain: edit, deletion, insertion, reordering and truncation are found and located (S10).
import path from 'node:path';
import { messageOf, TradeboxError } from '../core/errors.js';
import type { JournalHead, JournalRecord } from './events.js';
import { type JournalLine, journalLines } from './lines.js';
import { genesisHash, hashLine, parseRecord } from './record.js';
import { segmentName } from './segment.js';

/** What was done to the journal, as far as the chain can tell. */
export type ProblemKind =
  /** A record's bytes are not those its successor, or the checkpoint, was chained to. */
  | 'edited'
  | 'deleted'
  | 'inserted'
  | 'reordered'
  /** The journal ends before the checkpoint. */
  | 'truncated'
  /** A line is not a record. */
  | 'malformed'
  /** The last line has no end: a crash while writing, or a cut; the next start cuts it off and records that. */
  | 'unfinished';

export interface Problem {
  /** File name in the journal's directory. */
  file: string;
  /** From 1; 0 when the whole file is meant. */
  line: number;
  /** Sequence number of the record meant. */
  seq: number;
  kind: ProblemKind;
  /** One sentence. Holds nothing of the journal's text, so nothing in it can act on a terminal. */
  message: string;
}

export interface Verification {
  ok: boolean;
  /** Records whose place in the chain is proven. */
  records: number;
  /** Place of the last of them. */
  head: JournalHead;
  /** The first problem; reading stops there. */
  problem?: Problem;
}

/**
 * The records in order, each once its successor has vouched for it. An unfinished last line is left out, as the next
 * start would. `isExact: false` leaves to the chain whether each line is in its canonical form: faster, for a sidecar that reads what
 * sidecars wrote.
 * @throws TradeboxError JOURNAL_BROKEN at the first problem, with its place.
 */
export function* readJournal(dir: string, { isExact } = { isExact: true }): Generator<JournalRecord> {
  const links = chain(dir, isExact);
  let step = links.next();
  while (step.done !== true) {
    yield step.value.record;
    step = links.next();
  }
  const problem = step.value;
  if (problem !== undefined && problem.kind !== 'unfinished') throw brokenAt(dir, problem);
}

/**
 * Proves the whole chain, in constant memory. The chain alone cannot show that the last record was changed, or that
 * records are missing at the end: for that give `expected`, heads kept elsewhere.
 * @throws TradeboxError JOURNAL_BROKEN when a file cannot be read.
 */
export function verifyJournal(dir: string, expected?: JournalHead | readonly JournalHead[]): Verification {
  const kept = expected === undefined ? [] : [expected].flat();
  const hashes = new Map(kept.map(({ seq, hash }) => [seq, hash]));
  const lastKept = Math.max(0, ...hashes.keys());
  let provenSeq = 0;
  let head: JournalHead = { seq: 0, hash: genesisHash };
  let place = { file: segmentName(1), line: 0 };
  const failed = (problem: Problem): Verification => ({ ok: false, records: head.seq, head, problem });

  const links = chain(dir, true);
  let step = links.next();
  while (step.done !== true) {
    const link = step.value;
    const { seq } = link.record;
    const hash = hashes.get(seq);
    if (hash !== undefined && hash !== link.hash) {
      const from =
        provenSeq + 1 === seq ? '' : ` Something from record ${provenSeq + 1} on was written anew.`;
      return failed(
        problemAt(
          link,
          seq,
          'edited',
          `Record ${seq} is not the one that was recorded.${provenSeq === 0 ? '' : from}`,
        ),
      );
    }
    if (hash !== undefined) provenSeq = seq;
    head = { seq, hash: link.hash };
    place = { file: link.file, line: link.line };
    step = links.next();
  }
  const problem = step.value;
  const isEndReached = problem === undefined || problem.kind === 'unfinished';
  if (isEndReached && head.seq < lastKept) {
    const message = `The journal ends at record ${head.seq}; it once reached record ${lastKept}.`;
    return failed(problemAt(place, head.seq + 1, 'truncated', message));
  }
  return problem === undefined ? { ok: true, records: head.seq, head } : failed(problem);
}

interface Place {
  file: string;
  line: number;
}

/** A record with its place and the hash that its successor must name. */
interface Link extends Place {
  record: JournalRecord;
  hash: string;
}

/** Walks the chain; a link is given once the next one is chained to it. Returns the first problem. */
function* chain(dir: string, isExact: boolean): Generator<Link, Problem | undefined> {
  const lines = guardedLines(dir);
  let last: Link | undefined;
  for (let step = lines.next(); step.done !== true; step = lines.next()) {
    const line = step.value;
    const expectedSeq = (last?.record.seq ?? 0) + 1;
    const link = linkOf(line, isExact);
    if (link === undefined) {
      if (last !== undefined) yield last;
      return lineProblem(line, expectedSeq, lines.next().done === true);
    }
    if (link.record.prev !== (last?.hash ?? genesisHash) || link.record.seq !== expectedSeq) {
      const problem = breakProblem(last, link, lines);
      // The link before is given only if the problem is not its own.
      if (last !== undefined && problem.seq !== last.record.seq) yield last;
      return problem;
    }
    if (last !== undefined) yield last;
    last = link;
  }
  if (last !== undefined) yield last;
  return undefined;
}

function linkOf(line: JournalLine, isExact: boolean): Link | undefined {
  const record = line.isComplete ? parseRecord(line.bytes, isExact) : undefined;
  return record && { file: line.file, line: line.line, record, hash: hashLine(line.bytes) };
}

function lineProblem(line: JournalLine, seq: number, isLast: boolean): Problem {
  if (!line.isComplete && isLast) {
    return problemAt(line, seq, 'unfinished', `The last line, of record ${seq}, has no end.`);
  }
  const why = line.isTooLong ? 'is too long to be a record' : 'is not a record';
  return problemAt(line, seq, 'malformed', `The line where record ${seq} belongs ${why}.`);
}

/** What happened between two records that are not chained, told from those that follow. */
function breakProblem(before: Link | undefined, link: Link, rest: Generator<JournalLine>): Problem {
  const beforeSeq = before?.record.seq ?? 0;
  const beforeHash = before?.hash ?? genesisHash;
  const { seq, prev } = link.record;
  const next = beforeSeq + 1;
  if (prev === beforeHash) return problemAt(link, seq, 'edited', `Record ${next} carries the number ${seq}.`);

  let successor: Link | undefined;
  let isNextElsewhere = false;
  for (const line of rest) {
    const later = linkOf(line, true);
    successor ??= later;
    isNextElsewhere ||= later?.record.prev === beforeHash && later.record.seq === next;
  }
  if (isNextElsewhere) {
    return seq > next
      ? problemAt(link, seq, 'reordered', `Record ${seq} stands where record ${next} belongs.`)
      : problemAt(link, seq, 'inserted', `A record that calls itself ${seq} stands before record ${next}.`);
  }
  if (seq > next) {
    const gone = seq - 1 === next ? `Record ${next} is` : `Records ${next} to ${seq - 1} are`;
    return problemAt(link, next, 'deleted', `${gone} missing before this line.`);
  }
  if (seq < next) {
    return problemAt(
      link,
      seq,
      'inserted',
      `A record that calls itself ${seq} stands after record ${beforeSeq}.`,
    );
  }
  // The numbers fit, the hash does not: whichever of the two its own successor does not vouch for was changed.
  const isVouchedFor = successor === undefined || successor.record.prev === link.hash;
  const changed = before !== undefined && isVouchedFor ? before : link;
  const changedSeq = changed.record.seq;
  return problemAt(changed, changedSeq, 'edited', `Record ${changedSeq} was changed after it was recorded.`);
}

function problemAt(place: Place, seq: number, kind: ProblemKind, message: string): Problem {
  return { file: place.file, line: place.line, seq, kind, message };
}

function brokenAt(dir: string, problem: Problem): TradeboxError {
  const where = `${path.join(dir, problem.file)}:${problem.line}`;
  return new TradeboxError('JOURNAL_BROKEN', `${where}: ${problem.message}`, {
    remedy: 'Keep the evidence and start a clean box with: tradebox reset --keep-evidence <dir>.',
  });
}

function* guardedLines(dir: string): Generator<JournalLine> {
  try {
    yield* journalLines(dir);
  } catch (error) {
    throw new TradeboxError('JOURNAL_BROKEN', `The journal ${dir} cannot be read: ${messageOf(error)}.`, {
      remedy: `Look at the files and their owner with: ls -la ${dir}`,
      cause: error,
    });
  }
}
