// tradebox policy show|explain|test|reload: what a box may reach, which line decides, and new rules for a running box.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { exitCodes, messageOf, TradeboxError } from '../../core/errors.js';
import { policyReplySchema } from '../../sidecar/control.js';
import { hostRuleSchema, modes } from '../../sidecar/settings.js';
import {
  type CommandGroup,
  choice,
  defineCommand,
  flag,
  optional,
  repeated,
  required,
  text,
} from '../command.js';
import type { CliContext } from '../context.js';
import { printable, table } from '../style.js';

const boxOptions = {
  profile: text('--profile <profile>', 'profile of the box; shell when absent'),
  mode: choice('--mode <mode>', modes, 'mode of the box; tradebox.yaml’s when absent'),
  paper: flag('--paper', 'a box on the paper exchange'),
  account: repeated('--account <id>', 'attach this account only; may be repeated'),
};

interface BoxOptions {
  profile: string | undefined;
  mode: (typeof modes)[number] | undefined;
  paper: boolean;
  account: readonly string[];
}

const explanationSchema = z.object({
  verdict: z.enum(['allow', 'deny']),
  code: z.string(),
  /** `file:line` of the rule, or the built-in table that decides. */
  rule: z.string(),
  message: z.string(),
  /** What is judged besides, once the request is whole, or what a no means besides; empty when nothing. */
  beyond: z.string(),
});

const show = defineCommand({
  description:
    'Of a registry with `lockFile` it says how many tarballs are open, and what the file names that is not.',
  arguments: { workdir: optional('workdir', 'working directory, beside which a tradebox.yaml may stand') },
  options: boxOptions,
  usesConfig: true,
  examples: [{ command: 'tradebox policy show ./strategy --profile openclaw', does: 'every line, in order' }],
  result: z.object({
    mode: z.enum(modes),
    rules: z.array(hostRuleSchema),
    /** What a lock file names and does not open; empty without one. */
    left: z.array(z.object({ package: z.string(), reason: z.string() })),
  }),
  render: ({ rules, left }, style) =>
    [
      table(
        rules.map(({ host, ports, methods, paths, origin, reason, venue, tarballs }) => [
          host,
          ports.join(','),
          venue !== undefined
            ? `operations of ${venue}`
            : `${methods.join(',')} ${tarballs === undefined ? paths.join(' ') : `${tarballs.length} tarballs of the lock file`}`,
          printable(origin),
          printable(reason),
        ]),
        (cell, column) => (column === 0 ? style.bold(cell) : cell),
      ),
      ...left.map(({ package: place, reason }) => `not opened: ${printable(place)}: ${reason}`),
    ].join('\n'),
  run: async (context, { arguments: { workdir }, options }) => {
    const { mode, rules, locked } = await planned(context, workdir, options);
    return { result: { mode, rules, left: locked?.left ?? [] } };
  },
});

const explain = defineCommand({
  description:
    'The stages that decide in the sidecar are asked; nothing is sent. Exit code 0 whatever the answer.',
  arguments: {
    url: required('url', 'https URL, or wss for a socket'),
    workdir: optional('workdir', 'working directory, beside which a tradebox.yaml may stand'),
  },
  options: { ...boxOptions, method: text('--method <method>', 'HTTP method; GET when absent') },
  usesConfig: true,
  examples: [
    {
      command: 'tradebox policy explain https://api.example.com/v1/x --method POST',
      does: 'which line decides',
    },
  ],
  result: z.object({ method: z.string(), url: z.string(), ...explanationSchema.shape }),
  render: ({ method, url, verdict, code, rule, message, beyond }, style) =>
    [
      `${verdict === 'allow' ? style.green(verdict) : style.red(verdict)} ${printable(`${method} ${url}`)}`,
      `  ${printable(`${rule}: ${message} (${code})`)}`,
      ...(beyond === '' ? [] : [`  ${style.dim(printable(beyond))}`]),
    ].join('\n'),
  run: async (context, { arguments: { url, workdir }, options }) => {
    const method = (options.method ?? 'GET').toUpperCase();
    const ask = await explainer(context, workdir, options);
    return { result: { method, url, ...ask({ method, url }) } };
  },
});

