// A context whose box answers as told: checks are judged without an engine here; test/security runs them on a real one.
import type { BoxUnderTest, CheckContext } from '../../../src/diagnose/check.js';
import type { ProbeAction, ProbeObservation } from '../../../src/diagnose/probe/protocol.js';

export function fakeBox(overrides: Partial<BoxUnderTest> = {}): BoxUnderTest {
  return {
    name: 'fake',
    mode: 'readonly',
    isolation: 'container',
    sidecarAddress: '10.87.0.2',
    agentAddress: '10.87.0.3',
    connectPort: 3128,
    workdir: '/nowhere',
    uid: 1000,
    gid: 1000,
    decoys: { OKX_API_KEY: 'decoy-key' },
    echo: {
      host: 'echo.tradebox.internal',
      decoy: 'echo-decoy',
      headerName: 'authorization',
      headerPrefix: 'Bearer ',
    },
    echoExpectedSha256: 'expected',
    preflight: [],
    status: async () => ({
      protocol: 1,
      sandbox: 'fake',
      mode: 'readonly',
      paper: false,
      uptimeMs: 1,
      nowMs: 1_000,
      ca: 'pem',
      head: { seq: 1, hash: '' },
      counters: { allowed: 0, denied: 0, completed: 0, scrubbed: 0, openConnections: 0 },
      isTainted: false,
      taints: [],
      memory: { rssBytes: 1, heapUsedBytes: 1 },
    }),
    keys: async () => [],
    probe: async () => [],
    met: async () => [],
    keepsReadOnly: async () => true,
    exec: async () => ({ exitCode: 0, stdout: '', stderr: '' }),
    ...overrides,
  };
}

export function fakeContext(overrides: Partial<CheckContext> = {}): CheckContext {
  return {
    engine: {
      kernel: '6.1.0-host',
      endpoint: 'unix:///fake.sock',
      source: 'test',
      version: '20.10',
      apiVersion: '1.41',
      rootless: false,
    },
    ownFiles: [],
    images: [],
    config: { path: undefined, accounts: [] },
    secrets: [],
    hostAddresses: ['192.168.7.7'],
    nameServers: ['192.168.7.1'],
    nowMs: () => 1_000,
    box: fakeBox(),
    probeWeakened: async () => [],
    ...overrides,
  };
}

/** A probe in which exactly the actions chosen by `getsThrough` succeed. */
export function probeThatReaches(getsThrough: (action: ProbeAction) => boolean): BoxUnderTest['probe'] {
  return async (plan) =>
    plan.map((action): ProbeObservation => {
      const through = getsThrough(action);
      if (action.do === 'dns') {
        return {
          do: 'dns',
          id: action.id,
          outcome: through ? 'answered' : 'failed',
          addresses: through ? ['10.87.0.2'] : [],
          detail: '',
        };
      }
      if (action.do === 'https') {
        return {
          do: 'https',
          id: action.id,
          outcome: through ? 'answered' : 'failed',
          status: through ? 200 : 0,
          body: '',
          detail: '',
        };
      }
      if (action.do === 'tcp' || action.do === 'udp') {
        return { do: action.do, id: action.id, outcome: through ? 'connected' : 'failed', detail: '' };
      }
      throw new Error(`unexpected action ${action.do}`);
    });
}
