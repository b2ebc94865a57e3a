// What counts as evidence, for how long, and what starts afresh.
import { expect, test } from 'vitest';
import type { JournalEvent } from '../../../src/audit/events.js';
import {
  foldTaint,
  maxEvidence,
  probeCount,
  probeHosts,
  probeWindowMs,
  type TaintPolicy,
  untainted,
} from '../../../src/audit/taint.js';

const opened = (sandboxId: string): JournalEvent => ({ type: 'journal.opened', sandbox: 'lab', sandboxId });
const evidence = (cause = 'decoy-misuse'): JournalEvent => ({ type: 'taint', cause, message: 'seen' });
const deniedName = (name: string): JournalEvent => ({
  type: 'dns.denied',
  name,
  queryType: 'A',
  code: 'HOST_DENIED',
});
const deniedHost = (host: string): JournalEvent => ({
  type: 'connection.denied',
  ingress: 'tls',
  host,
  port: 443,
  code: 'HOST_DENIED',
  message: 'no rule names the host and port',
});

function fold(events: readonly JournalEvent[], policy: TaintPolicy = {}, stepMs = 1) {
  return events.reduce(
    (state, event, index) => foldTaint(state, { at: new Date(index * stepMs).toISOString(), event }, policy),
    untainted,
  );
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}.example.test`);

test('a taint record taints, and a new sidecar of the same box does not clear it', () => {
  const state = fold([opened('a'), evidence(), opened('a')]);
  expect(state).toMatchObject({ isTainted: true, count: 1 });
  expect(state.evidence).toEqual([
    { cause: 'decoy-misuse', severity: 'taint', message: 'seen', at: '1970-01-01T00:00:00.001Z' },
  ]);
});

test('only another sandbox id starts afresh', () => {
  expect(fold([opened('a'), evidence(), opened('b')])).toEqual({ ...untainted, sandboxId: 'b' });
  expect(fold([opened('a'), evidence(), opened('b'), evidence()]).count).toBe(1);
});

test('severities: warn is evidence without taint, off is none, a cause nobody weighed taints', () => {
  expect(fold([evidence()], { 'decoy-misuse': 'warn' })).toMatchObject({ isTainted: false, count: 1 });
  expect(fold([evidence()], { 'decoy-misuse': 'off' })).toMatchObject({ isTainted: false, count: 0 });
  expect(fold([evidence('canary-read')], {}).isTainted).toBe(true);
  expect(fold([evidence('toString')], {}).isTainted).toBe(true);
  expect(fold([evidence()], { 'decoy-misuse': undefined }).isTainted).toBe(true);
});

test('so many different denied names within the window are a probe, one fewer is none', () => {
  expect(fold(names(probeHosts - 1).map(deniedName)).isTainted).toBe(false);
  const probe = fold(names(probeHosts).map(deniedName));
  expect(probe.evidence.map(({ cause }) => cause)).toEqual(['boundary-probe']);
  const mixed = names(probeHosts).map((name, index) =>
    index % 2 === 0 ? deniedName(name) : deniedHost(name),
  );
  expect(fold(mixed).isTainted).toBe(true);
});

test('one name again and again, in any case, is no probe; nor are names spread over time, nor nameless handshakes', () => {
  expect(fold(names(200).map((_, index) => deniedName(index % 2 === 0 ? 'A.test' : 'a.test'))).count).toBe(0);
  expect(fold(names(200).map(deniedName), {}, probeWindowMs / (probeHosts - 1)).count).toBe(0);
  expect(fold(names(200).map(() => deniedHost(''))).count).toBe(0);
});

test('a burst and its own record are one piece of evidence; the next burst is another', () => {
  const burst = names(probeHosts).map(deniedName);
  expect(fold([...burst, evidence('boundary-probe')]).count).toBe(1);
  expect(fold([...burst, evidence('boundary-probe'), evidence('boundary-probe')]).count).toBe(2);
  expect(fold([...burst, evidence('boundary-probe'), ...burst]).count).toBe(2);
});

const probed = (message: string): JournalEvent => ({
  type: 'taint',
  cause: 'boundary-probe',
  message,
  severity: 'warn',
});

test('one probe is told, several different ones within the window taint, the same again is no news', () => {
  const few = names(probeCount - 1).map(probed);
  expect(fold(few)).toMatchObject({ isTainted: false, count: probeCount - 1 });
  expect(fold(few).evidence[0]).toMatchObject({ cause: 'boundary-probe', severity: 'warn' });
  expect(fold([...few, ...few, ...few])).toMatchObject({ isTainted: false, count: probeCount - 1 });
  const burst = fold(names(probeCount).map(probed));
  expect(burst).toMatchObject({ isTainted: true, count: probeCount });
  expect(burst.unrecorded?.message).toBe(burst.evidence.at(-1)?.message);
  const slow = fold(names(20).map(probed), {}, probeWindowMs / (probeCount - 1));
  expect(slow).toMatchObject({ isTainted: false, count: 20 });
  const polled = fold(
    names(20).map(() => probed('one')),
    {},
    2 * probeWindowMs,
  );
  expect(polled).toMatchObject({ isTainted: false, count: 1 });
});

test('what the configuration says of probes holds for all of them', () => {
  const events = [...names(probeCount).map(probed), deniedHost('169.254.169.254')];
  expect(fold(events, { 'boundary-probe': 'off' })).toMatchObject({ isTainted: false, count: 0 });
  const warned = fold(events, { 'boundary-probe': 'warn' });
  expect(warned.isTainted).toBe(false);
  expect(warned.evidence.every(({ severity }) => severity === 'warn')).toBe(true);
});

test('a connection to a metadata service taints; its name alone is told, and so is another name behind CONNECT', () => {
  const service = 'Metadata.google.internal';
  expect(fold([deniedHost(service)])).toMatchObject({
    isTainted: true,
    count: 1,
    unrecorded: { message: 'the metadata service metadata.google.internal was asked for' },
  });
  expect(fold([deniedHost(service), evidence('boundary-probe')]).count).toBe(1);
  expect(fold([deniedName(service), deniedName(service)])).toMatchObject({
    isTainted: false,
    count: 1,
    unrecorded: { severity: 'warn' },
  });
  const foreign = (name: string): JournalEvent => ({
    ...(deniedHost(name) as Extract<JournalEvent, { type: 'connection.denied' }>),
    code: 'SNI_MISMATCH',
  });
  expect(fold([foreign('a.test'), foreign('A.test')])).toMatchObject({ isTainted: false, count: 1 });
  expect(fold(names(probeCount).map(foreign)).isTainted).toBe(true);
});

test('all evidence is counted, so much is kept', () => {
  const state = fold(Array.from({ length: maxEvidence + 50 }, () => evidence()));
  expect(state.count).toBe(maxEvidence + 50);
  expect(state.evidence).toHaveLength(maxEvidence);
});

test('decisions that are no evidence leave the state as it is', () => {
  const state = fold([opened('a'), evidence()]);
  expect(foldTaint(state, { at: '', event: { type: 'policy.loaded', digest: 'd' } })).toBe(state);
});
