// Hot reload: from a saved tradebox.yaml or guardrails.yaml to the new rules in force, as the agent of a box with a run attached sees it.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtCli, TestHome } from '../support/home.js';
import { withoutExtraCertificates } from './startup.js';
import { median } from './stats.js';

/** Milliseconds from the file's writing until the agent met the new rules. */
export interface ReloadTimes {
  count: number;
  p50Ms: number;
  worstMs: number;
}

export interface ReloadMeasurements {
  policy: ReloadTimes;
  guardrails: ReloadTimes;
}

const toggledHost = 'toggled.example.test';
const saveDeadlineMs = 10_000;
const startDeadlineMs = 900_000;
/** From the agent's start to the first save, milliseconds. */
const restMs = 3_000;
/** Between two saves, milliseconds: an editor's user is slower. */
const pauseMs = 250;

/**
 * The agent: asks for the name and for its limits again and again, and tells when the answer became another, by the clock that all
 * processes of this machine share (CLOCK_MONOTONIC).
 */
const watching = `
const { Resolver } = require('node:dns').promises;
const http = require('node:http');
const names = new Resolver({ timeout: 1000, tries: 1 });
const kept = new http.Agent({ keepAlive: true, maxSockets: 1 });
const limits = () => new Promise((resolve, reject) => {
  http.get('http://tradebox.internal/limits', { agent: kept }, (answer) => {
    let text = '';
    answer.on('data', (chunk) => { text += chunk; });
    answer.on('end', () => resolve(String(/max"?: ?"?([0-9]+)/.exec(text)?.[1])));
  }).on('error', reject);
});
const open = () => names.resolve4('${toggledHost}').then(() => 'open', () => 'closed');
const follow = async (what, ask) => {
  for (let before; ; await new Promise((resolve) => setTimeout(resolve, 2))) {
    const now = await ask().catch(() => before);
    if (now !== before) console.log(JSON.stringify({ what, now, at: Number(process.hrtime.bigint()) / 1e6 }));
    before = now;
  }
};
follow('policy', open);
follow('guardrails', limits);
`;

interface Change {
  what: 'policy' | 'guardrails';
  now: string;
  at: number;
}

/** Saves each file so many times while a run is attached. */
export async function measureReload(count: number): Promise<ReloadMeasurements> {
  const home = new TestHome();
  const name = home.boxName('reload');
  const config = home.writeConfig(configText(false));
  const guardrails = home.writePrivate('guardrails.yaml', guardrailsText(0));
  const words = ['--paper', '--name', name, '--', '-c', 'exec node -e "$0"', watching];
  const run = spawn(process.execPath, [builtCli, 'run', 'shell', home.workdir(), ...words], {
    env: home.environment(withoutExtraCertificates),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => run.on('close', resolve));
  try {
    const changes = new Changes(run.stdout);
    await changes.next('policy', startDeadlineMs);
    await changes.next('guardrails', startDeadlineMs);
    await sleep(restMs);
    const policy = await series(count, config, changes, 'policy', (turn) => configText(turn % 2 === 0));
    // Only ever tighter: what is looser wants a person's yes.
    const rules = await series(count, guardrails, changes, 'guardrails', (turn) => guardrailsText(turn + 1));
    return { policy, guardrails: rules };
  } finally {
    run.kill('SIGTERM');
    await ended;
    await home.dispose();
  }
}

async function series(
  count: number,
  file: string,
  changes: Changes,
  what: Change['what'],
  textOf: (turn: number) => string,
): Promise<ReloadTimes> {
  const took: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    await sleep(pauseMs);
    const text = textOf(turn);
    const savedAt = Number(process.hrtime.bigint()) / 1e6;
    writeFileSync(file, text);
    took.push((await changes.next(what, saveDeadlineMs)).at - savedAt);
  }
  process.stderr.write(`  ${what} saved to in force: ${took.map((ms) => ms.toFixed(0)).join(' ')} ms\n`);
  return { count, p50Ms: median(took), worstMs: Math.max(...took) };
}

/** What the agent tells, each change once. */
class Changes {
  readonly #told: Change[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(output: NodeJS.ReadableStream) {
    createInterface({ input: output }).on('line', (line) => {
      if (!line.startsWith('{')) return;
      this.#told.push(JSON.parse(line) as Change);
      for (const look of this.#waiting) look();
    });
  }

  async next(what: Change['what'], withinMs: number): Promise<Change> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const index = this.#told.findIndex((one) => one.what === what);
      if (index >= 0) return this.#told.splice(index, 1)[0] as Change;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(`the agent met no new ${what} within ${withinMs} ms`);
      await new Promise<void>((resolve) => {
        const look = () => {
          clearTimeout(timer);
          this.#waiting.delete(look);
          resolve();
        };
        const timer = setTimeout(look, leftMs);
        this.#waiting.add(look);
      });
    }
  }
}

/** As large as a configuration is, with one line that changes. */
function configText(isOpen: boolean): string {
  const hosts = Array.from({ length: 20 }, (_, at) => `host-${at}.example.test`);
  const all = isOpen ? [...hosts, toggledHost] : hosts;
  return ['version: 1', 'hosts:', ...all.map((host) => `  - { host: ${host}, reason: "bench" }`), ''].join(
    '\n',
  );
}

const guardrailsText = (turn: number): string =>
  ['version: 1', `notional: { max: ${1_000_000 - turn} }`, 'daily: { orders: 500 }', ''].join('\n');
