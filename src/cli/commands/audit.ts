// tradebox audit show|verify|export: reads the journal of a box or an account, and proves that it is whole.
import { z } from 'zod';
import type { JournalEvent } from '../../audit/events.js';
import { exportFormats, exportLines } from '../../audit/export.js';
import { exitCodes, TradeboxError } from '../../core/errors.js';
import type { WatchedJournal } from '../../sandbox/checkpoints.js';
import { type CommandGroup, choice, defineCommand, optional, text } from '../command.js';
import type { CliContext } from '../context.js';
import { printable } from '../style.js';

const recordSchema = z.object({
  seq: z.int(),
  at: z.string(),
  prev: z.string(),
  /** One of the events of src/audit/events.ts. */
  event: z.looseObject({ type: z.string() }),
});

const accountOption = text('--account <id>', 'the journal of orders of this account, across all boxes');
const nameArgument = optional('name', 'name of the box; with --account only for its own paper account');

const show = defineCommand({
  arguments: { name: nameArgument },
  options: {
    account: accountOption,
    last: text('--last <count>', 'only the last records'),
    type: text('--type <type>', 'only this type of event, e.g. request.decided'),
  },
  examples: [
    { command: 'tradebox audit show lab', does: 'every decision, in order' },
    { command: 'tradebox audit show lab --type request.decided --json', does: 'for programs' },
    { command: 'tradebox audit show --account okx-main', does: 'every order of the account, in all boxes' },
  ],
  result: z.object({ records: z.array(recordSchema) }),
  render: ({ records }, style) =>
    records
      .map(({ at, event }) => `${style.dim(at)} ${describeEvent(event as unknown as JournalEvent)}`)
      .join('\n'),
  run: async (context, { arguments: { name }, options }) => {
    const { readJournal } = await import('../../audit/verify.js');
    const count = parseCount(options.last);
    const all = [...readJournal((await watchedJournal(context, name, options.account)).dir)];
    const wanted = options.type === undefined ? all : all.filter(({ event }) => event.type === options.type);
    const records = count === undefined ? wanted : wanted.slice(-count);
    return { result: { records: records.map((record) => ({ ...record, event: { ...record.event } })) } };
  },
});

const verify = defineCommand({
  description:
    'Exit code 3 when a record was edited, deleted, inserted, moved or cut off; the first such place is named.',
  arguments: { name: nameArgument },
  options: { account: accountOption },
  examples: [
    { command: 'tradebox audit verify lab', does: 'check the chain against the head kept by this host' },
  ],
  result: z.object({
    ok: z.boolean(),
    /** Records read until the end or the first problem. */
    records: z.int(),
    head: z.object({ seq: z.int(), hash: z.string() }),
    problem: z
      .object({ file: z.string(), line: z.int(), seq: z.int(), kind: z.string(), message: z.string() })
      .nullable(),
    /** The newest head that this host signed; null when there was none to hold the journal against. */
    checkpoint: z.object({ seq: z.int(), at: z.string() }).nullable(),
  }),
  render: ({ ok, records, head, problem, checkpoint }, style) => {
    const against =
      checkpoint === null ? 'no checkpoint yet' : `checkpoint ${checkpoint.seq} of ${checkpoint.at}`;
    return ok || problem === null
      ? `${style.green('whole')}: ${records} records, head ${head.seq} ${head.hash.slice(0, 16)}, ${against}`
      : `${style.red(problem.kind)} at ${problem.file}:${problem.line} (record ${problem.seq}): ${printable(problem.message)} (${against})`;
  },
  run: async (context, { arguments: { name }, options }) => {
    const { checkJournal } = await import('../../sandbox/checkpoints.js');
    const { readRecord } = await import('../../sandbox/records.js');
    const { stateDir } = context.paths;
    const journal = await watchedJournal(context, name, options.account);
    const known =
      name === undefined || options.account !== undefined
        ? undefined
        : readRecord(stateDir, name)?.journalHead;
    const checked = checkJournal(stateDir, journal, context.clock.nowMs(), known);
    const { ok, records, head, problem, checkpoint } = checked;
    return {
      result: { ok, records, head, problem: problem ?? null, checkpoint: checkpoint ?? null },
      exitCode: ok ? exitCodes.ok : exitCodes.boundary,
    };
  },
});

