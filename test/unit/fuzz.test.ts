// The fuzzes, bounded: so many runs with a new seed each time, and every failure that was ever met. Long runs: `npm run fuzz`.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Fuzz, keptSeeds, runFuzz } from '../fuzz/fuzz.js';
import { fuzzes } from '../fuzz/fuzzes.js';

test.each(fuzzes)('$name holds', { timeout: 60_000 }, async (fuzz) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const { failure } = await runFuzz(fuzz, { seed, runs: 400, milliseconds: 6000 });
  expect(failure).toBeUndefined();
});

test('failures that were met before stay mended', async () => {
  for (const { fuzz: name, seed, path } of keptSeeds()) {
    const fuzz = fuzzes.find((one) => one.name === name);
    expect(fuzz, name).toBeDefined();
    if (fuzz !== undefined) expect((await runFuzz(fuzz, { seed, runs: 400, path })).failure).toBeUndefined();
  }
});

test('control: a property that does not hold fails, with the seed to meet it again', async () => {
  const wrong: Fuzz = {
    name: 'wrong',
    property: () => fc.property(fc.nat(), (number) => number < 3),
  };
  const { failure } = await runFuzz(wrong, { seed: 1, runs: 400 });
  expect(failure).toMatch(/"fuzz":"wrong","seed":1/);
});
