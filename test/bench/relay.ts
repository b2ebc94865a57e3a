// The relay's bench: a signed OKX GET through each target, alternating, inside the bench's own network namespace.
// Started by main.ts through namespace.sh; prints one JSON document (RelayMeasurements) on standard output.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type LoadResult, runLoad } from './load.js';
import { cpuMicros, residentMb } from './processes.js';
import { measureShapes, type Shapes } from './shapes.js';
import { measureSidecars, type SidecarMeasurements } from './sidecars.js';
import { median, shuffled } from './stats.js';
import { type Programs, startTargets, type Target } from './targets.js';

export interface RelayRow {
  target: string;
  connections: number;
  requestsPerSecond: number;
  p50Micros: number;
  p99Micros: number;
  /** Median over the repetitions of p50 ÷ p50 of `direct` in the same repetition. */
  p50OverDirect: number;
  /** By peer: median over the repetitions of the rate ÷ that peer's rate in the same repetition. */
  rateOver: Record<string, number>;
  errors: number;
  /** CPU time of the proxy's processes, user and system, all threads, for each good answer; absent for `direct`. */
  cpuMicrosPerRequest?: number;
  /** Median over the repetitions of the CPU time for each answer ÷ nginx's in the same repetition; absent for `direct`. */
  cpuOverNginx?: number;
}

export interface RelayMeasurements {
  repetitions: number;
  secondsEach: number;
  rows: RelayRow[];
  /** Resident memory in MB by target: after start, and right after the busiest run. */
  memory: { target: string; idleMb: number; loadedMb: number }[];
  mitmproxyVersion: string;
  /** Version of the peer; absent where it could not be installed. */
  sandboxRuntimeVersion?: string;
  shapes: Shapes;
  sidecars: SidecarMeasurements;
}

/** What main.ts hands over, as JSON. */
export interface RelayPlan extends Programs {
  repetitions: number;
  secondsEach: number;
  nodeVersion: string;
  sandboxRuntimeVersion?: string;
}

interface Sample extends LoadResult {
  target: string;
  connections: number;
  repetition: number;
}

async function measure(options: RelayPlan): Promise<RelayMeasurements> {
  const directory = mkdtempSync(path.join(tmpdir(), 'tradebox-bench-'));
  const shim = path.join(directory, 'connect-shim.so');
  const source = fileURLToPath(new URL('./connect-shim.c', import.meta.url));
  execFileSync('gcc', ['-shared', '-fPIC', '-O2', '-o', shim, source, '-ldl'], { stdio: 'inherit' });
  try {
    const stage = await startTargets(directory, options);
    try {
      await sleep(1000);
      const idle = new Map(stage.targets.map((target) => [target.name, memoryOf(target)]));
      const loaded = new Map<string, number>();
      const samples: Sample[] = [];
      for (let repetition = 0; repetition < options.repetitions; repetition += 1) {
        for (const connections of [1, 16, 64]) {
          for (const target of shuffled(stage.targets)) {
            const { server } = target;
            const result = await runLoad({
              url: target.url,
              headers: target.headers,
              connections,
              durationSeconds: options.secondsEach,
              proxyPort: target.proxyPort,
              proxyAuthorization: target.proxyAuthorization,
              shim,
              ...(server === undefined ? {} : { cpuMicros: () => cpuMicros(server.pid) }),
            });
            if (result.requests === 0) {
              throw new Error(
                `${target.name} gave no good answer at ${connections} connections (${result.errors} bad ones)`,
              );
            }
            loaded.set(target.name, Math.max(loaded.get(target.name) ?? 0, memoryOf(target)));
            samples.push({ ...result, target: target.name, connections, repetition });
            process.stderr.write(
              `  ${target.name.padEnd(22)} ${String(connections).padStart(2)} conn  ${Math.round(result.requestsPerSecond)} req/s  p50 ${Math.round(result.p50Micros)} µs  errors ${result.errors}\n`,
            );
          }
        }
      }
      const { repetitions, secondsEach, nodeVersion, sandboxRuntimeVersion } = options;
      const shapes = await measureShapes(directory, stage, { repetitions, shim });
      const sidecars = await measureSidecars(stage.sidecar, {
        repetitions,
        seconds: secondsEach,
        shim,
        nodeVersion,
      });
      return {
        shapes,
        sidecars,
        ...(sandboxRuntimeVersion === undefined ? {} : { sandboxRuntimeVersion }),
        repetitions: options.repetitions,
        secondsEach: options.secondsEach,
        rows: summarise(samples),
        memory: stage.targets
          .filter(({ server }) => server !== undefined)
          .map(({ name }) => ({
            target: name,
            idleMb: idle.get(name) ?? 0,
            loadedMb: loaded.get(name) ?? 0,
          })),
        mitmproxyVersion:
          /Mitmproxy: (\S+)/.exec(execFileSync('mitmdump', ['--version'], { encoding: 'utf8' }))?.[1] ?? '',
      };
    } finally {
      await stage.stop();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Medians over the repetitions; ratios are taken within a repetition first, so that the machine's drift cancels. */
function summarise(samples: readonly Sample[]): RelayRow[] {
  const keys = [...new Set(samples.map(({ target, connections }) => JSON.stringify([target, connections])))];
  return keys.map((key) => {
    const [target, connections] = JSON.parse(key) as [string, number];
    const own = samples.filter((sample) => sample.target === target && sample.connections === connections);
    const peer = (name: string, { repetition }: Sample) => {
      const found = samples.find(
        (sample) =>
          sample.target === name && sample.connections === connections && sample.repetition === repetition,
      );
      if (found === undefined) throw new Error(`no sample of ${name} in repetition ${repetition}`);
      return found;
    };
    const middle = (value: (sample: Sample) => number) => median(own.map(value));
    const isDirect = target === 'direct';
    const peers = [...new Set(samples.map((sample) => sample.target))].filter((name) => name !== target);
    const cpuEach = ({ cpuMicros: micros, requests }: Sample) => micros / requests;
    return {
      target,
      connections,
      requestsPerSecond: middle((sample) => sample.requestsPerSecond),
      p50Micros: middle((sample) => sample.p50Micros),
      p99Micros: middle((sample) => sample.p99Micros),
      p50OverDirect: middle((sample) => sample.p50Micros / peer('direct', sample).p50Micros),
      rateOver: Object.fromEntries(
        peers.map((name) => [
          name,
          middle((sample) => sample.requestsPerSecond / peer(name, sample).requestsPerSecond),
        ]),
      ),
      errors: own.reduce((sum, { errors }) => sum + errors, 0),
      ...(isDirect
        ? {}
        : {
            cpuMicrosPerRequest: middle(cpuEach),
            cpuOverNginx: middle((sample) => cpuEach(sample) / cpuEach(peer('nginx two hops', sample))),
          }),
    };
  });
}

function memoryOf({ server }: Target): number {
  return server === undefined ? 0 : residentMb(server.pid);
}

const result = await measure(JSON.parse(process.argv[2] ?? '{}') as RelayPlan);
process.stdout.write(`${JSON.stringify(result)}\n`);
