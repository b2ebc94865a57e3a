// Writes the measurements to bench-results/ as JSON and the table between the markers of README.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { writeReadmeTable } from '../support/readme.js';
import { repositoryRoot } from '../support/repository.js';
import type { RelayMeasurements, RelayRow } from './relay.js';
import type { ReloadMeasurements } from './reload.js';
import type { StartupMeasurements } from './startup.js';

export interface Measurements {
  at: string;
  isQuick: boolean;
  machine: { cpus: number; model: string; node: string };
  startup?: StartupMeasurements;
  reload?: ReloadMeasurements;
  relay?: RelayMeasurements;
  /** The attacks that this very build withstood before it was timed, and the SHA-256 of dist/sidecar; a quick run makes none. */
  leakSuite?: { attacks: readonly string[]; build: string };
}

/** One line of the table: a measured number and the bound it must keep. */
interface Claim {
  what: string;
  measured: string;
  bound: string;
  holds: boolean;
}

/** What is promised, with what was measured; a claim without a measurement is left out. */
export function claimsOf({ startup, reload, relay }: Measurements): Claim[] {
  const claims: Claim[] = [];
  const ratio = (what: string, value: number, detail: string, max: number) =>
    claims.push({
      what,
      measured: `${value.toFixed(2)} × (${detail})`,
      bound: `≤ ${max} ×`,
      holds: value <= max,
    });
  if (startup !== undefined) {
    const bare = `bare ${ms(startup.bareDockerRunMs)}`;
    ratio(
      "`tradebox run` to the agent's first instruction ÷ bare `docker run`",
      startup.runOverBare,
      `${ms(startup.runMs)}, ${bare}`,
      3,
    );
    ratio(
      '`tradebox reset` to the first instruction of the clean box ÷ bare `docker run`',
      startup.resetOverBare,
      `${ms(startup.resetMs)}, ${bare}`,
      3,
    );
    claims.push({
      what: '`tradebox --help`',
      measured: ms(startup.helpMs),
      bound: '≤ 150 ms',
      holds: startup.helpMs <= 150,
    });
    ratio(
      '`tradebox ps` ÷ `docker ps`',
      startup.psOverDockerPs,
      `${ms(startup.psMs)}, ${ms(startup.dockerPsMs)}`,
      2,
    );
  }
  for (const [file, times] of [
    ['tradebox.yaml', reload?.policy],
    ['guardrails.yaml', reload?.guardrails],
  ] as const) {
    if (times === undefined) continue;
    claims.push({
      what: `\`${file}\` saved until its agent meets the new rules, a run being attached`,
      measured: `${ms(times.p50Ms)}, the worst of ${times.count} ${ms(times.worstMs)}`,
      bound: '≤ 100 ms',
      holds: times.worstMs <= 100,
    });
  }
  if (relay !== undefined) {
    const row = (connections: number) => rowOf(relay, 'tradebox', connections);
    const one = row(1);
    const sixteen = row(16);
    const sixtyFour = row(64);
    ratio(
      'signed OKX GET, p50 at 1 connection ÷ direct TLS',
      one.p50OverDirect,
      `${Math.round(one.p50Micros)} µs`,
      3,
    );
    const against = (peer: string, connections: number, least: number) => {
      const value = row(connections).rateOver[peer] ?? Number.NaN;
      claims.push({
        what: `requests/s at ${connections} connections ÷ ${peer}`,
        measured: `${value.toFixed(2)} ×`,
        bound: `≥ ${least} ×`,
        holds: value >= least,
      });
    };
    against('nginx two hops', 64, 0.45);
    against('squid header swap', 64, 1);
    const overMitmproxy = sixteen.rateOver['mitmproxy header swap'] ?? Number.NaN;
    claims.push({
      what: `signed OKX GET, requests/s at 16 connections ÷ mitmproxy ${relay.mitmproxyVersion}`,
      measured: `${overMitmproxy.toFixed(1)} × (${rate(sixteen)})`,
      bound: '≥ 10 ×',
      holds: overMitmproxy >= 10,
    });
    claims.push({
      what: 'CPU for each request at 64 connections',
      measured: `${Math.round(sixtyFour.cpuMicrosPerRequest ?? 0)} µs (${rate(sixtyFour)})`,
      bound: '≤ 70 µs',
      holds: (sixtyFour.cpuMicrosPerRequest ?? 0) <= 70,
    });
    // 70 µs was set on a machine where nginx took 20: what holds anywhere is their ratio.
    ratio(
      "CPU for each request at 64 connections ÷ nginx's two hops",
      sixtyFour.cpuOverNginx ?? Number.NaN,
      `${Math.round(rowOf(relay, 'nginx two hops', 64).cpuMicrosPerRequest ?? 0)} µs`,
      3.5,
    );
    if (relay.sandboxRuntimeVersion !== undefined) against('sandbox-runtime masked key', 64, 2);
    claims.push(...shapeClaims(relay), ...sidecarClaims(relay));
    const memory = relay.memory.find(({ target }) => target === 'tradebox');
    claims.push({
      what: 'memory of the sidecar, idle and under load',
      measured: `${Math.round(memory?.idleMb ?? 0)} MB, ${Math.round(memory?.loadedMb ?? 0)} MB`,
      bound: '–',
      holds: true,
    });
    const { busy200, sideBySide } = relay.sidecars;
    const errors = relay.rows
      .filter(({ target }) => target === 'tradebox')
      .reduce((sum, { errors: n }) => sum + n, relay.shapes.errors + busy200.errors + sideBySide.errors);
    claims.push({
      what: 'errors of the sidecar in all runs',
      measured: String(errors),
      bound: '0',
      holds: errors === 0,
    });
  }
  return claims;
}

