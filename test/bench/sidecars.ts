// The sidecar as a process: from exec to the first answer, first and later handshakes, memory with many connections, eight side by side,
// and what the journal keeps durably.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type tls from 'node:tls';
import { openJournal } from '../../src/audit/journal.js';
import { systemClock } from '../../src/core/clock.js';
import { dialTls } from './dial-tls.js';
import { holdStreams } from './held-streams.js';
import { runLoad } from './load.js';
import { residentMb } from './processes.js';
import {
  type SidecarParts,
  sidecarEnvironment,
  sidecarSettings,
  snapshotArgs,
  startSidecar,
} from './sidecar-process.js';
import { signedGetHeaders } from './signed-request.js';
import { median } from './stats.js';
import { fileHost, signedPath, venueAddress, venueHost } from './targets.js';

export interface SidecarMeasurements {
  node: string;
  /** From exec to the first byte of the first proxied answer, median of fresh processes. */
  firstAnswerMs: number;
  /** First handshake with a host in a running sidecar, later ones, and straight ones; no session is resumed. */
  coldHandshakeMs: number;
  warmHandshakeMs: number;
  directHandshakeMs: number;
  /** `held512Mb`: with as many large answers over HTTP/2 as it lets be under way, of which nobody reads anything. */
  memory: { freshMb: number; idle1000Mb: number; busy200Mb: number; held512Mb: number };
  busy200: { requestsPerSecond: number; errors: number };
  sideBySide: { sidecars: number; requestsPerSecond: number; totalMb: number; errors: number };
  journalRecordsPerSecond: number;
}

type Parts = Omit<SidecarParts, 'name' | 'connectPort'>;

export async function measureSidecars(
  parts: Parts,
  {
    repetitions,
    seconds,
    shim,
    nodeVersion,
  }: { repetitions: number; seconds: number; shim: string; nodeVersion: string },
): Promise<SidecarMeasurements> {
  const say = (text: string) => void process.stderr.write(`  ${text}\n`);
  const headers = signedGetHeaders(parts.decoy, signedPath, Date.now());
  const fields = Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  const request = `GET ${signedPath} HTTP/1.1\r\nHost: ${venueHost}\r\n${fields}\r\n`;
  const url = `https://${venueHost}${signedPath}`;
  const load = async (proxyPort: number, connections: number) => {
    // Hundreds of handshakes take their time before the first request.
    const durationSeconds = seconds + Math.ceil(connections / 50);
    const result = await runLoad({ url, headers, connections, durationSeconds, proxyPort, shim });
    if (result.requests === 0) throw new Error(`no good answer over ${connections} connections`);
    return result;
  };

  const direct = { host: venueHost, port: 443, address: venueAddress };
  for (let at = 0; at < 10; at += 1) (await dialTls(direct)).destroy();
  const straight = await handshakes(direct, 10);
  const fresh: { first: number; cold: number; warm: number }[] = [];
  const args = snapshotArgs(parts.node, parts.sidecarBundle, parts.directory);
  for (let at = 0; at < repetitions; at += 1)
    fresh.push(await measureFresh({ ...parts, name: `fresh-${at}`, connectPort: 20_000 }, args, request));
  const middle = (value: (one: (typeof fresh)[number]) => number) => median(fresh.map(value));
  say(
    `exec to first answer ${middle(({ first }) => first).toFixed(0)} ms, handshakes ${middle(({ cold }) => cold).toFixed(1)} / ${middle(({ warm }) => warm).toFixed(1)} ms`,
  );

  const crowded = await startSidecar({ ...parts, name: 'crowded', connectPort: 20_010 });
  const memory = { freshMb: residentMb(crowded.pid), idle1000Mb: 0, busy200Mb: 0, held512Mb: 0 };
  const idle: tls.TLSSocket[] = [];
  const place = { host: venueHost, port: 443, proxyPort: 20_010 };
  let busy: Awaited<ReturnType<typeof load>>;
  try {
    for (let at = 0; at < 20; at += 1)
      idle.push(...(await Promise.all(Array.from({ length: 50 }, () => dialTls(place)))));
    for (const socket of idle) socket.on('error', () => {});
    await sleep(500);
    memory.idle1000Mb = residentMb(crowded.pid);
    const open = idle.filter(({ destroyed, readable }) => !destroyed && readable).length;
    if (open < 1000) throw new Error(`only ${open} of 1,000 idle connections are open`);
    for (const socket of idle) socket.destroy();
    busy = await load(20_010, 200);
    memory.busy200Mb = residentMb(crowded.pid);
  } finally {
    for (const socket of idle) socket.destroy();
    await crowded.stop();
  }
  const holding = await startSidecar({ ...parts, name: 'holding', connectPort: 20_020 });
  try {
    memory.held512Mb = await holdStreams({ sidecar: holding, proxyPort: 20_020 });
  } finally {
    await holding.stop();
  }
  say(
    `memory ${Object.values(memory).map(Math.round).join(', ')} MB; 200 busy: ${Math.round(busy.requestsPerSecond)} requests/s, ${busy.errors} errors`,
  );

  // One after another: on one machine they share the path of a control socket, which only one can make at a time.
  const eight: Awaited<ReturnType<typeof startSidecar>>[] = [];
  let results: Awaited<ReturnType<typeof load>>[];
  let totalMb: number;
  try {
    for (let at = 0; at < 8; at += 1)
      eight.push(await startSidecar({ ...parts, name: `eight-${at}`, connectPort: 20_100 + 10 * at }));
    results = await Promise.all(eight.map((_, at) => load(20_100 + 10 * at, 8)));
    totalMb = eight.reduce((sum, { pid }) => sum + residentMb(pid), 0);
  } finally {
    for (const one of eight) await one.stop();
  }
  const sum = (value: (one: (typeof results)[number]) => number) =>
    results.reduce((total, one) => total + value(one), 0);
  const sideBySide = {
    sidecars: 8,
    requestsPerSecond: sum(({ requestsPerSecond }) => requestsPerSecond),
    totalMb,
    errors: sum(({ errors }) => errors),
  };
  say(
    `eight side by side: ${Math.round(sideBySide.requestsPerSecond)} requests/s, ${Math.round(totalMb)} MB`,
  );
  const rates: number[] = [];
  for (let at = 0; at < repetitions; at += 1)
    rates.push(await journalRate(path.join(parts.directory, `rate-${at}`), 1500));
  say(`journal: ${Math.round(median(rates))} durable records/s`);
  return {
    node: nodeVersion,
    firstAnswerMs: middle(({ first }) => first),
    coldHandshakeMs: middle(({ cold }) => cold),
    warmHandshakeMs: middle(({ warm }) => warm),
    directHandshakeMs: median(straight),
    memory,
    busy200: { requestsPerSecond: busy.requestsPerSecond, errors: busy.errors },
    sideBySide,
    journalRecordsPerSecond: median(rates),
  };
}

