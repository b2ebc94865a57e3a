// A paper exchange and an account's journal that outlive their sidecar, which is a process of its own and is killed with SIGKILL.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { build } from 'esbuild';
import { WebSocket } from 'ws';
import type { JournalEvent } from '../../src/audit/events.js';
import { readJournal } from '../../src/audit/verify.js';
import { systemClock } from '../../src/core/clock.js';
import { createPaperExchange } from '../../src/paper/exchange.js';
import type { InjectedFault } from '../../src/paper/fault-rules.js';
import { startPaperServer } from '../../src/paper/server.js';
import { createAuthority } from '../../src/sidecar/authority.js';
import { protocolVersion, type Settings } from '../../src/sidecar/settings.js';
import { okx } from '../../src/venues/okx/okx.js';
import { namedAwaits } from './await-points.js';
import type { Word } from './killed-sidecar.js';
import { teller } from './line-program.js';
import { okxHost, okxRequest } from './okx-client.js';
import { freePorts, rule } from './sidecar-box.js';
import { struckExchange } from './struck-exchange.js';
import { asReal, makeDecoys } from './venue-requests.js';

const account = 'okx-demo';
const socketHost = 'wspap.okx.com';

/** What happens to a placing or amending request that arrives. The two kills end the sidecar before or after the exchange took it. */
export type Fate = 'served' | 'kill-before' | 'kill-after' | InjectedFault;

/**
 * When a life ends: so many microseconds after its orders were sent, once the account's journal grew by so many records, or where an
 * await point was passed; each ends after a while.
 */
export type End = { afterMicros: number } | { afterRecords: number } | { at: string; withinMs?: number };

/** A request or message with orders as it reached the exchange. */
export interface Arrival {
  /** SHA-256 hex of target and body, as the journal states it. */
  digest: string;
  isAmend: boolean;
  /** One for each order; `venueOrderId` once it is taken. `worth` at its limit price, in quote currency; NaN where it names none. */
  orders: { clientOrderId: string; worth: number; venueOrderId?: string }[];
}

/** What the agent asks for: a path of OKX v5 and its body, by REST or over the socket. */
export interface Asked {
  path: 'order' | 'batch-orders' | 'amend-order' | 'cancel-order';
  body: unknown;
  overSocket?: boolean;
}

export interface KillWorld {
  ordersADay: number;
  arrivals: Arrival[];
  /** What becomes of the next placing or amending requests, in order; all others are served. */
  fates: Fate[];
  /** Starts a sidecar over the account; it dies at the moment that is named, once it has started. */
  live(mode: 'demo' | 'propose', dieAt?: string, tries?: number): Promise<Life>;
  journal(): { event: JournalEvent; atMs: number }[];
  close(): Promise<void>;
}

export interface Life {
  /** Sends for the agent, all in one moment; each resolves when it is answered, or when the sidecar died. */
  ask(asked: readonly Asked[]): Promise<Promise<unknown>[]>;
  /** A person's word; resolves with its answer, with undefined when the sidecar died. */
  tell(word: Word): Promise<unknown>;
  /** Kills it at the given moment; resolves when it is dead: true when it had killed itself, as at an await point. */
  die(end: End): Promise<boolean>;
}

