// A sidecar without a network for fuzzes: its real pipeline, one host, one path, two credentials, a journal that keeps nothing.
import { Duplex } from 'node:stream';
import type { JournalEvent } from '../../src/audit/events.js';
import { fixedClock } from '../../src/core/clock.js';
import { Matcher } from '../../src/core/matcher.js';
import { createCredentialBook, secretPatterns } from '../../src/sidecar/credentials.js';
import { DecoySearch } from '../../src/sidecar/decoy-search.js';
import { UpstreamError } from '../../src/sidecar/dial.js';
import { compilePolicy } from '../../src/sidecar/egress-policy.js';
import { defaultBodyLimits } from '../../src/sidecar/http1/body-limits.js';
import { defaultClientLimits } from '../../src/sidecar/http1/client-connection.js';
import { windowBudgetBytes } from '../../src/sidecar/http1/coding.js';
import { defaultFlightLimits } from '../../src/sidecar/http1/flight-limits.js';
import type { IngressEnvironment } from '../../src/sidecar/listeners/ingress.js';
import { Scrubber } from '../../src/sidecar/scrub.js';
import { Tally } from '../../src/sidecar/state.js';
import type { Upstream } from '../../src/sidecar/upstream.js';
import { defaultSocketLimits } from '../../src/sidecar/websocket/socket-limits.js';

export const host = 'a.test';
export const decoy = 'decoy-5f2c9a7714';
export const secret = 'real-81d0bb63e9';
/** Of a credential that logs in by message. */
export const feedDecoy = 'decoy-77c01be4d2';
export const feedSecret = 'real-2e9f40a8c6';

/** A way out on which nothing is reached, told each origin that is dialled: what is nearly one protocol may be another. */
export function noWayOut(onDial: (origin: string) => void = () => {}): Upstream {
  const dial = async (name: string, port: number): Promise<never> => {
    onDial(`${name}:${port}`);
    throw new UpstreamError('UPSTREAM_UNREACHABLE');
  };
  return {
    take: () => undefined,
    dial,
    dialHttp2: dial,
    dialAny: dial,
    dialAlike: dial,
    dialSocket: dial,
    warm: () => {},
    renew: () => {},
    size: 0,
    close: () => {},
  };
}

/** `upstream` stands in for the way out; `onRecord` hears what is journaled. */
export function environment(parts: {
  upstream: Upstream;
  onRecord?: (event: JournalEvent) => void;
}): IngressEnvironment {
  const { upstream, onRecord = () => {} } = parts;
  const clock = fixedClock(0);
  const credentials = createCredentialBook([
    {
      kind: 'plain',
      id: 'api',
      hosts: [host],
      placement: { in: 'header', name: 'x-key', prefix: '' },
      secret,
      decoy,
      isLlm: false,
    },
    {
      kind: 'plain',
      id: 'feed',
      hosts: [host],
      placement: { in: 'socket', keys: ['auth'] },
      secret: feedSecret,
      decoy: feedDecoy,
      isLlm: false,
    },
  ]);
  const decoys = new DecoySearch(credentials);
  const secrets = new Matcher(secretPatterns(credentials));
  const policy = compilePolicy([
    { host, ports: [443], methods: ['*'], paths: ['/ok/**'], reason: 'r', origin: 'o' },
  ]);
  let count = 0;
  const write = (event: JournalEvent) => {
    onRecord(event);
    return 0;
  };
  const journal = { append: write, note: write, flush: () => {}, durable: async () => {} };
  return {
    journal,
    upstream,
    world: {
      mode: 'readonly',
      paper: false,
      policy,
      credentials,
      decoys,
      venueOf: () => undefined,
      clock,
      nextNonce: () => 0n,
      isTainted: () => false,
    },
    tally: new Tally(clock),
    denials: { record: () => {} },
    newMasker: () => new Scrubber(secrets),
    isClean: (bytes: Buffer) => secrets.find(bytes) === undefined,
    secretStart: (bytes: Buffer) => secrets.partialFrom(bytes),
    newDecoyMasker: () => decoys.newMasker(),
    newSpellingMasker: () => decoys.newSpellingMasker(),
    nextRequestId: () => {
      count += 1;
      return String(count);
    },
    bodyBudget: { leftBytes: 1_000_000 },
    windowBudget: { leftBytes: windowBudgetBytes },
    bodyLimits: defaultBodyLimits,
    clientLimits: defaultClientLimits,
    flightLimits: defaultFlightLimits,
    socketLimits: defaultSocketLimits,
    socketBudget: { leftBytes: defaultSocketLimits.maxHeldBytes },
  } as unknown as IngressEnvironment;
}

/** A socket without a network: keeps what is written to it. */
export class FakeSocket extends Duplex {
  written: Buffer[] = [];
  setNoDelay(): this {
    return this;
  }
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: unknown, done: () => void): void {
    this.written.push(Buffer.from(chunk));
    done();
  }
}
