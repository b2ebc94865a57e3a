// What is not one short request: 100 MB, server-sent events, a WebSocket, an upstream 20 ms away; straight, through nginx, through the sidecar.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';
import { type Dial, dialTls } from './dial-tls.js';
import { runLoad } from './load.js';
import { startServer } from './processes.js';
import { plainDecoy } from './sidecar-process.js';
import { median, percentile, shuffled } from './stats.js';
import {
  fileHost,
  ports,
  type Stage,
  signedPath,
  streamHost,
  type Target,
  venueAddress,
  venueHost,
} from './targets.js';

export interface ShapeRow {
  target: 'direct' | 'nginx' | 'tradebox';
  /** Medians over the repetitions. */
  file100MbMs: number;
  sseMicros: number;
  socketMicros: number;
  /** p50 of the signed GET with the upstream 20 ms away; nginx is not asked. */
  lateMicros?: number;
}

export interface Shapes {
  /** Rounds of a download and of the venue far away; of events there are twice as many, of the WebSocket three times. */
  repetitions: number;
  rows: ShapeRow[];
  /** Medians of the ratios within each round. */
  fileOverDirect: number;
  fileOfNginxOverDirect: number;
  sseOverNginx: number;
  socketOverNginx: number;
  lateOverDirect: number;
  errors: number;
}

const fileBytes = 100 * 1_048_576;
const run = promisify(execFile);
const targets = ['direct', 'nginx', 'tradebox'] as const;
type TargetName = (typeof targets)[number];
type Round<Name extends TargetName> = Record<Name, number>;

const streamPlaces: Record<TargetName, Dial> = {
  direct: { host: streamHost, port: ports.streams },
  nginx: { host: streamHost, port: ports.streamsHop },
  tradebox: { host: streamHost, port: 443, proxyPort: ports.sidecarConnect },
};

export async function measureShapes(
  directory: string,
  { targets: all, files }: Pick<Stage, 'targets' | 'files'>,
  { repetitions, shim }: { repetitions: number; shim: string },
): Promise<Shapes> {
  mkdirSync(path.join(directory, 'files'));
  writeFileSync(
    path.join(directory, 'files/100mb'),
    Buffer.alloc(fileBytes, 'the quick brown fox jumps over it '),
  );
  const program = fileURLToPath(new URL('./stream-upstream.ts', import.meta.url));
  const places = [files.cert, files.key, String(ports.streams), venueAddress, String(ports.late)];
  const upstream = await startServer(
    process.execPath,
    ['--import', 'tsx', program, ...places],
    ports.streams,
  );
  let errors = 0;
  const lateMicros = async (target: TargetName): Promise<number> => {
    const { headers, proxyPort } = all.find(({ name }) => name === target) as Target;
    const url = `https://${venueHost}:${ports.late}${signedPath}`;
    const result = await runLoad({ url, headers, connections: 1, durationSeconds: 2, proxyPort, shim });
    errors += result.errors;
    return result.p50Micros;
  };
  try {
    const file = await inRounds('100 MB, ms', targets, repetitions, downloadMs);
    const sse = await inRounds('event, µs', targets, 2 * repetitions, (target) =>
      eventMicros(streamPlaces[target]),
    );
    const socket = await inRounds('socket, µs', targets, 3 * repetitions, (target) =>
      echoMicros(streamPlaces[target]),
    );
    const late = await inRounds('20 ms away, µs', ['direct', 'tradebox'], repetitions, lateMicros);
    return {
      repetitions,
      rows: targets.map((target) => ({
        target,
        file100MbMs: middle(file, target),
        sseMicros: middle(sse, target),
        socketMicros: middle(socket, target),
        ...(target === 'nginx' ? {} : { lateMicros: middle(late, target) }),
      })),
      fileOverDirect: middleRatio(file, 'tradebox', 'direct'),
      fileOfNginxOverDirect: middleRatio(file, 'nginx', 'direct'),
      sseOverNginx: middleRatio(sse, 'tradebox', 'nginx'),
      socketOverNginx: middleRatio(socket, 'tradebox', 'nginx'),
      lateOverDirect: middleRatio(late, 'tradebox', 'direct'),
      errors,
    };
  } finally {
    await upstream.stop();
  }
}

