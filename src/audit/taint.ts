// Taint as a fold over the journal: which records are evidence that a box misbehaved, how grave, and since when. Pure.
//
// Evidence is a `taint` record, or a burst of denied names (somebody feels along the walls). What a record weighs is the
// operator's choice; what was recorded stays. Only another sandbox id, which a reset brings, starts afresh: the journal of
// a name goes on over many boxes and sidecars.
import type { JournalEvent } from './events.js';

/** Evidence the sidecar knows how to see. A cause that stands in a journal and not here weighs `taint`. */
export const taintCauses = [
  'decoy-misuse',
  'forged-signature',
  'funds-attempt',
  'boundary-probe',
  'canary',
  'lock-file',
] as const;
export type TaintCause = (typeof taintCauses)[number];

/** `taint`: no order leaves until a reset. `warn`: told as evidence, nothing more. `off`: not evidence. */
export const taintSeverities = ['off', 'warn', 'taint'] as const;
export type TaintSeverity = (typeof taintSeverities)[number];

/** Severities that differ from the default, which is `taint` for every cause. */
export type TaintPolicy = Readonly<Partial<Record<TaintCause, TaintSeverity | undefined>>>;

/** So many different denied names within the window are a probe of the boundary. */
export const probeHosts = 30;
export const probeWindowMs = 60_000;

/** Pieces of evidence kept with their words; all are counted. */
export const maxEvidence = 100;

export interface TaintEvidence {
  cause: string;
  severity: Exclude<TaintSeverity, 'off'>;
  message: string;
  /** ISO 8601, UTC. */
  at: string;
}

export interface TaintState {
  /** Id of the box whose records were folded last. */
  sandboxId: string | undefined;
  isTainted: boolean;
  /** Pieces of evidence, also those beyond `maxEvidence`. */
  count: number;
  evidence: readonly TaintEvidence[];
  /** Denied names of the last window with the time each was first seen in it, in milliseconds. */
  denied: ReadonlyMap<string, number>;
  /** A burst was counted and its own `taint` record has not come yet. */
  isProbeUnrecorded: boolean;
}

export const untainted: TaintState = {
  sandboxId: undefined,
  isTainted: false,
  count: 0,
  evidence: [],
  denied: new Map(),
  isProbeUnrecorded: false,
};

/** What of a journal record the fold reads. */
export interface FoldedRecord {
  at: string;
  /** The same in milliseconds since the epoch, where it is at hand. */
  atMs?: number;
  event: JournalEvent;
}

/** The state after one more record; the same object when the record changes nothing. */
export function foldTaint(state: TaintState, record: FoldedRecord, policy: TaintPolicy = {}): TaintState {
  const { event } = record;
  switch (event.type) {
    case 'journal.opened':
      if (event.sandboxId === state.sandboxId) return state;
      return { ...untainted, sandboxId: event.sandboxId };
    case 'taint':
      // The burst it speaks of is counted already.
      if (event.cause === 'boundary-probe' && state.isProbeUnrecorded) {
        return { ...state, isProbeUnrecorded: false };
      }
      return withEvidence(state, event.cause, event.message, record.at, policy);
    case 'dns.denied':
      return withDenied(state, event.name, record.at, policy);
    case 'connection.denied':
      return event.host === '' ? state : withDenied(state, event.host, record.at, policy);
    default:
      return state;
  }
}

export const probeMessage = `${probeHosts} different names were denied within ${probeWindowMs / 1000} seconds`;

function withDenied(state: TaintState, name: string, at: string, policy: TaintPolicy): TaintState {
  if (severityOf('boundary-probe', policy) === 'off') return state;
  const key = name.toLowerCase();
  const nowMs = Date.parse(at);
  if ((state.denied.get(key) ?? Number.NEGATIVE_INFINITY) > nowMs - probeWindowMs) return state;
  const recent = [...state.denied].filter(
    ([other, seenMs]) => other !== key && seenMs > nowMs - probeWindowMs,
  );
  const denied = new Map([...recent, [key, nowMs]]);
  if (denied.size < probeHosts) return { ...state, denied };
  const burst = withEvidence(state, 'boundary-probe', probeMessage, at, policy);
  return { ...burst, denied: new Map(), isProbeUnrecorded: true };
}

function withEvidence(
  state: TaintState,
  cause: string,
  message: string,
  at: string,
  policy: TaintPolicy,
): TaintState {
  const severity = severityOf(cause, policy);
  if (severity === 'off') return state;
  const isKept = state.evidence.length < maxEvidence;
  return {
    ...state,
    isTainted: state.isTainted || severity === 'taint',
    count: state.count + 1,
    evidence: isKept ? [...state.evidence, { cause, severity, message, at }] : state.evidence,
  };
}

/** S11: a cause nobody gave a weight weighs most. */
function severityOf(cause: string, policy: TaintPolicy): TaintSeverity {
  return (Object.hasOwn(policy, cause) ? policy[cause as TaintCause] : undefined) ?? 'taint';
}
