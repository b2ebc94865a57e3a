// tradebox venues [list | show <id> | classify <id>]: the tables that decide what a venue is asked, for a user to audit.
import { text as readText } from 'node:stream/consumers';
import { z } from 'zod';
import { TradeboxError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import { classifyLines, describeVenue, summarizeVenue } from '../../venues/describe.js';
import { operationClasses, type Venue } from '../../venues/venue.js';
import { findVenue, venues } from '../../venues/venues.js';
import { type CommandGroup, defineCommand, required } from '../command.js';
import { printable, table } from '../style.js';

const environment = z.enum(['live', 'demo', 'paper']);
const classNames = operationClasses.filter((name) => name !== 'unknown');

const summarySchema = z.object({
  id: z.string(),
  title: z.string(),
  environments: z.array(environment).readonly(),
  /** Rows of the table by class. */
  operations: z.record(z.enum(classNames), z.int()),
});

const descriptionSchema = z.object({
  ...summarySchema.shape,
  hosts: z
    .array(
      z.object({
        host: z.string(),
        ports: z.array(z.int()).readonly(),
        transport: z.enum(['rest', 'websocket']),
        environments: z.array(environment).readonly(),
        apis: z.array(z.string()).readonly().optional(),
      }),
    )
    .readonly(),
  credential: z
    .array(z.object({ name: z.string(), env: z.array(z.string()).readonly(), isOptional: z.boolean() }))
    .readonly(),
  /** Of its sockets: what a client may say there. */
  sockets: z
    .array(z.object({ path: z.string(), operation: z.string(), class: z.enum(operationClasses) }))
    .readonly(),
  table: z
    .array(
      z.object({
        method: z.string(),
        path: z.string(),
        class: z.enum(classNames),
        isPublic: z.boolean(),
        api: z.string().optional(),
      }),
    )
    .readonly(),
});

const list = defineCommand({
  examples: [{ command: 'tradebox venues list --json', does: 'how many rows of each class every venue has' }],
  result: z.object({ venues: z.array(summarySchema).readonly() }),
  render: (result, style) =>
    table(
      result.venues.map(({ id, title, environments, operations }) => [
        id,
        title,
        environments.join(', '),
        classNames.map((name) => `${operations[name]} ${name}`).join(', '),
      ]),
      (cell, column) => (column === 0 ? style.bold(cell) : cell),
    ),
  run: async () => ({ result: { venues: venues.map(summarizeVenue) } }),
});

const show = defineCommand({
  arguments: { id: required('id', 'id of the venue') },
  examples: [{ command: 'tradebox venues show okx', does: 'every operation of OKX and its class' }],
  result: descriptionSchema,
  render: (venue, style) =>
    [
      `${style.bold(venue.title)} (${venue.id})`,
      style.bold('hosts'),
      ...indented(
        table(
          venue.hosts.map(({ host, ports, transport, environments, apis }) => [
            host,
            ports.join(', '),
            transport,
            environments.join(', '),
            (apis ?? []).join(', '),
          ]),
        ),
      ),
      style.bold('credential'),
      ...indented(
        table(
          venue.credential.map(({ name, env, isOptional }) => [
            name,
            env.join(', '),
            isOptional ? 'optional' : '',
          ]),
        ),
      ),
      ...classNames.flatMap((name) => {
        const rows = venue.table.filter((row) => row.class === name);
        if (rows.length === 0) return [];
        return [
          style.bold(name),
          ...indented(
            table(rows.map(({ method, path, isPublic }) => [method, path, isPublic ? 'public' : ''])),
          ),
        ];
      }),
      ...(venue.sockets.length === 0
        ? []
        : [
            style.bold('sockets'),
            ...indented(
              table(venue.sockets.map(({ path, operation, class: kind }) => [path, operation, kind])),
            ),
          ]),
      style.dim(
        'What no row names is denied. Funds and unknown operations are never sent, whatever the configuration.',
      ),
    ].join('\n'),
  run: async (_context, { arguments: { id } }) => ({ result: describeVenue(needVenue(id)) }),
});

const classify = defineCommand({
  description:
    'Reads lines of `METHOD path` from stdin and answers each with its class, in order; blank lines are skipped. A path may\ncarry a query, a host or https://host; without a host the venue’s hosts are tried in turn. Nothing is mended: what is\nspelt otherwise than the table (a method in lower case, another scheme, an escape) is unknown, as it is when it is\nsent. `WS operation` asks about a message on a socket (`WS order`, `WS subscribe trades`); the path of the socket may\nstand before the operation. No request is sent.',
  arguments: { id: required('id', 'id of the venue') },
  examples: [
    {
      command: "echo 'POST /api/v5/asset/withdrawal' | tradebox venues classify okx",
      does: 'what a withdrawal would be',
    },
    {
      command: "echo 'WS order.place' | tradebox venues classify binance",
      does: 'what a message on a socket would be',
    },
  ],
  result: z
    .array(z.object({ method: z.string(), path: z.string(), class: z.enum(operationClasses) }))
    .readonly(),
  render: (lines, style) =>
    table(
      lines.map((line) => [line.method, line.path, line.class]),
      (cell, column) => (column === 2 ? style.bold(cell) : cell),
    ),
  run: async ({ stdin, output }, { arguments: { id } }) => {
    const venue = needVenue(id);
    if (stdin.isTTY === true) output.note('Reading METHOD path lines; end with Ctrl-D.');
    return { result: classifyLines(venue, await readText(stdin)) };
  },
});

function needVenue(id: string): Venue {
  const venue = findVenue(id);
  if (venue !== undefined) return venue;
  const ids = venues.map((known) => known.id);
  const near = nearest(id, ids);
  throw new TradeboxError('USAGE', `There is no venue "${printable(id)}".`, {
    remedy: near === undefined ? `Use one of: ${ids.join(', ')}.` : `Did you mean "${near}"?`,
  });
}

const indented = (text: string): string[] => text.split('\n').map((line) => `  ${line}`);

export const command: CommandGroup = {
  description:
    'Every request to a venue is looked up in its table of operations. What no row names is denied; funds are never sent.',
  examples: [
    { command: 'tradebox venues', does: 'every venue' },
    { command: 'tradebox venues show okx --json', does: 'the whole table of one' },
  ],
  alone: list,
  subcommands: [
    { name: 'list', summary: 'list the venues', ...list },
    { name: 'show', summary: 'show a venue’s hosts, credential and table', ...show },
    { name: 'classify', summary: 'say what requests would be', ...classify },
  ],
};
