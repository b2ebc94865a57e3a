// The order boundary's bench: a verdict with every rule, a ledger's rebuild, what the gate adds to an order, how many a second pass,
// from a person's yes to the wire, and how soon a kill cancels.
import { execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/core/clock.js';
import { createAuthority } from '../../src/sidecar/authority.js';
import type { KillReport } from '../../src/sidecar/orders/kill.js';
import { protocolVersion, type Settings } from '../../src/sidecar/settings.js';
import { okx } from '../../src/venues/okx/okx.js';
import { teller } from '../support/line-program.js';
import { okxHost, okxRequest } from '../support/okx-client.js';
import { freePorts, rule } from '../support/sidecar-box.js';
import { makeDecoys } from '../support/venue-requests.js';
import { bundleProgram } from './bundle.js';
import type { LedgerFigures } from './ledger-program.js';
import { writeOrderJournal } from './order-journal.js';
import { connectClient, type OrderClient } from './order-load.js';
import { countLimits, everyRule } from './order-rules.js';
import type { Command, FirstLine } from './order-sidecar.js';
import type { VenueWords } from './order-venue.js';
import { sidecarArgs } from './sidecar-process.js';
import { median } from './stats.js';

export interface OrderFigures {
  rules: number;
  /** Over a ledger of 100,000 events; medians of several runs, as of the rebuild. */
  verdict: LedgerFigures['verdict'];
  /** Of 1,000,000 events. */
  rebuildMs: number;
  rebuiltHeapMb: number;
  /** Medians, milliseconds, alternating on one connection each. */
  orderMs: number;
  plainPostMs: number;
  /** Of the seconds that were measured, the median. */
  ordersPerSecond: number;
  /** Of the sidecar, for each order at that rate; the median, too. */
  cpuMicrosPerOrder: number;
  /** Medians, milliseconds. */
  approveToWireMs: number;
  kill: { firstCancelMs: number; durationMs: number; canceled: number; left: number };
}

export interface OrderPlan {
  node: string;
  /** Alternations of an order and a plain request. */
  rounds: number;
  /** Runs of each fold of a ledger. */
  folds: number;
  seconds: number;
  approvals: number;
}

const plainHost = 'plain.bench.test';
const connections = 16;
const restingOrders = 500;
/** Until what an order runs through is compiled. */
const warmUpMs = 5_000;
const here = import.meta.dirname;

export async function measureOrders(plan: OrderPlan): Promise<OrderFigures> {
  const { node, folds } = plan;
  const directory = mkdtempSync(path.join(tmpdir(), 'tradebox-orders-bench-'));
  try {
    const program = bundleProgram(directory, 'ledger-program.ts');
    const fold = (events: number, verdicts: number): LedgerFigures[] => {
      const journal = path.join(directory, `journal-${events}`);
      writeOrderJournal(journal, events);
      const limit = sidecarArgs(program).filter((flag) => flag.startsWith('--max-old-space-size'));
      const words = [...limit, program, journal, JSON.stringify(everyRule), String(verdicts)];
      return Array.from(
        { length: folds },
        () => JSON.parse(execFileSync(node, words, { encoding: 'utf8' })) as LedgerFigures,
      );
    };
    const rebuilds = fold(1_000_000, 0);
    const judged = fold(100_000, 5_000);
    const wire = await measureWire(directory, plan);
    return {
      rules: countLimits(everyRule),
      verdict: {
        p50: median(judged.map(({ verdict }) => verdict.p50)),
        p99: median(judged.map(({ verdict }) => verdict.p99)),
      },
      rebuildMs: median(rebuilds.map(({ rebuildMs }) => rebuildMs)),
      rebuiltHeapMb: median(rebuilds.map(({ heapMb }) => heapMb)),
      ...wire,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

type Wire = Omit<OrderFigures, 'rules' | 'verdict' | 'rebuildMs' | 'rebuiltHeapMb'>;

async function measureWire(directory: string, plan: OrderPlan): Promise<Wire> {
  const authority = createAuthority({ clock: systemClock });
  const venue = await startVenue(authority.leafFor(okxHost));
  const plain = await startVenue(authority.leafFor(plainHost));
  const bundled = bundleProgram(directory, 'order-sidecar.ts');
  const start = (mode: 'demo' | 'propose') =>
    startSidecarProgram({ ...plan, directory: path.join(directory, mode), program: bundled }, mode, [
      { host: okxHost, address: '127.0.0.1', port: venue.port, ca: authority.caPem },
      { host: plainHost, address: '127.0.0.1', port: plain.port, ca: authority.caPem },
    ]);
  try {
    const open = await start('demo');
    const latency = await measureLatency(open, plan.rounds);
    const rate = await measureRate(open, plan.seconds);
    await venue.tell({ rest: restingOrders });
    const [report] = (await open.tell({ op: 'kill' })) as [KillReport];
    await open.stop();
    const held = await start('propose');
    await venue.tell({ arrivals: true });
    const approveToWireMs = await measureApprovals(held, venue, plan.approvals);
    await held.stop();
    const { firstCancelMs, durationMs, canceled, left } = report;
    return { ...latency, ...rate, approveToWireMs, kill: { firstCancelMs, durationMs, canceled, left } };
  } finally {
    await venue.tell({ close: true }).catch(() => undefined);
    await plain.tell({ close: true }).catch(() => undefined);
  }
}

async function measureLatency(
  sidecar: Program,
  rounds: number,
): Promise<Pick<Wire, 'orderMs' | 'plainPostMs'>> {
  const order = await sidecar.client(okxHost);
  const plain = await sidecar.client(plainHost);
  const orders: number[] = [];
  const plains: number[] = [];
  const warmUp = Math.min(50, rounds);
  for (let n = -warmUp; n < rounds; n += 1) {
    const orderMs = await order.send(sidecar.order());
    const plainMs = await plain.send(plainPost());
    if (n < 0) continue;
    orders.push(orderMs);
    plains.push(plainMs);
  }
  order.close();
  plain.close();
  return { orderMs: median(orders), plainPostMs: median(plains) };
}

async function measureRate(
  sidecar: Program,
  seconds: number,
): Promise<Pick<Wire, 'ordersPerSecond' | 'cpuMicrosPerOrder'>> {
  const clients = await Promise.all(Array.from({ length: connections }, () => sidecar.client(okxHost)));
  const run = async (durationMs: number): Promise<number> => {
    const untilMs = performance.now() + durationMs;
    let sent = 0;
    const drive = async (client: OrderClient): Promise<void> => {
      while (performance.now() < untilMs) {
        await client.send(sidecar.order());
        sent += 1;
      }
    };
    await Promise.all(clients.map(drive));
    return sent;
  };
  await run(warmUpMs);
  const rates: number[] = [];
  const costs: number[] = [];
  for (let second = 0; second < seconds; second += 1) {
    const before = (await sidecar.tell({ op: 'cpu' })) as NodeJS.CpuUsage;
    const fromMs = performance.now();
    const sent = await run(1_000);
    const tookMs = performance.now() - fromMs;
    const after = (await sidecar.tell({ op: 'cpu' })) as NodeJS.CpuUsage;
    rates.push((sent * 1_000) / tookMs);
    costs.push((after.user + after.system - before.user - before.system) / sent);
  }
  for (const client of clients) client.close();
  return { ordersPerSecond: median(rates), cpuMicrosPerOrder: median(costs) };
}

async function measureApprovals(sidecar: Program, venue: Venue, approvals: number): Promise<number> {
  const client = await sidecar.client(okxHost);
  const waits: number[] = [];
  for (let n = 0; n < approvals; n += 1) {
    const answered = client.send(sidecar.order());
    let approvedAt: unknown = null;
    for (let tries = 0; approvedAt === null && tries < 500; tries += 1) {
      await sleep(5);
      approvedAt = await sidecar.tell({ op: 'approve' });
    }
    await answered;
    const [arrived] = (await venue.tell({ arrivals: true })) as string[];
    waits.push(Number(BigInt(String(arrived)) - BigInt(String(approvedAt))) / 1e6);
  }
  client.close();
  return median(waits);
}

interface Venue {
  port: number;
  tell(words: VenueWords): Promise<unknown>;
}

async function startVenue(leaf: { key: string; cert: string }): Promise<Venue> {
  const child = fork(path.join(here, 'order-venue.ts'), { execArgv: ['--import', 'tsx'] });
  child.send(leaf);
  const [port] = (await once(child, 'message')) as [number];
  return {
    port,
    tell: async (words) => {
      const answered = once(child, 'close' in words ? 'exit' : 'message');
      child.send(words);
      return (await answered)[0];
    },
  };
}

interface Program {
  tell(command: Command): Promise<unknown>;
  client(host: string): Promise<OrderClient>;
  /** A new order, signed with the decoy; no two are alike. */
  order(): string;
  stop(): Promise<void>;
}

async function startSidecarProgram(
  { node, directory, program }: { node: string; directory: string; program: string },
  mode: 'demo' | 'propose',
  routes: FirstLine['routes'],
): Promise<Program> {
  const [real, decoys] = [makeDecoys(okx), makeDecoys(okx)];
  const [tlsPort = 0, httpPort = 0, connectPort = 0] = await freePorts(3);
  const many = {
    ordersPerHour: 10_000_000,
    duplicateMs: 0,
    closedMs: 0,
    maxUnknown: 1_000,
    breakerAnswers: 1_000,
  };
  const settings: Settings = {
    protocol: protocolVersion,
    sandbox: { name: 'bench', id: 'bench' },
    mode,
    network: { address: '127.0.0.1', dnsPort: 0, httpPorts: [httpPort], tlsPorts: [tlsPort], connectPort },
    journalDir: path.join(directory, 'box'),
    accountsDir: path.join(directory, 'accounts'),
    approval: { holdMs: 10_000 },
    reflexes: many,
    guardrails: withoutPauses(),
    policy: { rules: [rule(okxHost, tlsPort, { venue: 'okx' }), rule(plainHost, tlsPort)] },
    credentials: [
      { kind: 'venue', id: 'okx-main', venue: 'okx', environment: 'demo', secrets: real, decoys },
    ],
    pins: [],
    echo: { host: 'echo.tradebox.internal' },
  };
  const child = spawn(node, sidecarArgs(program), { stdio: ['pipe', 'pipe', 'inherit'] });
  const tell = teller(child);
  const first: FirstLine = { settings, routes };
  const ca = await tell(first);
  if (typeof ca !== 'string') throw new Error('the sidecar did not start');
  let placed = 0;
  const isAccepted = (body: string) => body.includes('"sCode":"0"') || body.includes('"ok":true');
  return {
    tell,
    client: (host) => connectClient(tlsPort, host, ca, isAccepted),
    order: () => {
      placed += 1;
      const order = { instId: 'BTC-USDT-SWAP', tdMode: 'cross', side: 'buy', ordType: 'limit', sz: '1' };
      const body = {
        ...order,
        px: (48_000 + (placed % 300_000) / 100).toFixed(2),
        clOrdId: `${mode}${placed}`,
      };
      return okxRequest('POST', '/api/v5/trade/order', JSON.stringify(body), decoys);
    },
    stop: async () => {
      const ended = once(child, 'close');
      child.stdin?.end();
      await ended;
    },
  };
}

/** The account's first order would wait for a person, two in a millisecond for each other. */
function withoutPauses(): Record<string, unknown> {
  const { firstOrders: _firstOrders, cooldownSeconds: _cooldownSeconds, ...others } = everyRule;
  return others;
}

function plainPost(): string {
  const body = JSON.stringify({ text: 'x'.repeat(120) });
  return `POST /notes HTTP/1.1\r\nHost: ${plainHost}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

interface Row {
  what: string;
  measured: string;
  bound: string;
  holds: boolean;
}

function rowsOf(figures: OrderFigures): Row[] {
  const { verdict, kill } = figures;
  const added = figures.orderMs - figures.plainPostMs;
  const ms = (value: number) => `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`;
  return [
    {
      what: `a verdict with ${figures.rules} limits over 100,000 events, p99`,
      measured: `${(verdict.p99 / 1_000).toFixed(3)} ms (p50 ${(verdict.p50 / 1_000).toFixed(3)})`,
      bound: '≤ 0.2 ms',
      holds: verdict.p99 <= 200,
    },
    {
      what: "an allowed order's p50 more than a plain POST's, both through the sidecar",
      measured: `${ms(added)} (${ms(figures.orderMs)}, ${ms(figures.plainPostMs)})`,
      bound: '≤ 2 ms',
      holds: added <= 2,
    },
    {
      what: `gated orders a second over ${connections} connections`,
      measured: `${Math.round(figures.ordersPerSecond)} (${Math.round(figures.cpuMicrosPerOrder)} µs of CPU each)`,
      bound: '≥ 2,000',
      holds: figures.ordersPerSecond >= 2_000,
    },
    {
      what: 'rebuild of a ledger of 1,000,000 events',
      measured: `${ms(figures.rebuildMs)} (${Math.round(figures.rebuiltHeapMb)} MB)`,
      bound: '≤ 5,000 ms',
      holds: figures.rebuildMs <= 5_000,
    },
    {
      what: "from the sidecar hearing a person's yes to the venue's socket, p50",
      measured: ms(figures.approveToWireMs),
      bound: '≤ 20 ms',
      holds: figures.approveToWireMs <= 20,
    },
    {
      what: `from the sidecar hearing a kill to the first cancel, ${restingOrders} orders resting`,
      measured: ms(kill.firstCancelMs),
      bound: '≤ 1,000 ms',
      holds: kill.firstCancelMs > 0 && kill.firstCancelMs <= 1_000,
    },
    {
      what: 'until none rests, at 300 cancels in 2 s as the venue allows',
      measured: `${ms(kill.durationMs)} (${kill.canceled} cancelled, ${kill.left} left)`,
      bound: '≤ 10,000 ms',
      holds: kill.left === 0 && kill.canceled === restingOrders && kill.durationMs <= 10_000,
    },
  ];
}

export function renderOrders(figures: OrderFigures, day: string): string {
  return [
    `The order boundary, OKX's dialect, journal on disk, the limits of test/bench/order-rules.ts on (all there are but those that its orders would not pass: evidence, one order at a time, reducing or resting orders only; the orders that are sent also do without pauses between orders, and without the first order's approval); medians of five runs or of ten seconds (${day}):`,
    '',
    '| what | measured | bound |  |',
    '|---|---|---|---|',
    ...rowsOf(figures).map(
      ({ what, measured, bound, holds }) =>
        `| ${what} | ${measured} | ${bound} | ${holds ? 'holds' : '**missed**'} |`,
    ),
    '',
  ].join('\n');
}

export function missedOrders(figures: OrderFigures): string[] {
  return rowsOf(figures)
    .filter(({ holds }) => !holds)
    .map(({ what, measured, bound }) => `${what}: ${measured}, bound ${bound}`);
}