/** Starts a sidecar, asks at once, then shakes hands with a host it has not spoken with. */
async function measureFresh(
  parts: SidecarParts,
  args: readonly string[],
  request: string,
): Promise<{ first: number; cold: number; warm: number }> {
  const settings = `${JSON.stringify(sidecarSettings(parts))}\n`;
  const fromMs = performance.now();
  const child = spawn(parts.node, args, {
    env: { ...process.env, ...sidecarEnvironment(parts) },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  try {
    child.stdin.write(settings);
    const proxyPort = parts.connectPort;
    let socket: tls.TLSSocket | undefined;
    while (socket === undefined) {
      socket = await dialTls({ host: venueHost, port: 443, proxyPort }).catch(() => undefined);
      if (performance.now() - fromMs > 10_000) throw new Error('the sidecar does not answer within 10 s');
      if (socket === undefined) await sleep(1);
    }
    socket.write(request);
    const answer = await new Promise<string>((resolve, reject) => {
      socket.once('data', (chunk) => resolve(chunk.toString('latin1')));
      socket.once('close', () => reject(new Error('closed before an answer')));
    });
    const first = performance.now() - fromMs;
    if (!answer.startsWith('HTTP/1.1 200')) throw new Error(answer.slice(0, 200));
    socket.destroy();
    await sleep(300);
    const place = { host: fileHost, port: 443, proxyPort };
    const [cold = 0] = await handshakes(place, 1);
    const warm = median(await handshakes(place, 10));
    return { first, cold, warm };
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

/** Milliseconds from the first byte to the finished handshake, one after another. */
async function handshakes(place: Parameters<typeof dialTls>[0], count: number): Promise<number[]> {
  const found: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const fromMs = performance.now();
    const socket = await dialTls(place);
    found.push(performance.now() - fromMs);
    socket.destroy();
  }
  return found;
}

/** Records on disk in a second, with 64 writers that each wait for their own. */
async function journalRate(directory: string, forMs: number): Promise<number> {
  const journal = openJournal(directory, { sandbox: 'bench', sandboxId: 'bench', clock: systemClock });
  const fromMs = performance.now();
  let written = 0;
  const writer = async () => {
    while (performance.now() - fromMs < forMs) {
      await journal.durable(
        journal.append({
          type: 'connection.denied',
          ingress: 'connect',
          host: 'a.example.test',
          port: 443,
          code: 'HOST_DENIED',
          message: 'no rule names the host and port',
        }),
      );
      written += 1;
    }
  };
  await Promise.all(Array.from({ length: 64 }, writer));
  const seconds = (performance.now() - fromMs) / 1000;
  await journal.close();
  return written / seconds;
}
