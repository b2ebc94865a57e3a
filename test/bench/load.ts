// One load run with h2load (HTTP/1.1 over TLS), through a CONNECT tunnel or straight, and what it says of rates and errors.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { percentile } from './stats.js';

export interface LoadPlan {
  url: string;
  headers: Readonly<Record<string, string>>;
  connections: number;
  durationSeconds: number;
  /** Port of the proxy on 127.0.0.1; straight to the upstream when absent. */
  proxyPort?: number;
  /** Sent with CONNECT, where the proxy wants it. */
  proxyAuthorization?: string;
  /** The compiled connect-shim.c. */
  shim: string;
  /** CPU time so far of what is measured, in microseconds; read at the first and at the last moment of the measured time. */
  cpuMicros?: () => number;
}

export interface LoadResult {
  requestsPerSecond: number;
  p50Micros: number;
  p99Micros: number;
  requests: number;
  /** Answers that were not 2xx, and requests that failed. A proxy that fails fast looks fast: shown beside every rate. */
  errors: number;
  /** CPU time within the measured time; 0 when nobody asked. Handshakes and the warm-up are not in it. */
  cpuMicros: number;
}

/** Runs the plan: half a second of warm-up, then the measured time. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const directory = mkdtempSync(path.join(tmpdir(), 'tradebox-load-'));
  const log = path.join(directory, 'requests.tsv');
  try {
    const { host, port } = authorityOf(plan.url);
    const shimmed: Record<string, string> =
      plan.proxyPort === undefined
        ? {}
        : {
            LD_PRELOAD: plan.shim,
            SHIM_TARGET_PORT: String(port),
            SHIM_PROXY_PORT: String(plan.proxyPort),
            SHIM_AUTHORITY: `${host}:${port}`,
            SHIM_AUTHORIZATION: plan.proxyAuthorization ?? '',
          };
    const headers = Object.entries(plan.headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    const { output, cpuMicros } = await runToEnd(
      'h2load',
      [
        ...['--h1', '-t', '1', '-c', String(plan.connections), '-D', String(plan.durationSeconds)],
        ...['--warm-up-time', '500ms', '--log-file', log, ...headers, plan.url],
      ],
      shimmed,
      (plan.durationSeconds + 30) * 1000,
      plan.cpuMicros,
    );
    return { ...readResult(output, log, plan.durationSeconds), cpuMicros };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** h2load's log has one line a request: start in µs since the epoch, status (-1 when failed), µs until the end of the answer. */
function readResult(output: string, log: string, durationSeconds: number): Omit<LoadResult, 'cpuMicros'> {
  const rows = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [start, status, micros] = line.split('\t').map(Number);
      return start === undefined || status === undefined || micros === undefined ? [] : [{ status, micros }];
    });
  const good = rows.filter(({ status }) => status >= 200 && status < 300);
  const failed = Number(/(\d+) failed/.exec(output)?.[1] ?? 0);
  const errored = Number(/(\d+) errored/.exec(output)?.[1] ?? 0);
  const bad = rows.length - good.length;
  return {
    requestsPerSecond: good.length / durationSeconds,
    p50Micros:
      good.length > 0
        ? percentile(
            good.map(({ micros }) => micros),
            0.5,
          )
        : Number.NaN,
    p99Micros:
      good.length > 0
        ? percentile(
            good.map(({ micros }) => micros),
            0.99,
          )
        : Number.NaN,
    requests: good.length,
    errors: Math.max(bad, failed + errored),
  };
}

function authorityOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: port === '' ? 443 : Number(port) };
}

/**
 * Runs the generator to its end. h2load sometimes does not exit after it has stopped its clients; its log is complete then,
 * so it is ended and counts. Any other failure rejects with its output. CPU time is that between h2load's words that the
 * measured time begins and that it is over.
 */
function runToEnd(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
  timeoutMs: number,
  cpuMicros: () => number = () => 0,
): Promise<{ output: string; cpuMicros: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    let output = '';
    let begun: number | undefined;
    let spent: number | undefined;
    const keep = (chunk: Buffer) => {
      output += chunk.toString('utf8');
      if (output.includes('Main benchmark duration is started')) begun ??= cpuMicros();
      if (begun !== undefined && output.includes('Main benchmark duration is over'))
        spent ??= cpuMicros() - begun;
      if (output.includes('Stopped all clients')) setTimeout(() => child.kill('SIGKILL'), 3000).unref();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => {
      if (spent !== undefined && (code === 0 || output.includes('Stopped all clients')))
        resolve({ output, cpuMicros: spent });
      else reject(new Error(`${program} exit ${code}:\n${output}`));
    });
  });
}
