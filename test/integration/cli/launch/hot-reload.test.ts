// A box with a run attached follows its configuration: from the saved file to `policy.loaded` in the journal, on a real engine.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imageBuildTimeoutMs } from '../../../support/box.js';
import { docker, inspectBox } from '../../../support/docker.js';
import { type CliResult, TestHome } from '../../../support/home.js';
import { skipReason } from '../../../support/requirements.js';

/** For the fastest of five: tests share a busy machine. */
const boundMs = 500;

describe.skipIf(skipReason('docker'))('hot reload', () => {
  let home: TestHome;
  let name: string;
  let attached: Promise<CliResult>;

  const loads = (type = 'policy.loaded') =>
    readdirSync(home.stateDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))
      .reduce((count, entry) => {
        const text = readFileSync(path.join(entry.parentPath, entry.name), 'latin1');
        return count + (text.split(`"${type}"`).length - 1);
      }, 0);
  const save = (host: string) =>
    home.writeConfig(`version: 1\nhosts: [{ host: ${host}.example.test, reason: "a test" }]\n`);
  const tighten = (max: number) =>
    home.writePrivate('guardrails.yaml', `version: 1\nnotional: { max: ${max} }\n`);
  /** Milliseconds until the journal has another load; undefined when it has none within the time. */
  const untilLoaded = async (before: number, withinMs: number, type?: string) => {
    const from = performance.now();
    while (loads(type) === before) {
      if (performance.now() - from > withinMs) return undefined;
      await sleep(2);
    }
    return performance.now() - from;
  };

  beforeAll(async () => {
    home = new TestHome();
    name = home.boxName('hot');
    tighten(1_000_000);
    const words = ['run', 'shell', home.workdir(), '--paper', '--name', name, '--', '-c', 'sleep 900'];
    attached = home.spawnToEnd(process.execPath, [path.resolve('dist/main.js'), ...words], {
      timeoutMs: imageBuildTimeoutMs,
    });
    attached.catch(() => undefined);
  }, imageBuildTimeoutMs);
  afterAll(async () => {
    await home?.ok(['stop', name]);
    await attached;
    await home?.dispose();
  }, 120_000);

  test(`a file that is made later is followed, and a change can be in force within ${boundMs} ms`, async () => {
    // There is no file when the box starts: whatever is saved before the run looks is in its first rules.
    const before = loads();
    for (let count = 0; loads() === before; count += 1) {
      save(`first-${count}`);
      await untilLoaded(before, 2_000);
    }
    const took: number[] = [];
    for (let count = 0; count < 5; count += 1) {
      await sleep(300);
      const held = loads();
      save(`changed-${count}`);
      took.push((await untilLoaded(held, 10_000)) ?? Number.POSITIVE_INFINITY);
    }
    took.sort((a, b) => a - b);
    process.stderr.write(`  saved to in force: ${took.map((ms) => ms.toFixed(0)).join(', ')} ms\n`);
    expect(took.at(-1)).toBeLessThan(10_000);
    expect(took[0]).toBeLessThan(boundMs);
  }, 300_000);

  test(`guardrails go the same way, and what is kept open for both is one small process`, async () => {
    const took: number[] = [];
    for (let count = 0; count < 5; count += 1) {
      await sleep(300);
      const held = loads('guardrails.loaded');
      tighten(999_999 - count);
      took.push((await untilLoaded(held, 10_000, 'guardrails.loaded')) ?? Number.POSITIVE_INFINITY);
    }
    took.sort((a, b) => a - b);
    expect(took.at(-1)).toBeLessThan(10_000);
    expect(took[0]).toBeLessThan(boundMs);
    const processes = docker('top', inspectBox(name).sidecar.Id, '-eo', 'pid,rss,args')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/));
    const [bridge, ...others] = processes.filter(([, , program]) => program !== 'node');
    expect([bridge?.[2], others]).toEqual(['perl', []]);
    expect(Number(bridge?.[1])).toBeLessThan(20_000);
    expect(processes).toHaveLength(2);
  }, 120_000);
});
