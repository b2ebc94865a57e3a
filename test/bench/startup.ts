// The command line's bench: `run` and `reset` to the agent's first instruction against a bare `docker run` of the same image,
// `--help`, and `ps` against `docker ps`. Also tells where the time of a run goes, from the engine's own events.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { docker, inspectBox } from '../support/docker.js';
import { TestHome } from '../support/home.js';
import { median } from './stats.js';

export interface StartupMeasurements {
  repetitions: number;
  /** Medians in milliseconds. */
  bareDockerRunMs: number;
  runMs: number;
  resetMs: number;
  helpMs: number;
  psMs: number;
  dockerPsMs: number;
  /** Medians over the repetitions of the ratio within one repetition. */
  runOverBare: number;
  resetOverBare: number;
  psOverDockerPs: number;
  /** One run: what the engine did when, in milliseconds after the command was typed. */
  timeline: { atMs: number; what: string }[];
}

/** The first instruction: the agent writes the clock into the working directory, then stays. Arguments of the shell profile's bash. */
const stampAndStay = [
  '-c',
  'date +%s%N > /workspace/first.tmp && mv /workspace/first.tmp /workspace/first && exec sleep 600',
];

/**
 * Before it runs any program, Node reads the certificates that this variable names: 45 ms for a system's. That is no cost of
 * tradebox, and the engine's own client does not pay it.
 */
export const withoutExtraCertificates = { NODE_EXTRA_CA_CERTS: '' };

export async function measureStartup(repetitions: number): Promise<StartupMeasurements> {
  const home = new TestHome();
  const work = home.workdir();
  const stamp = path.join(work, 'first');
  const name = home.boxName('bench');
  try {
    // Once for the images, and to learn which image a bare run must use.
    await home.ok(['run', 'shell', work, '--paper', '--detach', '--name', name, '--', ...stampAndStay], {
      timeoutMs: 900_000,
    });
    const image = inspectBox(name).agent.Config.Image;
    await home.ok(['stop', name]);

    const ok = (args: readonly string[]) => home.ok(args, { env: withoutExtraCertificates });
    const start = () =>
      ok(['run', 'shell', work, '--paper', '--detach', '--name', name, '--', ...stampAndStay]);
    const rounds: Record<'bare' | 'run' | 'reset' | 'help' | 'ps' | 'dockerPs', number>[] = [];
    for (let round = 0; round < repetitions; round += 1) {
      const bare = await untilStamp(stamp, () => {
        docker(
          'run',
          '-d',
          '--name',
          `${name}-bare`,
          '-v',
          `${work}:/workspace`,
          image,
          'bash',
          ...stampAndStay,
        );
      });
      docker('rm', '-f', `${name}-bare`);
      const run = await untilStamp(stamp, start);
      const ps = await timed(() => ok(['ps']));
      const dockerPs = await timed(() => home.spawnToEnd('docker', ['ps'])); // waited for in the same way
      const reset = await untilStamp(stamp, () => ok(['reset', name]));
      await home.ok(['stop', name]);
      const help = await timed(() => ok(['--help']));
      rounds.push({ bare, run, reset, help, ps, dockerPs });
      process.stderr.write(
        `  round ${round + 1}: bare ${bare.toFixed(0)} ms  run ${run.toFixed(0)} ms  reset ${reset.toFixed(0)} ms  --help ${help.toFixed(0)} ms  ps ${ps.toFixed(0)} ms  docker ps ${dockerPs.toFixed(0)} ms\n`,
      );
    }
    // Once more for the time line: who listens to the engine's events takes a share of two cores.
    const events = watchEvents(name);
    await events.heard;
    const startedMs = Date.now();
    const watched = await untilStamp(stamp, start);
    const timeline = [
      ...(await events.since(startedMs)),
      { atMs: watched, what: "the agent's first instruction" },
    ];
    const middle = (value: (round: (typeof rounds)[number]) => number) => median(rounds.map(value));
    return {
      repetitions,
      bareDockerRunMs: middle(({ bare }) => bare),
      runMs: middle(({ run }) => run),
      resetMs: middle(({ reset }) => reset),
      helpMs: middle(({ help }) => help),
      psMs: middle(({ ps }) => ps),
      dockerPsMs: middle(({ dockerPs }) => dockerPs),
      runOverBare: middle(({ run, bare }) => run / bare),
      resetOverBare: middle(({ reset, bare }) => reset / bare),
      psOverDockerPs: middle(({ ps, dockerPs }) => ps / dockerPs),
      timeline,
    };
  } finally {
    spawnSync('docker', ['rm', '-f', `${name}-bare`], { stdio: 'ignore' });
    await home.dispose();
  }
}

/** Milliseconds from now until the instant the agent wrote into the stamp file. The file is removed first. */
async function untilStamp(stamp: string, start: () => unknown): Promise<number> {
  rmSync(stamp, { force: true });
  const startedMs = Date.now();
  await start();
  for (let waitedMs = 0; waitedMs < 30_000; waitedMs += 5) {
    const text = readIfThere(stamp);
    if (text !== undefined) return Number(BigInt(text.trim()) / 1000n) / 1000 - startedMs;
    await sleep(5);
  }
  throw new Error(`no first instruction within 30 s: ${stamp}`);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await run();
  return performance.now() - from;
}

/** Collects the engine's events of one box while it starts. */
function watchEvents(name: string): {
  heard: Promise<unknown>;
  since(startedMs: number): Promise<StartupMeasurements['timeline']>;
} {
  const child: ChildProcess = spawn('docker', ['events', '--format', '{{json .}}'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  return {
    heard: sleep(500), // until it listens
    since: async (startedMs) => {
      await sleep(100);
      child.kill('SIGTERM');
      return text
        .split('\n')
        .filter((line) => line.includes(name))
        .map((line) => {
          const event = JSON.parse(line) as {
            Type: string;
            Action: string;
            timeNano: number;
            Actor: { Attributes: { name?: string } };
          };
          const atMs = event.timeNano / 1e6 - startedMs;
          return {
            atMs,
            what: `${event.Type} ${event.Action.split(':')[0]} ${event.Actor.Attributes.name ?? ''}`.trim(),
          };
        });
    },
  };
}