/**
 * Measures one shape again and again, the targets shuffled in each round, and no other shape between: where the scheduler has put
 * the processes for one shape is where the next one would begin, on one core or on two. The first round warms every program up.
 */
async function inRounds<Name extends TargetName>(
  shape: string,
  names: readonly Name[],
  count: number,
  measure: (target: Name) => Promise<number>,
): Promise<Round<Name>[]> {
  const rounds: Round<Name>[] = [];
  for (let index = 0; index <= count; index += 1) {
    const round = {} as Round<Name>;
    for (const target of shuffled(names)) round[target] = await measure(target);
    const values = names.map((name) => `${name} ${Math.round(round[name])}`);
    process.stderr.write(`  ${shape}: ${values.join(', ')}\n`);
    if (index > 0) rounds.push(round);
  }
  return rounds;
}

function middle<Name extends TargetName>(rounds: readonly Round<Name>[], target: Name): number {
  return median(rounds.map((round) => round[target]));
}

/** Median of the ratios within each round. */
function middleRatio<Name extends TargetName>(
  rounds: readonly Round<Name>[],
  target: Name,
  to: Name,
): number {
  return median(rounds.map((round) => round[target] / round[to]));
}

/** curl's own time for the whole file. Throws when a byte is missing. */
async function downloadMs(target: TargetName): Promise<number> {
  const port = { direct: ports.file, nginx: ports.fileHop, tradebox: 443 }[target];
  const way =
    target === 'tradebox'
      ? ['--proxy', `http://127.0.0.1:${ports.sidecarConnect}`]
      : ['--connect-to', `${fileHost}:${port}:127.0.0.1:${port}`];
  const words = [
    '-sk',
    '-o',
    '/dev/null',
    '-w',
    '%{time_total} %{size_download}',
    '-H',
    `authorization: Bearer ${plainDecoy}`,
  ];
  const { stdout } = await run('curl', [...words, ...way, `https://${fileHost}:${port}/100mb`]);
  const [seconds = 0, bytes = 0] = stdout.split(' ').map(Number);
  if (bytes !== fileBytes) throw new Error(`${target}: ${bytes} bytes of ${fileBytes} came`);
  return seconds * 1000;
}

/** Microseconds from the writing of an event to its arrival, median of 400, both on the machine's one monotonic clock. */
async function eventMicros(place: Dial): Promise<number> {
  const socket = await dialTls(place);
  const found: number[] = [];
  socket.write(
    `GET /sse?events=400 HTTP/1.1\r\nHost: ${place.host}\r\nAuthorization: Bearer ${plainDecoy}\r\n\r\n`,
  );
  await new Promise<void>((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      const now = process.hrtime.bigint();
      const text = chunk.toString('latin1');
      for (const [, sent] of text.matchAll(/data: (\d+)\n\n/g))
        found.push(Number(now - BigInt(sent ?? 0)) / 1000);
      if (text.endsWith('0\r\n\r\n')) resolve();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve());
  });
  socket.destroy();
  // One that was split over two reads is not counted.
  if (found.length < 350) throw new Error(`${place.port}: ${found.length} of 400 events came`);
  return percentile(found.slice(20), 0.5);
}

/** Microseconds from sending a message of 100 bytes to its echo, median of 1,500. */
async function echoMicros(place: Dial): Promise<number> {
  const socket = await dialTls(place);
  const peer = new WebSocket(`ws://${place.host}/echo`, {
    createConnection: () => socket as never,
    headers: { authorization: `Bearer ${plainDecoy}` },
    perMessageDeflate: false,
  });
  await new Promise<void>((resolve, reject) => {
    peer.once('open', resolve);
    peer.once('error', reject);
  });
  const message = JSON.stringify({
    op: 'subscribe',
    args: [{ channel: 'tickers', instId: 'BTC-USDT', id: 'x'.repeat(36) }],
  });
  const found: number[] = [];
  await new Promise<void>((resolve, reject) => {
    let fromMs = 0;
    const send = () => {
      fromMs = performance.now();
      peer.send(message);
    };
    peer.on('error', reject);
    peer.on('close', () => reject(new Error('the socket was closed')));
    peer.on('message', () => {
      found.push((performance.now() - fromMs) * 1000);
      if (found.length < 1700) send();
      else resolve();
    });
    send();
  });
  peer.removeAllListeners('close');
  peer.terminate();
  return percentile(found.slice(200), 0.5);
}
