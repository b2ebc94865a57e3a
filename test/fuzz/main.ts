// `npm run fuzz -- [--seconds n] [--seed s] [--only name,…]`: a long run; a failure's seed is kept in seeds/ and met again by CI.
import { parseArgs } from 'node:util';
import { runFuzz } from './fuzz.js';
import { fuzzes } from './fuzzes.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    only: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const wanted = values.only?.split(',');
const chosen = fuzzes.filter(({ name }) => wanted?.includes(name) ?? true);
if (chosen.length === 0 || !Number.isFinite(seconds) || !Number.isInteger(seed)) {
  process.stderr.write(
    `--only takes ${fuzzes.map(({ name }) => name).join(', ')}; --seconds and --seed take numbers\n`,
  );
  process.exit(2);
}
let failures = 0;
for (const fuzz of chosen) {
  const milliseconds = (seconds * 1000) / chosen.length;
  const { runs, failure } = await runFuzz(fuzz, {
    seed,
    runs: Number.MAX_SAFE_INTEGER,
    milliseconds,
    keep: true,
  });
  if (failure !== undefined) failures += 1;
  process.stdout.write(`${fuzz.name.padEnd(14)} ${runs} runs, seed ${seed}: ${failure ?? 'holds'}\n`);
}
// A run that was out of time leaves its world in the middle.
process.exit(failures === 0 ? 0 : 1);
