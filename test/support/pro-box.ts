// A sidecar whose account of any venue trades on that venue's paper dialect, and real clients of its sockets: ccxt.pro and SDKs.
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import ccxt, { type Exchange } from 'ccxt';
import type { Venue } from '../../src/venues/venue.js';
import { rule, type SettingsPatch, startTestBox, type TestBox } from './sidecar-box.js';
import { makeDecoys } from './venue-requests.js';

type ProClass = new (config: Record<string, unknown>) => Exchange;

export interface ProBox {
  box: TestBox;
  real: Readonly<Record<string, string>>;
  decoys: Readonly<Record<string, string>>;
  /** For clients that take an agent: every connection goes through the sidecar's proxy. */
  agent: https.Agent;
  /** For clients that take a fetch. */
  fetchThrough(url: string | URL, init?: RequestInit): Promise<Response>;
  /** ccxt.pro on the venue, through the sidecar. */
  connect(config: Record<string, unknown>): Exchange;
  stop(): Promise<void>;
}

/** A box on paper, in mode `demo` unless the patch says otherwise. */
export async function startProBox(venue: Venue, patch: SettingsPatch = {}): Promise<ProBox> {
  const [real, decoys] = [makeDecoys(venue), makeDecoys(venue)];
  const rules = venue.hosts.map(({ host, ports }) => ({
    ...rule(host, 443, { venue: venue.id }),
    ports: [...ports],
  }));
  const environment = 'paper';
  const box = await startTestBox(() => ({
    mode: 'demo',
    paper: { seed: 'sockets', venues: [venue.id] },
    reflexes: { duplicateMs: 0 },
    policy: { rules },
    credentials: [{ kind: 'venue', id: 'paper', venue: venue.id, environment, secrets: real, decoys }],
    ...patch,
  }));
  const agent = new BoxAgent(box);

  const fetchThrough = fetchBy(agent);

  return {
    box,
    real,
    decoys,
    agent,
    fetchThrough,
    connect(config) {
      const Implementation = (ccxt.pro as unknown as Record<string, ProClass>)[venue.id.replace('-', '')];
      if (Implementation === undefined) throw new Error(`ccxt.pro knows no ${venue.id}`);
      const client = new Implementation({
        ...config,
        enableRateLimit: false,
        fetchImplementation: fetchThrough,
      });
      Object.assign(client, { agent });
      return client;
    },
    async stop() {
      agent.destroy();
      await box.stop();
    },
  };
}

/** For clients that take a fetch: through the agent, and given up when the caller does. */
export function fetchBy(agent: https.Agent): ProBox['fetchThrough'] {
  return (url, init = {}) =>
    new Promise((resolve, reject) => {
      const request = https.request(url, {
        agent,
        method: init.method ?? 'GET',
        headers: Object.fromEntries(new Headers(init.headers)),
        ...(init.signal ? { signal: init.signal } : {}),
      });
      request.on('error', reject);
      request.on('response', (answer) => {
        const chunks: Buffer[] = [];
        answer.on('error', reject);
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const status = answer.statusCode ?? 0;
          const body = status === 204 ? null : Buffer.concat(chunks).toString();
          resolve(new Response(body, { status, headers: { 'content-type': 'application/json' } }));
        });
      });
      request.end(init.body ?? undefined);
    });
}

/** Opens tunnels by CONNECT, and TLS within them that trusts the box's authority alone. */
export class BoxAgent extends https.Agent {
  constructor(readonly box: TestBox) {
    super({ keepAlive: false });
  }

  override createConnection(
    options: https.AgentOptions & { host?: string; port?: number | string },
    done?: (error: Error | null, socket: net.Socket) => void,
  ): undefined {
    const name = `${options.host}:${options.port ?? 443}`;
    const tunnel = net.connect(this.box.connectPort, '127.0.0.1');
    tunnel.on('error', (error) => done?.(error, tunnel));
    tunnel.write(`CONNECT ${name} HTTP/1.1\r\nHost: ${name}\r\n\r\n`);
    tunnel.once('data', (head) => {
      if (!/^HTTP\/1\.1 200/.test(head.toString('latin1'))) {
        done?.(new Error(head.toString('latin1')), tunnel);
        return;
      }
      const secure = { socket: tunnel, servername: options.host ?? '', ca: this.box.sidecar.caPem };
      done?.(null, tls.connect({ ...secure, ALPNProtocols: ['http/1.1'] }));
    });
    return undefined;
  }
}
