// A paper exchange and an account's journal that outlive their sidecar, which is a process of its own and is killed with SIGKILL.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { buildSync } from 'esbuild';
import type { JournalEvent } from '../../src/audit/events.js';
import { readJournal } from '../../src/audit/verify.js';
import { systemClock } from '../../src/core/clock.js';
import { type HttpAnswer, type HttpRequest, jsonAnswer } from '../../src/core/http.js';
import { createPaperExchange } from '../../src/paper/exchange.js';
import { type ServedAnswer, startPaperServer } from '../../src/paper/server.js';
import { createAuthority } from '../../src/sidecar/authority.js';
import { protocolVersion, type Settings } from '../../src/sidecar/settings.js';
import { okx } from '../../src/venues/okx/okx.js';
import { teller } from './line-program.js';
import { okxHost, okxRequest } from './okx-client.js';
import { freePorts, rule } from './sidecar-box.js';
import { asReal, makeDecoys } from './venue-requests.js';

const account = 'okx-demo';

/**
 * What happens to a placing request that arrives. The two kills end the sidecar before or after the exchange took it; `ack-twice` sends
 * its acknowledgement twice, `other-ack` that of the order before instead.
 */
export type Fate =
  | 'served'
  | 'error-after'
  | 'cut-before'
  | 'cut-after'
  | 'kill-before'
  | 'kill-after'
  | 'ack-twice'
  | 'other-ack';

/** When a life ends: so many microseconds after its orders were sent, or once the account's journal grew by so many records. */
export type End = { afterMicros: number } | { afterRecords: number };

/** An order request as it reached the exchange. */
export interface Arrival {
  clientOrderId: string;
  /** SHA-256 hex of target and body, as the journal states it. */
  bytes: string;
  isTaken: boolean;
  /** The exchange's own number of it, once it is taken. */
  venueOrderId?: string;
}

export interface KillWorld {
  arrivals: Arrival[];
  /** What becomes of the next placing requests, in order; all others are served. */
  fates: Fate[];
  /** Starts a sidecar over the account. */
  live(mode: 'demo' | 'propose'): Promise<Life>;
  journal(): { event: JournalEvent; atMs: number }[];
  close(): Promise<void>;
}

export interface Life {
  /** Sends orders for the agent, all in one moment; each resolves with its answer's status, 0 when the sidecar died first. */
  place(clientOrderIds: readonly string[]): Promise<Promise<number>[]>;
  /** Approves all that is held; resolves when that is answered, or when the sidecar died. */
  approve(): Promise<void>;
  /** Kills it at the given moment; resolves when it is dead. */
  die(end: End): Promise<void>;
}

