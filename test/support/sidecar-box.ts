// A sidecar on loopback for tests: free ports, a scriptable TLS upstream, clients that speak raw bytes.
import { randomInt } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import type { JournalEvent } from '../../src/audit/events.js';
import { type Journal, openJournal } from '../../src/audit/journal.js';
import { type Clock, systemClock } from '../../src/core/clock.js';
import { createAuthority } from '../../src/sidecar/authority.js';
import { type HostRule, protocolVersion, type Settings } from '../../src/sidecar/settings.js';
import { type Sidecar, type StartOptions, startSidecar } from '../../src/sidecar/start.js';

export const echoHost = 'echo.tradebox.internal';

/** Free loopback TCP ports. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    nextPort = nextPort >= 31_000 ? 10_000 : nextPort + 1;
    if (await isFree(nextPort)) ports.push(nextPort);
  }
  return ports;
}

/** Below the range from which the system takes ports for connections, at another place in each process. */
let nextPort = randomInt(10_000, 31_000);

function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

export interface TestBox {
  sidecar: Sidecar;
  settings: Settings;
  tlsPort: number;
  httpPort: number;
  connectPort: number;
  /** What is journaled: lines that the journal holds back for company are written first. */
  events(): JournalEvent[];
  /** Every byte of the journal's files as they are now. */
  journalText(): string;
  /** Ends the sidecar and starts another on the same journals and ports, by another clock. */
  restart(clock: Clock): Promise<void>;
  stop(): Promise<void>;
}

export type SettingsPatch = Partial<Omit<Settings, 'protocol' | 'network' | 'journalDir'>>;

/** Starts a sidecar with the given rules, pins and credentials; `rules` get the box's TLS port. */
export async function startTestBox(
  make: (ports: { tls: number }) => SettingsPatch,
  options: Partial<StartOptions> = {},
  network: Partial<Settings['network']> = {},
): Promise<TestBox> {
  const journalDir = mkdtempSync(path.join(tmpdir(), 'tradebox-journal-'));
  const accountsDir = mkdtempSync(path.join(tmpdir(), 'tradebox-accounts-'));
  const [tlsPort, httpPort, connectPort] = (await freePorts(3)) as [number, number, number];
  const settings: Settings = {
    protocol: protocolVersion,
    sandbox: { name: 'test', id: 'test-id' },
    mode: 'readonly',
    network: {
      address: '127.0.0.1',
      dnsPort: 0,
      httpPorts: [httpPort],
      tlsPorts: [tlsPort],
      connectPort,
      ...network,
    },
    journalDir,
    accountsDir,
    policy: { rules: [] },
    credentials: [],
    pins: [],
    echo: { host: echoHost },
    ...make({ tls: tlsPort }),
  };
  let journal: Journal | undefined;
  const open = options.openJournal ?? openJournal;
  const start = (clock: Clock) =>
    startSidecar(settings, {
      ...options,
      clock,
      openJournal: (...args) => {
        journal = open(...args);
        return journal;
      },
    });
  const journalText = () =>
    readdirSync(journalDir)
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .map((name) => readFileSync(path.join(journalDir, name), 'utf8'))
      .join('');
  const box: TestBox = {
    sidecar: await start(options.clock ?? systemClock),
    settings,
    tlsPort,
    httpPort,
    connectPort,
    journalText,
    events: () => {
      try {
        journal?.flush();
      } catch {
        // Closed or failed: the files hold all there is.
      }
      return journalText()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line).event);
    },
    async restart(clock) {
      await box.sidecar.state.shutdown('test');
      box.sidecar = await start(clock);
    },
    async stop() {
      await box.sidecar.state.shutdown('test');
      rmSync(journalDir, { recursive: true, force: true });
      rmSync(accountsDir, { recursive: true, force: true });
    },
  };
  return box;
}

export function rule(host: string, port: number, more: Partial<HostRule> = {}): HostRule {
  return { host, ports: [port], methods: ['*'], paths: ['/**'], reason: 'test', origin: 'test:1', ...more };
}

/** One connection that an upstream saw. */
export interface UpstreamPeer {
  socket: tls.TLSSocket;
  /** Everything received so far. */
  received: Buffer;
  /** Resolves once the received bytes hold `text`. */
  until(text: string): Promise<void>;
}

export interface TestUpstream {
  port: number;
  ca: string;
  peers: UpstreamPeer[];
  /** Bytes of all connections, in order of their start. */
  receivedText(): string;
  close(): Promise<void>;
}