const testTable = defineCommand({
  description:
    'The file is a YAML list of { url, method, expect: allow | deny }. Exit code 3 when one does not come out as expected.',
  arguments: {
    file: required('file', 'YAML file'),
    workdir: optional('workdir', 'working directory, beside which a tradebox.yaml may stand'),
  },
  options: boxOptions,
  usesConfig: true,
  examples: [{ command: 'tradebox policy test ./policy-cases.yaml', does: 'for CI' }],
  result: z.object({
    /** True when all came out as expected. */
    ok: z.boolean(),
    cases: z.array(
      z.object({
        line: z.int(),
        method: z.string(),
        url: z.string(),
        expected: z.enum(['allow', 'deny']),
        ...explanationSchema.shape,
      }),
    ),
  }),
  render: ({ ok, cases }, style) =>
    [
      ...cases.map(({ line, method, url, expected, verdict, code, rule }) => {
        const mark = verdict === expected ? style.green('✔') : style.red('✖');
        const wanted = verdict === expected ? '' : `, expected ${expected} (line ${line})`;
        return `${mark} ${printable(`${verdict} ${method} ${url}: ${rule} ${code}${wanted}`)}`;
      }),
      ok ? style.green(`${cases.length} as expected`) : style.red('not as expected'),
    ].join('\n'),
  run: async (context, { arguments: { file, workdir }, options }) => {
    const { parsePolicyCases } = await import('../../config/policy-cases.js');
    const wanted = parsePolicyCases(file, readText(resolve(context.cwd, file)));
    const ask = await explainer(context, workdir, options);
    const cases = wanted.map(({ url, method, expect: expected, line }) => ({
      line,
      method,
      url,
      expected,
      ...ask({ method, url }),
    }));
    const ok = cases.every(({ verdict, expected }) => verdict === expected);
    return { result: { ok, cases }, exitCode: ok ? exitCodes.ok : exitCodes.boundary };
  },
});

const reload = defineCommand({
  description:
    'All rules or none; what they deny is cut off at once. Accounts, credentials and pins need `tradebox restart`.\nAn attached `tradebox run` does this by itself when its configuration changes.',
  arguments: { name: required('name', 'name of a running box') },
  examples: [{ command: 'tradebox policy reload lab', does: 'after a change of tradebox.yaml' }],
  result: policyReplySchema,
  render: ({ rules, closed, unservedPorts }) =>
    [
      `${rules} rules in force, ${closed} connections ended`,
      ...(unservedPorts.length === 0
        ? []
        : [`reached through the proxy only until a restart: port ${unservedPorts.join(', ')}`]),
    ].join('\n'),
  run: async (context, { arguments: { name } }) => {
    const { openEngine } = await import('../../sandbox/engine.js');
    const { reloadPolicy } = await import('../launch/reload.js');
    return { result: await reloadPolicy(context, await openEngine(context.env), name) };
  },
});

async function planned(context: CliContext, workdir: string | undefined, options: BoxOptions) {
  const [{ planRules }, { modelHosts }] = await Promise.all([
    import('../launch/rules.js'),
    import('../../config/config.js'),
  ]);
  const place = resolve(context.cwd, workdir ?? '.');
  const written = options.mode ?? (options.paper ? 'demo' : (await context.loadConfig(place)).mode);
  const mode = written ?? 'readonly';
  const { rules, config, attached, locked } = await planRules(context, {
    profile: options.profile ?? 'shell',
    workdir: place,
    mode,
    paper: options.paper || mode === 'shadow',
    accounts: [...options.account],
    ...(context.configFile === undefined ? {} : { configFile: resolve(context.cwd, context.configFile) }),
  });
  return { mode, rules, locked, models: modelHosts(attached.credentials, config.pins) };
}

async function explainer(context: CliContext, workdir: string | undefined, options: BoxOptions) {
  const { createExplainer } = await import('../../sidecar/explain.js');
  const { venues } = await import('../../venues/venues.js');
  const { mode, rules, models } = await planned(context, workdir, options);
  const venueOf = (host: string) => venues.find((venue) => venue.hosts.some((one) => one.host === host));
  return createExplainer({ rules, mode, venueOf, models, clock: context.clock });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TradeboxError('CONFIG_NOT_FOUND', `cannot read ${path}: ${messageOf(cause)}`, {
      remedy: 'Check the path of the table.',
      cause,
    });
  }
}

export const command: CommandGroup = {
  description:
    'What a box may reach, line by line. Nothing is opened for it: neither the vault nor a connection.',
  examples: [
    { command: 'tradebox policy show', does: 'the lines of a shell box' },
    { command: 'tradebox policy explain https://example.com/', does: 'allowed or not, and by which line' },
  ],
  subcommands: [
    { name: 'show', summary: 'print the rules', ...show },
    { name: 'explain', summary: 'say which line decides', ...explain },
    { name: 'test', summary: 'check a table of requests', ...testTable },
    { name: 'reload', summary: 'give a running box its rules anew', ...reload },
  ],
};
