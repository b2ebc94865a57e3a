// Taint as a fold over the journal: which records are evidence that a box misbehaved, how grave, and since when. Pure.
//
// Evidence is a `taint` record, a metadata service that was asked for, or a burst of denied names or of probes (somebody feels
// along the walls). What a record weighs is the operator's choice; what was recorded stays. Only another sandbox id, which a
// reset brings, starts afresh: the journal of a name goes on over many boxes and sidecars.
import { isMetadataService } from '../core/metadata-services.js';
import type { JournalEvent } from './events.js';

/** Evidence the sidecar knows how to see. A cause that stands in a journal and not here weighs `taint`. */
export const taintCauses = [
  'decoy-misuse',
  'forged-signature',
  'funds-attempt',
  'boundary-probe',
  'canary',
  'lock-file',
  'git-link',
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
/** So many different probes within the window, each of which alone is only told, taint. */
export const probeCount = 5;

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
  /** Probes of the last window, by their words, with the time each was first seen in it, in milliseconds. */
  probes: ReadonlyMap<string, number>;
  /** A boundary probe that the fold itself found and counted, and whose own `taint` record has not come yet. */
  unrecorded: { message: string; severity?: 'warn' } | undefined;
}

export const untainted: TaintState = {
  sandboxId: undefined,
  isTainted: false,
  count: 0,
  evidence: [],
  denied: new Map(),
  probes: new Map(),
  unrecorded: undefined,
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
      // What it speaks of is counted already.
      if (event.cause === 'boundary-probe' && state.unrecorded !== undefined) {
        return { ...state, unrecorded: undefined };
      }
      if (event.severity === 'warn') return withProbe(state, event, record.at, policy);
      return withEvidence(state, event.cause, event.message, record.at, policy);
    case 'dns.denied':
      if (isMetadataService(event.name.toLowerCase()))
        return withLookup(state, event.name, record.at, policy);
      return withDenied(state, event.name, record.at, policy);
    case 'connection.denied':
      return withConnection(state, event, record.at, policy);
    default:
      return state;
  }
}

const probe = 'boundary-probe';
const burstMessage = `${probeHosts} different names were denied within ${probeWindowMs / 1000} seconds`;
const probesMessage = `${probeCount} different addresses or foreign origins were asked for within ${probeWindowMs / 1000} seconds`;

function withConnection(
  state: TaintState,
  { host, code }: Extract<JournalEvent, { type: 'connection.denied' }>,
  at: string,
  policy: TaintPolicy,
): TaintState {
  if (host === '') return state;
  if (isMetadataService(host.toLowerCase())) {
    const message = `the metadata service ${host.toLowerCase()} was asked for`;
    return severityOf(probe, policy) === 'off'
      ? state
      : { ...withEvidence(state, probe, message, at, policy), unrecorded: { message } };
  }
  if (code !== 'SNI_MISMATCH') return withDenied(state, host, at, policy);
  const message = `a TLS handshake named another host than CONNECT did: ${host.toLowerCase()}`;
  return ownRecord(state, withProbe(state, { cause: probe, message }, at, policy), message);
}

/** A name alone reaches nothing, and cloud SDKs look theirs up unasked: it is told, and taints only among others. */
function withLookup(state: TaintState, name: string, at: string, policy: TaintPolicy): TaintState {
  const message = `the name of the metadata service ${name.toLowerCase()} was looked up`;
  return ownRecord(state, withProbe(state, { cause: probe, message }, at, policy), message);
}

/** What was newly counted and has no record of its own gets one. */
function ownRecord(before: TaintState, after: TaintState, message: string): TaintState {
  if (after.count === before.count || after.unrecorded !== undefined) return after;
  return { ...after, unrecorded: { message, severity: 'warn' } };
}

/** One of several that taint only together. The same again is no news. */
function withProbe(
  state: TaintState,
  { cause, message }: { cause: string; message: string },
  at: string,
  policy: TaintPolicy,
): TaintState {
  if (severityOf(cause, policy) === 'off') return state;
  const nowMs = Date.parse(at);
  const probes = new Map([...state.probes].filter(([, seenMs]) => seenMs > nowMs - probeWindowMs));
  if (probes.has(message)) return state;
  probes.set(message, nowMs);
  if (probes.size >= probeCount) {
    const burst = withEvidence(state, cause, probesMessage, at, policy);
    return { ...burst, probes: new Map(), unrecorded: { message: probesMessage } };
  }
  const isKnown = state.evidence.some((one) => one.cause === cause && one.message === message);
  const next = isKnown ? state : withEvidence(state, cause, message, at, { ...policy, [cause]: 'warn' });
  return { ...next, probes };
}

function withDenied(state: TaintState, name: string, at: string, policy: TaintPolicy): TaintState {
  if (severityOf(probe, policy) === 'off') return state;
  const key = name.toLowerCase();
  const nowMs = Date.parse(at);
  if ((state.denied.get(key) ?? Number.NEGATIVE_INFINITY) > nowMs - probeWindowMs) return state;
  const recent = [...state.denied].filter(
    ([other, seenMs]) => other !== key && seenMs > nowMs - probeWindowMs,
  );
  const denied = new Map([...recent, [key, nowMs]]);
  if (denied.size < probeHosts) return { ...state, denied };
  const burst = withEvidence(state, probe, burstMessage, at, policy);
  return { ...burst, denied: new Map(), unrecorded: { message: burstMessage } };
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