function shapeClaims({ shapes }: RelayMeasurements): Claim[] {
  const row = (target: string) => shapes.rows.find((one) => one.target === target);
  const micros = (value: number | undefined) => `${Math.round(value ?? 0)} µs`;
  const [own, nginx, direct] = [row('tradebox'), row('nginx'), row('direct')];
  const most = (what: string, value: number, detail: string, max: number): Claim => ({
    what,
    measured: `${value.toFixed(2)} × (${detail})`,
    bound: `≤ ${max} ×`,
    holds: value <= max,
  });
  return [
    most(
      'p50 at 1 connection with the upstream 20 ms away ÷ direct',
      shapes.lateOverDirect,
      `${micros(own?.lateMicros)}, ${micros(direct?.lateMicros)}`,
      1.05,
    ),
    most(
      'download of 100 MB ÷ direct',
      shapes.fileOverDirect,
      `${ms(own?.file100MbMs ?? 0)}, nginx ${shapes.fileOfNginxOverDirect.toFixed(2)} ×`,
      4,
    ),
    most(
      'server-sent event, from its writing to its arrival ÷ nginx',
      shapes.sseOverNginx,
      `${micros(own?.sseMicros)}, ${micros(nginx?.sseMicros)}, direct ${micros(direct?.sseMicros)}`,
      1.5,
    ),
    most(
      'echo over a WebSocket, searched and scrubbed ÷ nginx, which passes bytes',
      shapes.socketOverNginx,
      `${micros(own?.socketMicros)}, ${micros(nginx?.socketMicros)}, direct ${micros(direct?.socketMicros)}`,
      1.6,
    ),
  ];
}

function sidecarClaims({ sidecars }: RelayMeasurements): Claim[] {
  const { memory, busy200, sideBySide } = sidecars;
  const oneDigit = (value: number) => value.toFixed(1);
  const unbound = (what: string, measured: string): Claim => ({ what, measured, bound: '–', holds: true });
  return [
    {
      what: 'first handshake with a host, CONNECT included',
      measured: `${oneDigit(sidecars.coldHandshakeMs)} ms (later ${oneDigit(sidecars.warmHandshakeMs)}, direct ${oneDigit(sidecars.directHandshakeMs)})`,
      bound: '≤ 8 ms',
      holds: sidecars.coldHandshakeMs <= 8,
    },
    {
      what: "sidecar's exec to its first proxied answer",
      measured: ms(sidecars.firstAnswerMs),
      bound: '≤ 250 ms',
      holds: sidecars.firstAnswerMs <= 250,
    },
    {
      what: 'durable journal records, 64 writers',
      measured: `${Math.round(sidecars.journalRecordsPerSecond)} records/s`,
      bound: '≥ 20000',
      holds: sidecars.journalRecordsPerSecond >= 20_000,
    },
    unbound(
      'memory of a sidecar: fresh, with 1,000 idle connections, after 200 busy ones, with 512 answers over HTTP/2 that nobody reads',
      `${[memory.freshMb, memory.idle1000Mb, memory.busy200Mb, memory.held512Mb].map((mb) => `${Math.round(mb)} MB`).join(', ')} (busy: ${Math.round(busy200.requestsPerSecond)} requests/s, ${busy200.errors} errors)`,
    ),
    unbound(
      `${sideBySide.sidecars} sidecars side by side, 8 connections each`,
      `${Math.round(sideBySide.requestsPerSecond)} requests/s, ${Math.round(sideBySide.totalMb)} MB together, ${sideBySide.errors} errors`,
    ),
  ];
}

