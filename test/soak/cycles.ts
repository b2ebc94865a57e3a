// `npm run soak:cycles -- [--level container|gvisor|vm] [--cycles n] [--killed n] [--minutes n] [--tally file]`: starts and resets a box
// again and again, some starts and some resets killed at random moments; nothing of a box may be left: container, process, socket,
// network, loop device, mount. With `--minutes` it ends in time, with `--tally` the next part goes on where this one ended. Prints JSON;
// exit 1 when something is left.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { labelledObjects } from '../support/docker.js';
import { builtCli, TestHome } from '../support/home.js';
import { leftSince, remains } from './remains.js';

const { values } = parseArgs({
  options: {
    level: { type: 'string', default: 'container' },
    cycles: { type: 'string', default: '100' },
    killed: { type: 'string', default: '20' },
    minutes: { type: 'string' },
    tally: { type: 'string' },
  },
});
const { level } = values;
const cycles = Number(values.cycles);
const killed = Number(values.killed);
const untilMs = values.minutes === undefined ? Infinity : Date.now() + Number(values.minutes) * 60_000;

/** All parts together. Only what was still at work when it was killed counts as killed. */
interface Tally {
  level: string;
  parts: number;
  cycles: number;
  killedStarts: number;
  killedResets: number;
  problems: string[];
}
const tally: Tally =
  values.tally !== undefined && existsSync(values.tally)
    ? (JSON.parse(readFileSync(values.tally, 'utf8')) as Tally)
    : { level, parts: 0, cycles: 0, killedStarts: 0, killedResets: 0, problems: [] };
if (tally.level !== level) throw new Error(`${values.tally} counts cycles at ${tally.level}`);
tally.parts += 1;

const home = new TestHome();
const name = home.boxName(`cycles-${level}`);
const start = ['run', 'shell', home.workdir(), '--paper', '--detach', '--name', name, '--isolation', level];
start.push('--', '-c', 'exec sleep 600');
const reset = ['reset', name];
const discard = ['reset', name, '--discard'];
try {
  await home.ok(start, { timeoutMs: 900_000 });
  await home.ok(discard);
  const before = remains(name);
  // A kill may come anywhere between the first word of a command and its end.
  let startMs = (await home.ok(start, { timeoutMs: 120_000 })).durationMs;
  await home.ok(discard);
  while (tally.cycles < cycles && Date.now() < untilMs) {
    const kills = tally.killedStarts + tally.killedResets;
    // Spread evenly: every fifth of a hundred with twenty; a kill that came too late is made up for by the next cycle.
    const isKilled = kills < Math.floor(((tally.cycles + 1) * killed) / cycles);
    const isReset = isKilled && kills % 2 === 1;
    if (isKilled && !isReset) {
      if (await isKilledWithin(start, startMs)) tally.killedStarts += 1;
    } else {
      startMs = (await home.ok(start, { timeoutMs: 120_000 })).durationMs;
      if (isReset && (await isKilledWithin(reset, 1.3 * startMs))) tally.killedResets += 1;
    }
    const discarded = await home.run(discard, { timeoutMs: 60_000 });
    const what = `cycle ${tally.cycles}${isKilled ? (isReset ? ', reset killed' : ', start killed') : ''}`;
    // Killed before it made anything, there is no box to discard.
    const isNone = isKilled && discarded.stderr.includes('there is no box');
    if (discarded.code !== 0 && !isNone)
      tally.problems.push(`${what}: reset ended with ${discarded.code}: ${discarded.stderr}`);
    const left = labelledObjects(`tradebox.box=${name}`);
    if (left.length > 0) tally.problems.push(`${what}: left ${left.join(', ')}`);
    tally.cycles += 1;
    process.stderr.write(`\r${tally.cycles} of ${cycles}`);
  }
  tally.problems.push(...(await leftSince(before, name)));
} finally {
  if (values.tally !== undefined) writeFileSync(values.tally, `${JSON.stringify(tally, null, 2)}\n`);
  await home.dispose();
}
process.stdout.write(`${JSON.stringify(tally, null, 2)}\n`);
process.exitCode = tally.problems.length === 0 ? 0 : 1;

/** Starts a command and kills it at a random moment; false when it had ended before. */
async function isKilledWithin(words: readonly string[], longestMs: number): Promise<boolean> {
  const child: ChildProcess = spawn(process.execPath, [builtCli, ...words], {
    env: home.environment(),
    stdio: 'ignore',
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('exit', (_, signal) => resolve(signal)),
  );
  await sleep(randomInt(20, Math.max(200, Math.round(longestMs))));
  child.kill('SIGKILL');
  return (await ended) === 'SIGKILL';
}