const exported = defineCommand({
  description:
    'Ends with exit code 3 at the first record that does not hold; what stands before it has been printed.\nIn CSV, a cell that a spreadsheet would take for a formula begins with an apostrophe.',
  arguments: { name: nameArgument },
  options: {
    account: accountOption,
    format: choice('--format <format>', exportFormats, 'jsonl when absent'),
  },
  examples: [
    { command: 'tradebox audit export lab > lab.jsonl', does: 'every record of the box' },
    { command: 'tradebox audit export --account okx-main --format csv', does: 'the account, in all boxes' },
  ],
  run: async (context, { arguments: { name }, options }) => {
    const { readJournal } = await import('../../audit/verify.js');
    const { dir } = await watchedJournal(context, name, options.account);
    for (const line of exportLines(readJournal(dir), options.format ?? 'jsonl')) context.output.text(line);
    await context.output.flush();
    return {};
  },
});

/** The journal that the words of the command name. Throws USAGE, BOX_UNKNOWN, NAME_INVALID. */
async function watchedJournal(
  context: CliContext,
  name: string | undefined,
  account: string | undefined,
): Promise<WatchedJournal> {
  const { stateDir } = context.paths;
  const { assertBoxName } = await import('../../sandbox/names.js');
  const { journalsOf } = await import('../../sandbox/checkpoints.js');
  if (name !== undefined) assertBoxName(name);
  if (account !== undefined) {
    const { findJournalOfAccount } = await import('../../sandbox/checkpoints.js');
    const found = findJournalOfAccount(stateDir, name, account);
    if (found !== undefined) return found;
    throw new TradeboxError('USAGE', `there is no journal of an account "${account.slice(0, 60)}"`, {
      remedy:
        'It begins when a box first holds the account in a mode that trades; a paper account needs its box, too.',
    });
  }
  if (name === undefined) {
    throw new TradeboxError('USAGE', 'which journal?', {
      remedy: 'Name a box, or an account with --account <id>.',
    });
  }
  const [found] = journalsOf(stateDir, name, []).filter(({ id }) => id === `box/${name}`);
  if (found !== undefined) return found;
  throw new TradeboxError('BOX_UNKNOWN', `there is no journal of a box named "${name}"`, {
    remedy: 'List the boxes with `tradebox ps`.',
  });
}

function parseCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new TradeboxError('USAGE', '--last needs a whole number', { remedy: 'For example: --last 20' });
}

/** One line for people; what the agent wrote is made printable. */
export function describeEvent(event: JournalEvent): string {
  switch (event.type) {
    case 'request.decided':
      return printable(
        `${event.verdict.padEnd(5)} ${event.method} ${event.host}${event.target}${event.operation === undefined ? '' : ` [${event.class} ${event.operation}]`} ${event.code}: ${event.message} (${event.rule})`,
      );
    case 'request.completed':
      return `      → ${event.status}, ${event.bytesUp} B up, ${event.bytesDown} B down, ${event.durationMs} ms${event.scrubbed > 0 ? `, ${event.scrubbed} secrets masked` : ''}${event.error === undefined ? '' : printable(`, ${event.error}`)}`;
    case 'connection.denied':
      return printable(`deny  ${event.ingress} ${event.host}:${event.port} ${event.code}: ${event.message}`);
    case 'dns.denied':
      return printable(`deny  dns ${event.queryType} ${event.name} ${event.code}`);
    case 'taint':
      return printable(`TAINT ${event.cause}: ${event.message}`);
    default: {
      const { type, ...fields } = event;
      return printable(`${type} ${JSON.stringify(fields)}`);
    }
  }
}

export const command: CommandGroup = {
  description:
    'The journal holds every decision of a box’s sidecar, written before its effect; each record carries the hash of the one before.',
  examples: [
    { command: 'tradebox audit show lab --last 20', does: 'what happened lately' },
    { command: 'tradebox audit verify lab', does: 'is it whole?' },
  ],
  subcommands: [
    { name: 'show', summary: 'print the records', ...show },
    { name: 'verify', summary: 'check the chain against the heads that this host signed', ...verify },
    { name: 'export', summary: 'print all records as JSON lines or CSV', ...exported },
  ],
};
