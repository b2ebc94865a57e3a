// tradebox promote: the next rung of the ladder for an account, with the evidence that its journals hold, or a person's own word.
import { resolve } from 'node:path';
import { z } from 'zod';
import { TradeboxError } from '../../core/errors.js';
import { defineCommand, flag, optional, required } from '../command.js';
import type { CliContext } from '../context.js';
import { printable } from '../style.js';

const resultSchema = z.object({
  account: z.string(),
  /** Where it stands now. */
  standing: z.string(),
  /** The place above; null on the last step. */
  next: z.string().nullable(),
  evidence: z.object({
    filled: z.int(),
    readDays: z.int(),
    unknown: z.int(),
    /** ISO 8601, UTC; null when from the first record on. */
    countedFrom: z.string().nullable(),
    countedFromCause: z.string(),
  }),
  /** What the next place still takes. */
  missing: z.array(z.string()),
  /** Journals that gave no evidence. */
  problems: z.array(z.string()),
  isPromoted: z.boolean(),
});
type Result = z.output<typeof resultSchema>;

export const command = defineCommand({
  description:
    'The ladder: demo (20 filled orders with play money, no taint), readonly (7 days of reading live data), propose (10 filled orders that a human decided), live at 50 dollars an order, then step by step.\nThe evidence is counted from journals that hold; each taint and each drift begins it anew. Needs a terminal, but for --show.',
  arguments: {
    account: required('account', 'id of a live account in tradebox.yaml'),
    workdir: optional('workdir', 'working directory whose tradebox.yaml names the account'),
  },
  options: {
    show: flag('--show', 'only tell where it stands and what is missing'),
    override: flag(
      '--override',
      'go up without the evidence: asks twice, is recorded and said at each start',
    ),
  },
  usesConfig: true,
  examples: [
    { command: 'tradebox promote okx-main --show', does: 'the evidence so far, and what is missing' },
    { command: 'tradebox promote okx-main', does: 'go one place up' },
  ],
  result: resultSchema,
  render: (result, style) =>
    [
      `${style.bold(printable(result.account))} stands on ${result.standing}`,
      ...(result.isPromoted ? [] : evidenceLines(result).map((line) => `  ${printable(line)}`)),
    ].join('\n'),
  run: async (context, { arguments: { account, workdir }, options }) => {
    if (options.show && options.override) {
      throw new TradeboxError('USAGE', '--show and --override exclude each other', {
        remedy: 'Give one of them.',
      });
    }
    const { evidenceFor, promote } = await import('../launch/promotion.js');
    const found = await evidenceFor(
      context,
      account,
      workdir === undefined ? undefined : resolve(context.cwd, workdir),
    );
    const { result, next } = found;
    if (options.show || next === undefined) return { result };
    for (const line of evidenceLines(result)) context.output.note(line);
    const override = await agree(context, result, options.override);
    if (override === 'no') {
      context.output.note(`${account} stays where it is`);
      return { result };
    }
    return { result: promote(context, found, next, override) };
  },
});

/** What the person at the terminal says. Throws EVIDENCE_MISSING, and USAGE without a terminal. */
async function agree(
  { prompt, output }: Pick<CliContext, 'prompt' | 'output'>,
  { account, next, missing }: Result,
  isOverride: boolean,
): Promise<'no' | undefined | { reason: string; missing: string[] }> {
  if (missing.length === 0) {
    return (await prompt.confirm(`Promote ${account} to ${next}?`, false)) ? undefined : 'no';
  }
  if (!isOverride) {
    throw new TradeboxError('EVIDENCE_MISSING', `${account} is not promoted: ${missing.join('; ')}`, {
      remedy: 'Let it earn the rest. `--override` goes up without; it is recorded and said at each start.',
    });
  }
  output.warn(`${account} has NOT shown what ${next} takes: ${missing.join('; ')}`);
  output.warn('an agent that nobody has watched will come closer to real money');
  if ((await prompt.line(`Type the name of the account to promote it all the same:`)) !== account)
    return 'no';
  const reason = (await prompt.line('Why? It is recorded with your name:')).slice(0, 200);
  return reason === '' ? 'no' : { reason, missing };
}

function evidenceLines({ next, evidence, missing, problems }: Result): string[] {
  const { filled, readDays, unknown, countedFrom, countedFromCause } = evidence;
  const since = countedFrom === null ? '' : ` since ${countedFrom}`;
  return [
    `next: ${next ?? 'nothing: it is the last step'}`,
    `filled orders ${filled}, days of reading ${readDays}, unknown outcomes ${unknown}${since}${countedFromCause === '' ? '' : `, when ${countedFromCause}`}`,
    ...missing.map((line) => `missing: ${line}`),
    ...problems.map((line) => `no evidence: ${line}`),
  ];
}
