// README's table of attacks: a column for each level, of which a run renews what it made; the rest stays as an earlier run wrote it.
import type { IsolationId } from '../../../src/core/isolation.js';
import { holds, type Score } from './scorecard.js';

export type ScoreAt = Score & { isolation: IsolationId };

const levels = ['container', 'gvisor', 'vm'] as const satisfies readonly IsolationId[];
const notMade = 'not made';

/** The table from the one before (empty: none), in the order of the identifiers. `day` is that of the scores. */
export function renewedTable(
  before: string,
  attacks: readonly { id: string; title: string }[],
  scores: readonly ScoreAt[],
  day: string,
): string {
  const old = new Map(
    before
      .split('\n')
      .filter((line) => /^\| [A-Z]\d/.test(line))
      .map((line) => line.slice(2, -2).split(' | '))
      .map((cells) => [cells[0] ?? '', cells] as const),
  );
  const days = new Map([...before.matchAll(/`(\w+)` on (\d{4}-\d\d-\d\d)/g)].map(([, of, on]) => [of, on]));
  for (const { isolation } of scores) days.set(isolation, day);
  const sorted = [...attacks].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  const rows = sorted.map(({ id, title }) => {
    const made = (level: string) => scores.find((one) => one.id === id && one.isolation === level);
    const cells = levels.map((level, index) => {
      const score = made(level);
      return score === undefined ? (old.get(id)?.[2 + index] ?? notMade) : cellOf(score);
    });
    // The plain containers are the same beside each level; those of its own network are told.
    const plain = made('container');
    const [docker, internal] =
      plain === undefined ? (old.get(id)?.slice(5, 7) ?? []) : [plain.docker, plain.internal];
    const words = [id, title.replaceAll('*', '\\*'), ...cells, docker ?? notMade, internal ?? notMade];
    return `| ${words.join(' | ')} |`;
  });
  const told = levels.flatMap((level) => (days.has(level) ? [`\`${level}\` on ${days.get(level)}`] : []));
  return [
    `Made at ${told.join(', ')}, whole or in parts.`,
    '',
    `| | attack | ${levels.map((level) => `\`${level}\``).join(' | ')} | plain \`docker run\` | plain internal network |`,
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function cellOf(score: ScoreAt): string {
  if (holds(score)) return 'blocked';
  if (score.outcome === 'blocked') return '**control failed**';
  return score.evidence.startsWith('not measured') ? '**not measured**' : '**succeeded**';
}
