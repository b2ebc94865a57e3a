// kill -9 at every await point of the order path, by its name. The list of names is golden: an await that is new on the path fails here
// until it is in it, as one that is killed at or with the reason why no day of this test comes by it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { dieOn } from '../fuzz/await-kills.js';
import { holdTrue } from '../fuzz/kill-proof.js';
import { settle } from '../fuzz/kills.js';
import { awaitPoints, nameAwaits } from '../support/await-points.js';
import { startKillWorld } from '../support/kill-world.js';

const golden: Record<string, string> = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../golden/await-points.json'), 'utf8'),
);
const moments = Object.entries(golden)
  .filter(([, fate]) => fate === 'killed')
  .flatMap(([name]) => [`${name} | begins`, `${name} | is over`]);
/** Worlds side by side, and days of one world before the next begins. */
const [lanes, days] = [3, 8];

test('every await on the order path has a name in the list, and no name is left over', () => {
  expect(awaitPoints()).toEqual(Object.keys(golden));
});

test('what is waited for by await, for await and then is found, by function and count', () => {
  const { names, text } = nameAwaits(
    'a.ts',
    'class A { async b() { await c(await d()); for await (const e of f()) await c(); g.then(h); } }\nconst i = async () => await j;',
  );
  expect(names).toEqual(['a.ts b: c', 'a.ts b: d', 'a.ts b: f', 'a.ts b: c #2', 'a.ts b: g', 'a.ts i: j']);
  expect(text).toContain('await awaited("a.ts b: c", c(await awaited("a.ts b: d", d())))');
  expect(text).toContain('awaited("a.ts b: g", g).then(h)');
});

/** Lives a day for each of these moments over one exchange and one journal; says at which no sidecar died. */
async function dieOnEach(chosen: readonly string[]): Promise<string[]> {
  const world = await startKillWorld(1_000);
  const missed: string[] = [];
  try {
    for (const [day, moment] of chosen.entries()) if (!(await dieOn(world, day, moment))) missed.push(moment);
    await settle(world, 'demo');
    holdTrue(world, 'demo');
    return missed;
  } finally {
    await world.close();
  }
}

test('killed at each: no order twice, none without a decision, each state true', {
  timeout: 400_000,
}, async () => {
  const left = [...moments];
  const missed: string[] = [];
  const lane = async (): Promise<void> => {
    while (left.length > 0) missed.push(...(await dieOnEach(left.splice(0, days))));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  // What earlier days left, such as a connection or a position, may spare one the wait.
  const never: string[] = [];
  for (const moment of missed) never.push(...(await dieOnEach([moment])));
  expect(never).toEqual([]);
});
