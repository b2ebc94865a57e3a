// `npm run attacks`: the scorecard. --json prints it as data, --only A4,B1 picks, --isolation gvisor|vm makes the boxes of that level,
// `all` those of each level that starts here, one after the other; --readme renews what was made in README's table.
import { parseArgs } from 'node:util';
import { type IsolationId, isolationIds } from '../../../src/core/isolation.js';
import { readmeTable, writeReadmeTable } from '../../support/readme.js';
import { skipReason } from '../../support/requirements.js';
import { sideBySide, turnsOf } from './attack.js';
import { attacks } from './attacks.js';
import { renewedTable, type ScoreAt } from './parity.js';
import { holds, score } from './scorecard.js';
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
const named = isolationIds.filter((id) => values.isolation === 'all' || id === values.isolation);
if (named.length === 0) {
  process.stderr.write(`there is no isolation level ${values.isolation}\n`);
  process.exit(2);
}
const say = (text: string) => (values.json ? process.stderr : process.stdout).write(`${text}\n`);

const scores: ScoreAt[] = [];
for (const isolation of named) {
  // A level asked for by its name is tried, whatever a probe says.
  const reason = named.length > 1 ? skipReason(isolation) : undefined;
  if (reason === undefined) scores.push(...(await attackAt(isolation)));
  else say(`skipped at ${isolation}: ${reason}`);
}
if (values.readme) {
  const day = new Date().toISOString().slice(0, 10);
  writeReadmeTable('attacks', renewedTable(readmeTable('attacks'), attacks, scores, day));
}
if (values.json) {
  const lines = scores.map(({ isolation, id, title, outcome, evidence, control }) => ({
    isolation,
    id,
    title,
    outcome,
    evidence,
    control,
  }));
  process.stdout.write(`${JSON.stringify({ attacks: lines })}\n`);
}
process.exitCode = scores.every(holds) && scores.length > 0 ? 0 : 1;

/** All attacks on boxes of a level, told as they are made. */
async function attackAt(isolation: IsolationId): Promise<ScoreAt[]> {
  const own: ScoreAt[] = [];
  const startMs = Date.now();
  const world = await makeWorld(isolation);
  try {
    const chosen = attacks.filter(({ id }) => wanted === undefined || wanted.includes(id));
    for (const turn of turnsOf(chosen)) {
      const left = [...turn];
      const make = async () => {
        for (let attack = left.shift(); attack !== undefined; attack = left.shift()) {
          const fromMs = Date.now();
          const one = { ...(await score(attack, world)), isolation };
          own.push(one);
          say(
            `${holds(one) ? 'ok  ' : 'FAIL'} ${one.id.padEnd(6)}${one.title}\n       ${one.outcome}: ${one.evidence}\n       control ${one.control}\n       docker run: ${one.docker} · internal network: ${one.internal} · ${Date.now() - fromMs} ms`,
          );
        }
      };
      await Promise.all(Array.from({ length: sideBySide }, make));
    }
  } finally {
    await world.close();
  }
  say(
    `${own.filter(holds).length} of ${own.length} blocked at ${isolation} with a control that succeeds, ${Math.round((Date.now() - startMs) / 1000)} s`,
  );
  return own;
}
