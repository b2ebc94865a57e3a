// Reads a box's taint, its last guardrails, and why newer ones are not in force, out of its journal on the host. Most lines are never parsed: only those that can be evidence are.
import { journalLines } from './lines.js';
import { parseRecord } from './record.js';
import { foldTaint, type TaintPolicy, type TaintState, untainted } from './taint.js';

/** How the records that matter begin, in the one form that a record may have. */
const marks = [
  'journal.opened',
  'taint',
  'dns.denied',
  'connection.denied',
  'sidecar.started',
  'guardrails.loaded',
  'guardrails.rejected',
].map((type) => Buffer.from(`"event":{"type":"${type}"`));
/** `{"seq":…,"at":"…","prev":"<64>",` is shorter than this. */
const longestOpening = 160;

/**
 * Folds the records of the journal in `dir`; untainted when there is none. The chain is not proven here: for that there
 * is verifyJournal. `rules`: the document of the last guardrails that were in force; undefined when none is told.
 * @throws the system's error when a file cannot be read.
 */
export function readTaint(
  dir: string,
  policy: TaintPolicy = {},
): TaintState & { guardrailsProblem: string | undefined; rules: unknown } {
  let state = untainted;
  let rules: unknown;
  let guardrailsProblem: string | undefined;
  for (const { bytes, isComplete } of journalLines(dir)) {
    if (!isComplete || !mayBeEvidence(bytes)) continue;
    const record = parseRecord(bytes);
    if (record === undefined) continue;
    state = foldTaint(state, record, policy);
    const { event } = record;
    // Whoever starts anew has the rules of the file, and a load in force ends what waited.
    if (event.type === 'journal.opened' || event.type === 'guardrails.loaded') guardrailsProblem = undefined;
    if (event.type === 'guardrails.loaded') rules = event.rules ?? rules;
    if (event.type === 'sidecar.started') rules = event.guardrails?.rules ?? rules;
    if (event.type === 'guardrails.rejected') guardrailsProblem = event.message;
  }
  return { ...state, guardrailsProblem, rules };
}

/** False for most lines: they need not be parsed. */
export function mayBeEvidence(line: Buffer): boolean {
  const opening = line.subarray(0, longestOpening + 40);
  return marks.some((mark) => opening.includes(mark));
}