export async function startKillWorld(): Promise<KillWorld> {
  const dir = mkdtempSync(path.join(tmpdir(), 'tradebox-kill-'));
  // A fuzz that is out of time leaves its last world in the middle.
  const clean = () => rmSync(dir, { recursive: true, force: true });
  process.once('exit', clean);
  const program = bundle(dir);
  const [real, decoys] = [makeDecoys(okx), makeDecoys(okx)];
  const credential = { venue: 'okx', id: account, secrets: asReal(real) };
  const paper = createPaperExchange({ seed: 'kill', credentials: [credential], clock: systemClock });
  const authority = createAuthority({ clock: systemClock });
  let present: ChildProcess | undefined;
  let before: HttpAnswer | undefined;
  const handle = (request: HttpRequest): ServedAnswer => {
    if (request.method !== 'POST' || !request.path.endsWith('/trade/order')) return paper.handle(request);
    const fate = world.fates.shift() ?? 'served';
    const clientOrderId = String(JSON.parse(request.body.toString()).clOrdId);
    const bytes = `${request.method} ${request.path}?${request.query}\n${request.body.toString()}`;
    const arrival: Arrival = { clientOrderId, bytes, isTaken: false };
    world.arrivals.push(arrival);
    if (fate === 'kill-before') present?.kill('SIGKILL');
    if (fate === 'cut-before') throw new Error('cut');
    const answer = paper.handle(request);
    arrival.isTaken = true;
    arrival.venueOrderId = JSON.parse(answer.body.toString()).data[0].ordId;
    const other = before ?? answer;
    before = answer;
    if (fate === 'other-ack') return other;
    if (fate === 'ack-twice') return { ...answer, times: 2 };
    if (fate === 'kill-after') present?.kill('SIGKILL');
    if (fate === 'cut-after') throw new Error('cut');
    return fate === 'error-after' ? jsonAnswer(503, { code: '50001', msg: 'busy' }) : answer;
  };
  const server = await startPaperServer({ exchange: { handle }, tls: authority.leafFor(okxHost) });
  const routes = [{ host: okxHost, address: '127.0.0.1', port: server.port, ca: authority.caPem }];
  const accountDir = path.join(dir, 'accounts', account);
  const world: KillWorld = {
    arrivals: [],
    fates: [],
    async live(mode) {
      const [tlsPort = 0, httpPort = 0, connectPort = 0] = await freePorts(3);
      const settings: Settings = {
        protocol: protocolVersion,
        sandbox: { name: 'test', id: 'test-id' },
        mode,
        network: {
          address: '127.0.0.1',
          dnsPort: 0,
          httpPorts: [httpPort],
          tlsPorts: [tlsPort],
          connectPort,
        },
        journalDir: path.join(dir, 'box'),
        accountsDir: path.join(dir, 'accounts'),
        approval: { holdMs: 2_000 },
        reflexes: { ordersPerHour: 1_000_000, duplicateMs: 0, maxUnknown: 1_000, breakerAnswers: 1_000 },
        policy: { rules: [rule(okxHost, tlsPort, { venue: 'okx' })] },
        credentials: [
          { kind: 'venue', id: account, venue: 'okx', environment: 'demo', secrets: real, decoys },
        ],
        pins: [],
        echo: { host: 'echo.tradebox.internal' },
      };
      const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
      present = child;
      const tell = teller(child);
      const ca = await tell({ settings, routes });
      if (typeof ca !== 'string') throw new Error('the sidecar did not start');
      return {
        async place(ids) {
          const connected = await Promise.all(ids.map(() => connect(tlsPort, ca)));
          return ids.map((id, index) => connected[index]?.(orderOf(id, decoys)) ?? Promise.resolve(0));
        },
        approve: async () => void (await tell({})),
        die: (end) => killAt(child, end, () => records(accountDir)),
      };
    },
    journal: () => [...readJournal(accountDir)].map(({ event, at }) => ({ event, atMs: Date.parse(at) })),
    async close() {
      present?.kill('SIGKILL');
      await server.close();
      process.off('exit', clean);
      clean();
    },
  };
  return world;
}

let bundled: Uint8Array | undefined;

function bundle(dir: string): string {
  const entry = path.resolve(import.meta.dirname, 'killed-sidecar.ts');
  bundled ??= buildSync({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    logLevel: 'error',
    write: false,
  }).outputFiles[0]?.contents;
  if (bundled === undefined) throw new Error('the sidecar could not be bundled');
  const file = path.join(dir, 'sidecar.cjs');
  writeFileSync(file, bundled);
  return file;
}

function orderOf(clientOrderId: string, decoys: Readonly<Record<string, string>>): string {
  const order = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '0.001', px: '100' };
  return okxRequest(
    'POST',
    '/api/v5/trade/order',
    JSON.stringify({ ...order, clOrdId: clientOrderId }),
    decoys,
  );
}

/** A connection that is ready, so that orders sent over several leave in one moment. */
async function connect(port: number, ca: string): Promise<(request: string) => Promise<number>> {
  const socket = tls.connect({ host: '127.0.0.1', port, servername: okxHost, ca });
  socket.on('error', () => undefined);
  const status = new Promise<number>((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const found = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
      if (found === undefined) return;
      resolve(Number(found));
      socket.destroy();
    });
    socket.on('close', () => resolve(0));
  });
  await once(socket, 'secureConnect');
  return (request) => {
    socket.write(request);
    return status;
  };
}

/** Complete lines of the account's journal. */
function records(dir: string): number {
  return readFileSync(path.join(dir, '000001.jsonl'), 'latin1').split('\n').length - 1;
}

function killAt(child: ChildProcess, end: End, count: () => number): Promise<void> {
  const dead = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('close', () => resolve());
  });
  const fromMs = performance.now();
  const from = count();
  const mostMs = 600;
  const look = (): void => {
    const pastMs = performance.now() - fromMs;
    const isTime =
      'afterMicros' in end ? pastMs * 1_000 >= end.afterMicros : count() - from >= end.afterRecords;
    if (child.signalCode !== null) return;
    if (isTime || pastMs > mostMs) child.kill('SIGKILL');
    else setImmediate(look);
  };
  look();
  return dead;
}
