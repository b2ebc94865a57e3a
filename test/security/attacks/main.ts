// `npm run attacks`: the scorecard. --json prints it as data, --only A4,B1 picks, --isolation gvisor|vm makes the boxes of that level,
// --readme renews README's table.
import { parseArgs } from 'node:util';
import { isolationIds } from '../../../src/core/isolation.js';
import { writeReadmeTable } from '../../support/readme.js';
import { attacks } from './attacks.js';
import { holds, type Score, score } from './scorecard.js';
import { makeWorld } from './world.js';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    isolation: { type: 'string', default: 'container' },
    readme: { type: 'boolean', default: false },
  },
});

const wanted = values.only?.split(',').map((id) => id.trim().toUpperCase());
const unknown = wanted?.filter((id) => !attacks.some((attack) => attack.id === id)) ?? [];
if (unknown.length > 0) {
  process.stderr.write(
    `no such attack: ${unknown.join(', ')}. There are: ${attacks.map(({ id }) => id).join(', ')}\n`,
  );
  process.exit(2);
}
const isolation = isolationIds.find((id) => id === values.isolation);
if (isolation === undefined) {
  process.stderr.write(`there is no isolation level ${values.isolation}\n`);
  process.exit(2);
}
const say = (text: string) => (values.json ? process.stderr : process.stdout).write(`${text}\n`);

const scores: Score[] = [];
const startMs = Date.now();
const world = await makeWorld(isolation);
try {
  for (const attack of attacks) {
    if (wanted !== undefined && !wanted.includes(attack.id)) continue;
    const fromMs = Date.now();
    const one = await score(attack, world);
    scores.push(one);
    say(
      `${holds(one) ? 'ok  ' : 'FAIL'} ${one.id.padEnd(6)}${one.title}\n       ${one.outcome}: ${one.evidence}\n       control ${one.control}\n       docker run: ${one.docker} · internal network: ${one.internal} · ${Date.now() - fromMs} ms`,
    );
  }
} finally {
  await world.close();
}
const failed = scores.filter((one) => !holds(one));
if (values.readme && isolation === 'container' && wanted === undefined) writeReadme(scores);
if (values.json) {
  const lines = scores.map(({ id, title, outcome, evidence, control }) => ({
    id,
    title,
    outcome,
    evidence,
    control,
  }));
  process.stdout.write(`${JSON.stringify({ attacks: lines })}\n`);
}
say(
  `${scores.length - failed.length} of ${scores.length} blocked at ${isolation} with a control that succeeds, ${Math.round((Date.now() - startMs) / 1000)} s`,
);
process.exitCode = failed.length === 0 && scores.length > 0 ? 0 : 1;

function writeReadme(all: readonly Score[]): void {
  const sorted = [...all].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  const rows = sorted.map(
    ({ id, title, outcome, docker, internal }) =>
      `| ${id} | ${title.replaceAll('*', '\\*')} | ${outcome} | ${docker} | ${internal} |`,
  );
  const table = [
    '| | attack | tradebox | plain `docker run` | plain internal network |',
    '|---|---|---|---|---|',
    ...rows,
  ];
  writeReadmeTable('attacks', table.join('\n'));
}