/** A TLS upstream for `host`; `serve` is called for each chunk that completes a request head. */
export async function startTestUpstream(
  host: string,
  serve: (peer: UpstreamPeer, head: string) => void,
  certificateHost = host,
): Promise<TestUpstream> {
  const authority = createAuthority({ clock: systemClock });
  const peers: UpstreamPeer[] = [];
  const server = tls.createServer({ ...authority.leafFor(certificateHost) }, (socket) => {
    const waiting: { text: string; resolve(): void }[] = [];
    const peer: UpstreamPeer = {
      socket,
      received: Buffer.alloc(0),
      until: (text) =>
        new Promise((resolve) => {
          if (peer.received.includes(text)) resolve();
          else waiting.push({ text, resolve });
        }),
    };
    peers.push(peer);
    let from = 0;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      peer.received = Buffer.concat([peer.received, chunk]);
      for (const one of waiting) if (peer.received.includes(one.text)) one.resolve();
      let end = peer.received.indexOf('\r\n\r\n', from);
      while (end >= 0) {
        const text = peer.received.subarray(from, end).toString('latin1');
        from = end + 4;
        const start = text.search(/(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \S+ HTTP\/1\.1/);
        if (start >= 0) serve(peer, text.slice(start));
        end = peer.received.indexOf('\r\n\r\n', from);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    ca: authority.caPem,
    peers,
    receivedText: () => peers.map(({ received }) => received.toString('latin1')).join('\n'),
    close: () =>
      new Promise((resolve) => {
        for (const { socket } of peers) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A whole answer with a length. */
export function answer(body: string | Buffer, fields = '', status = '200 OK'): Buffer {
  const bytes = Buffer.from(body as string);
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status}\r\n${fields}content-length: ${bytes.length}\r\n\r\n`),
    bytes,
  ]);
}

export interface RawClient {
  socket: net.Socket;
  received: Buffer;
  write(data: string | Buffer): void;
  /** Resolves with everything received once it holds `text`, or rejects when the connection ends first. */
  until(text: string | RegExp): Promise<string>;
  /** Resolves with everything received when the connection has ended. */
  ended: Promise<string>;
}

/** A client that sends bytes as they are. */
export function rawClient(socket: net.Socket): RawClient {
  let check = (): void => {};
  const client: RawClient = {
    socket,
    received: Buffer.alloc(0),
    write: (data) => void socket.write(data),
    until: (text) =>
      new Promise((resolve, reject) => {
        const previous = check;
        check = () => {
          previous();
          const all = client.received.toString('latin1');
          if (typeof text === 'string' ? all.includes(text) : text.test(all)) resolve(all);
          else if (socket.destroyed) reject(new Error(`ended before ${text}: ${all}`));
        };
        check();
      }),
    ended: new Promise((resolve) => {
      socket.once('close', () => resolve(client.received.toString('latin1')));
    }),
  };
  socket.on('data', (chunk: Buffer) => {
    client.received = Buffer.concat([client.received, chunk]);
    check();
  });
  socket.on('error', () => {});
  socket.on('close', () => check());
  return client;
}

/** Connects to the box's transparent TLS port as `host`. */
export async function tlsClient(
  box: TestBox,
  host: string,
  more: tls.ConnectionOptions = {},
): Promise<RawClient> {
  const trust = more.ca === undefined ? { secureContext: trustIn(box.sidecar.caPem) } : {};
  const options = { host: '127.0.0.1', port: box.tlsPort, servername: host, ...trust, ...more };
  const socket = tls.connect(options);
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
  });
  return rawClient(socket);
}

/** Made once for each authority: a test may open a thousand connections. */
function trustIn(ca: string): tls.SecureContext {
  const made = trusted.get(ca) ?? tls.createSecureContext({ ca });
  trusted.set(ca, made);
  return made;
}
const trusted = new Map<string, tls.SecureContext>();

/** Sends one request and gives everything that came back by the time the answer is whole. */
export async function exchange(box: TestBox, host: string, request: string | Buffer): Promise<string> {
  const client = await tlsClient(box, host);
  client.write(request);
  const text = await client.until(/^HTTP\/1\.1 \d{3}[\s\S]*?\r\n\r\n/);
  const length = /content-length: (\d+)/i.exec(text)?.[1];
  const head = text.indexOf('\r\n\r\n') + 4;
  const whole =
    length === undefined ? await client.until('0\r\n\r\n') : await untilLength(client, head + Number(length));
  client.socket.destroy();
  return whole;
}

function untilLength(client: RawClient, length: number): Promise<string> {
  return client.until(new RegExp(`^[\\s\\S]{${length}}`));
}

/** Resolves once `test` gives true; fails after two seconds. */
export async function eventually(test: () => boolean, withinMs = 8000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!test()) {
    if (Date.now() > deadline) throw new Error(`did not happen within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