/** `ordersADay`: what the guardrails of the account let through in a day; what is worth more than 200 takes a person. */
export async function startKillWorld(ordersADay = 12): Promise<KillWorld> {
  const dir = mkdtempSync(path.join(tmpdir(), 'tradebox-kill-'));
  // A fuzz that is out of time leaves its last world in the middle.
  const clean = () => rmSync(dir, { recursive: true, force: true });
  process.once('exit', clean);
  const program = await bundle(dir);
  const [real, decoys] = [makeDecoys(okx), makeDecoys(okx)];
  const credential = { venue: 'okx', id: account, secrets: asReal(real) };
  const paper = createPaperExchange({ seed: 'kill', credentials: [credential], clock: systemClock });
  const authority = createAuthority({ clock: systemClock });
  let present: ChildProcess | undefined;
  const world: KillWorld = {
    ordersADay,
    arrivals: [],
    fates: [],
    async live(mode, dieAt, tries = 3) {
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
        approval: { holdMs: 400, decideMs: 1_000, claimMs: 1_000 },
        reflexes: { ordersPerHour: 1_000_000, duplicateMs: 0, maxUnknown: 1_000, breakerAnswers: 1_000 },
        guardrails: {
          version: 1,
          approval: { above: '200', splitSeconds: 0.001 },
          daily: { orders: ordersADay },
          maxOpenOrders: 100,
        },
        policy: { rules: [okxHost, socketHost].map((host) => rule(host, tlsPort, { venue: 'okx' })) },
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
      // Between the search for a free port and the use of it another test may have taken it.
      if (typeof ca !== 'string' && tries > 1) return world.live(mode, dieAt, tries - 1);
      if (typeof ca !== 'string') throw new Error('the sidecar did not start');
      if (dieAt !== undefined) await tell({ dieAt });
      return {
        async ask(asked) {
          const ready = asked.map(({ overSocket }) =>
            overSocket === true ? login(tlsPort, ca, decoys) : connect(tlsPort, ca),
          );
          const connected = await Promise.all(ready);
          return asked.map((one, index) => connected[index]?.(one, decoys) ?? Promise.resolve());
        },
        tell,
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
  const exchange = struckExchange(paper, world, () => present?.kill('SIGKILL'));
  const server = await startPaperServer({ exchange, tls: authority.leafFor(okxHost) });
  const place = { address: '127.0.0.1', port: server.port, ca: authority.caPem, servername: okxHost };
  const routes = [okxHost, socketHost].map((host) => ({ host, ...place }));
  const accountDir = path.join(dir, 'accounts', account);
  return world;
}

let bundled: Uint8Array | undefined;

async function bundle(dir: string): Promise<string> {
  const entry = path.resolve(import.meta.dirname, 'killed-sidecar.ts');
  bundled ??= (
    await build({
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      logLevel: 'error',
      plugins: [namedAwaits],
      write: false,
    })
  ).outputFiles[0]?.contents;
  if (bundled === undefined) throw new Error('the sidecar could not be bundled');
  const file = path.join(dir, 'sidecar.cjs');
  writeFileSync(file, bundled);
  return file;
}

type Send = (asked: Asked, decoys: Readonly<Record<string, string>>) => Promise<unknown>;

/** A connection that is ready, so that orders sent over several leave in one moment. */
async function connect(port: number, ca: string): Promise<Send> {
  const socket = tls.connect({ host: '127.0.0.1', port, servername: okxHost, ca });
  const answered = new Promise<void>((resolve) => {
    socket.once('data', () => resolve());
    socket.once('close', () => resolve());
  });
  await ready(socket, 'secureConnect');
  return ({ path: name, body }, decoys) => {
    socket.write(okxRequest('POST', `/api/v5/trade/${name}`, JSON.stringify(body), decoys));
    return answered.finally(() => socket.destroy());
  };
}

/** The same over OKX's private socket, logged in. */
async function login(port: number, ca: string, decoys: Readonly<Record<string, string>>): Promise<Send> {
  const peer = new WebSocket(`wss://${socketHost}:${port}/ws/v5/private`, {
    createConnection: () => tls.connect({ host: '127.0.0.1', port, servername: socketHost, ca }),
  });
  await ready(peer, 'open');
  const next = () =>
    new Promise<void>((resolve) => {
      peer.once('message', () => resolve());
      peer.once('close', () => resolve());
    });
  const { apiKey, secretKey = '', passphrase } = decoys;
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const sign = createHmac('sha256', secretKey).update(`${timestamp}GET/users/self/verify`).digest('base64');
  const welcome = next();
  peer.send(JSON.stringify({ op: 'login', args: [{ apiKey, passphrase, timestamp, sign }] }));
  await welcome;
  return ({ path: op, body }) => {
    const answered = next();
    peer.send(JSON.stringify({ id: '7', op, args: Array.isArray(body) ? body : [body] }), () => undefined);
    return answered.finally(() => peer.terminate());
  };
}

/** Resolves when it is, or when the sidecar died before. */
async function ready(peer: tls.TLSSocket | WebSocket, event: string): Promise<void> {
  peer.on('error', () => undefined);
  await Promise.race([once(peer, event), once(peer, 'close')]).catch(() => undefined);
}

/** Complete lines of the account's journal. */
function records(dir: string): number {
  return readFileSync(path.join(dir, '000001.jsonl'), 'latin1').split('\n').length - 1;
}

function killAt(child: ChildProcess, end: End, count: () => number): Promise<boolean> {
  let isOurs = false;
  const dead = new Promise<boolean>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.signalCode === 'SIGKILL');
    else child.once('close', () => resolve(!isOurs && child.signalCode === 'SIGKILL'));
  });
  const fromMs = performance.now();
  const from = count();
  const mostMs = 'at' in end ? (end.withinMs ?? 600) : 600;
  const look = (): void => {
    const pastMs = performance.now() - fromMs;
    if (child.signalCode !== null || child.exitCode !== null) return;
    if (isOver(end, pastMs, () => count() - from) || pastMs > mostMs) {
      isOurs = true;
      child.kill('SIGKILL');
    } else if ('at' in end) setTimeout(look, 5);
    else setImmediate(look);
  };
  look();
  return dead;
}

function isOver(end: End, pastMs: number, grown: () => number): boolean {
  if ('at' in end) return false;
  return 'afterMicros' in end ? pastMs * 1_000 >= end.afterMicros : grown() >= end.afterRecords;
}
