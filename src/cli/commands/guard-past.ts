// tradebox guard compare|replay: what a changed guardrails.yaml would loosen, and what it would have made of past orders.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { TradeboxError } from '../../core/errors.js';
import type { Guardrails } from '../../guard/guardrails.js';
import { defineCommand, optional, required } from '../command.js';
import type { CliContext } from '../context.js';
import { printable, table } from '../style.js';

export const compare = defineCommand({
  description:
    'Names every limit that gives an agent more room than before: read these before you put the file in place. Exit code 0 either way.',
  arguments: {
    after: required('after', 'the changed guardrails.yaml'),
    before: optional('before', 'what it is compared with; your own guardrails.yaml when absent'),
  },
  examples: [{ command: 'tradebox guard compare ./guardrails.yaml', does: 'what it loosens' }],
  result: z.object({
    /** Limits such as `daily.orders`; empty when nothing more can pass. */
    loosened: z.array(z.object({ limit: z.string(), change: z.enum(['removed', 'looser']) })),
  }),
  render: ({ loosened }, style) =>
    loosened.length === 0
      ? style.green('nothing is looser')
      : table(
          loosened.map(({ limit, change }) => [printable(limit), change]),
          (cell, column) => (column === 0 ? style.yellow(cell) : cell),
        ),
  run: async (context, { arguments: { after, before } }) => {
    const { loosenings } = await import('../../guard/loosening.js');
    return { result: { loosened: loosenings(await read(context, before), await read(context, after)) } };
  },
});

const decided = z.enum(['allow', 'hold', 'deny', 'unknown']);

export const replay = defineCommand({
  description:
    'Judges the past orders of an account by the rules of a file. Of prices, positions, balances and exposure of that time the journal holds what the rules then in force were told; where a rule needs more, such as the order book, or the order is older, the answer is unknown and says what is missing. What the mode adds, such as the hold of propose, is not part of it.',
  arguments: {
    journal: required('journal', 'id of an account, or the directory of a journal'),
    file: optional('file', 'a guardrails.yaml; your own when absent'),
  },
  examples: [
    { command: 'tradebox guard replay okx-main ./guardrails.yaml', does: 'before you change a rule' },
  ],
  result: z.object({
    orders: z.array(
      z.object({
        order: z.string(),
        at: z.string(),
        /** One text for each order of the request. */
        orders: z.array(z.string()),
        was: decided,
        now: decided,
        codes: z.array(z.string()),
        /** Why the answer is unknown, in words. */
        missing: z.array(z.string()),
      }),
    ),
  }),
  render: ({ orders }, style) =>
    table(
      orders.map(({ at, orders: texts, was, now, codes, missing }) => [
        at,
        printable(texts.join('; ')),
        was === now ? now : `${was} → ${now}`,
        [codes.join(', '), ...missing.map(printable)].join('; '),
      ]),
      (cell, column) => (column === 2 && cell.includes('→') ? style.yellow(cell) : cell),
    ),
  run: async (context, { arguments: { journal, file } }) => {
    const { readJournal } = await import('../../audit/verify.js');
    const { formatDecimal } = await import('../../core/decimal.js');
    const { replay: judgeAgain } = await import('../../orders/replay.js');
    const guardrails = await read(context, file);
    const records = [...readJournal(await journalDir(context, journal))];
    if (records.length === 0) throw noJournal(journal);
    const replayed = judgeAgain(records, guardrails);
    const orders = replayed.map(({ intents, codes, missing, ...rest }) => ({
      ...rest,
      codes: [...codes],
      missing: [...missing],
      orders: intents.map(({ action, side, quantity, instrument, price }) =>
        [
          action,
          side,
          quantity && formatDecimal(quantity.value),
          instrument,
          price && `at ${formatDecimal(price)}`,
        ]
          .filter((part) => part !== undefined)
          .join(' '),
      ),
    }));
    return { result: { orders } };
  },
});

async function read(context: CliContext, given: string | undefined): Promise<Guardrails> {
  const { guardrailsFile, loadGuardrails, parseGuardrails } = await import('../../config/guardrails-file.js');
  if (given !== undefined) {
    const path = resolve(context.cwd, given);
    if (existsSync(path)) return parseGuardrails(given, readFileSync(path, 'utf8'));
    throw new TradeboxError('USAGE', `there is no file ${given.slice(0, 200)}`, {
      remedy: 'Check the path.',
    });
  }
  const own = loadGuardrails(context.env, context.paths);
  if (own !== undefined) return own;
  throw new TradeboxError('CONFIG_INVALID', `there is no ${guardrailsFile(context.paths)}`, {
    remedy: 'Begin with `tradebox guard presets cautious`, or name a file.',
  });
}

/** A directory as given, or the journal of a real account. */
async function journalDir(context: CliContext, given: string): Promise<string> {
  const { accountJournalDir } = await import('../../sandbox/account-journals.js');
  const isId = /^[a-z][a-z0-9-]{0,59}$/.test(given);
  const places = [
    ...(isId ? [accountJournalDir(context.paths.stateDir, given)] : []),
    resolve(context.cwd, given),
  ];
  const found = places.find((dir) => existsSync(dir));
  if (found !== undefined) return found;
  throw noJournal(given);
}

function noJournal(given: string): TradeboxError {
  return new TradeboxError('USAGE', `there is no journal of "${given.slice(0, 200)}"`, {
    remedy: 'Name an account of your tradebox.yaml that has traded, or the directory of its journal.',
  });
}