/** The markdown between the markers. */
export function renderTable(measurements: Measurements): string {
  const { machine, startup, relay } = measurements;
  const lines = [
    `Measured ${measurements.at.slice(0, 10)} by \`npm run bench\` on ${machine.cpus} × ${machine.model}, Node ${relay === undefined ? machine.node : `${machine.node}, the sidecar's ${relay.sidecars.node}`}${measurements.isQuick ? ' (quick run)' : ''}.`,
    ...(measurements.leakSuite === undefined
      ? []
      : [
          `The build that was timed (dist/sidecar: SHA-256 ${measurements.leakSuite.build.slice(0, 16)}…) withstood ${measurements.leakSuite.attacks.join(', ')} in the same run.`,
        ]),
    '',
    '| what | measured | bound |',
    '|---|---|---|',
    ...claimsOf(measurements).map(
      ({ what, measured, bound, holds }) =>
        `| ${what} | ${measured}${holds ? '' : ' **missed**'} | ${bound} |`,
    ),
  ];
  if (relay !== undefined) {
    lines.push(
      '',
      `The same signed GET through each, medians of ${relay.repetitions} shuffled repetitions of ${relay.secondsEach} s; only tradebox checks and replaces the signature, decides by operation, scrubs and journals:`,
      '',
      '| target | connections | requests/s | p50 µs | p99 µs | CPU µs/request | errors |',
      '|---|---|---|---|---|---|---|',
      ...relay.rows
        .toSorted((a, b) => a.connections - b.connections || a.p50Micros - b.p50Micros)
        .map(
          (row) =>
            `| ${row.target} | ${row.connections} | ${Math.round(row.requestsPerSecond)} | ${Math.round(row.p50Micros)} | ${Math.round(row.p99Micros)} | ${row.cpuMicrosPerRequest === undefined ? '–' : Math.round(row.cpuMicrosPerRequest)} | ${row.errors} |`,
        ),
    );
  }
  if (startup !== undefined && startup.timeline.length > 0) {
    lines.push('', 'Where the time of one `tradebox run` goes (milliseconds after the command):', '', '```');
    for (const { atMs, what } of startup.timeline)
      lines.push(`${String(Math.round(atMs)).padStart(6)}  ${what}`);
    lines.push('```');
  }
  return lines.join('\n');
}

/** Writes JSON and table; returns the JSON's path. */
export function writeReport(measurements: Measurements): string {
  const directory = path.join(repositoryRoot, 'bench-results');
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, `${measurements.at.replace(/[:.]/g, '-')}.json`);
  const document = { ...measurements, claims: claimsOf(measurements) };
  for (const target of [file, path.join(directory, 'latest.json')]) {
    writeFileSync(target, `${JSON.stringify(document, null, 2)}\n`);
  }
  writeReadmeTable('bench', renderTable(measurements));
  return file;
}

/** The figures of one section that README's first table does not hold; the path of the file. */
export function writeJson(section: string, figures: object): string {
  const directory = path.join(repositoryRoot, 'bench-results');
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, `${section}.json`);
  writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
  return file;
}

/** What `writeJson` kept of a section; undefined when there is nothing. Its shape is that of the run that wrote it. */
export function readJson<T>(section: string): T | undefined {
  const file = path.join(repositoryRoot, 'bench-results', `${section}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined;
}

export function describeMachine(): Measurements['machine'] {
  return { cpus: cpus().length, model: cpus()[0]?.model.trim() ?? 'unknown', node: process.version };
}

function rowOf(relay: RelayMeasurements, target: string, connections: number): RelayRow {
  const row = relay.rows.find(
    (candidate) => candidate.target === target && candidate.connections === connections,
  );
  if (row === undefined) throw new Error(`nothing was measured for ${target} at ${connections} connections`);
  return row;
}

function rate(row: RelayRow): string {
  return `${Math.round(row.requestsPerSecond)} requests/s`;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
