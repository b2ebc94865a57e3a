// tradebox secrets set|list|check|rotate|revoke-help|rm: the real credentials on the host. No value is ever an argument or printed (S2).
import { z } from 'zod';
import { describeSource } from '../../config/secret-source.js';
import { exitCodes, TradeboxError } from '../../core/errors.js';
import { type CommandGroup, defineCommand, flag, optional, required } from '../command.js';
import type { CliContext } from '../context.js';
import { printable, table } from '../style.js';
import { askValue, readStdin, requireName, requireUsable } from './secrets/read-value.js';
import { revokeHelp } from './secrets/revoke-help.js';
import { rotate } from './secrets/rotate.js';

const set = defineCommand({
  description:
    'The value is typed at a prompt that shows nothing, or read from stdin with --from-stdin; never given as an argument.\nFrom stdin, one line end at the end is not part of the value; everything else is.',
  arguments: { name: required('name', 'name of the secret, e.g. okx-main/apiKey') },
  tooMany: {
    message: 'a secret is never an argument: it would stand in the shell history and in every process list',
    remedy:
      'Run "tradebox secrets set <name>" and type it, or pipe it with --from-stdin. A real value that stood here is in the shell history now: replace it at the venue.',
  },
  options: {
    fromStdin: flag('--from-stdin', 'read the value from stdin'),
    identifier: flag(
      '--identifier',
      "it names a key or a user (IBKR's clientKeyId, userName) and may be short; no box takes a short value where a secret stands",
    ),
  },
  examples: [
    { command: 'tradebox secrets set okx-main/apiKey', does: 'type it, unseen' },
    {
      command: 'op read op://trading/okx/key | tradebox secrets set okx-main/apiKey --from-stdin',
      does: 'pipe it',
    },
  ],
  result: z.object({ name: z.string(), isReplaced: z.boolean() }),
  render: ({ name, isReplaced }) =>
    `${isReplaced ? 'replaced' : 'stored'} ${name}; use it as "vault:${name}"`,
  run: async (context, { arguments: { name }, options }) => {
    requireName(name);
    const secret = options.fromStdin ? await readStdin(context) : await askValue(context, name);
    await requireUsable(name, secret, { isIdentifier: options.identifier });
    const { vault } = await context.secretResolver();
    return { result: { name, isReplaced: await vault.set(name, secret) } };
  },
});

const rowSchema = z.object({
  name: z.string(),
  /** `vault:…`, `env:…`, `file:…` or `command:…`. */
  source: z.string(),
  /** ISO time of the last set; null outside the vault. */
  setAt: z.string().nullable(),
  /** Fields of tradebox.yaml that name it, with file and line. */
  usedBy: z.array(z.string()),
});

const workdirArgument = {
  workdir: optional('workdir', 'working directory of a box; the tradebox.yaml beside it counts too'),
};

const list = defineCommand({
  description: 'Names and places, never values.',
  arguments: workdirArgument,
  usesConfig: true,
  examples: [{ command: 'tradebox secrets list --json', does: 'names and places, for a script' }],
  result: z.object({ secrets: z.array(rowSchema) }),
  render: ({ secrets }, style) =>
    secrets.length === 0
      ? 'no secrets: store one with "tradebox secrets set <name>"'
      : table(
          secrets.map(({ source, setAt, usedBy }) => [source, setAt ?? '', usedBy.join(', ') || 'not used']),
          (cell, column) => (column === 0 ? style.bold(cell) : cell),
        ),
  run: async (context, input) => {
    const { vault } = await context.secretResolver();
    const rows = new Map<string, z.infer<typeof rowSchema>>();
    for (const { name, setAt } of await vault.list()) {
      rows.set(`vault:${name}`, { name, source: `vault:${name}`, setAt, usedBy: [] });
    }
    for (const { owner, from } of referencesOf(await context.loadConfig(input.arguments.workdir))) {
      const source = describeSource(from.source);
      const name = from.source.scheme === 'vault' || from.source.scheme === 'env' ? from.source.name : owner;
      const row = rows.get(source) ?? { name, source, setAt: null, usedBy: [] };
      row.usedBy.push(`${owner} (${from.origin})`);
      rows.set(source, row);
    }
    return { result: { secrets: [...rows.values()] } };
  },
});

const checkSchema = z.object({
  id: z.string(),
  kind: z.enum(['account', 'credential', 'alert']),
  isUsable: z.boolean(),
  /** What is wrong; null when it is usable. */
  problem: z.string().nullable(),
  remedy: z.string().nullable(),
  origin: z.string(),
});

const check = defineCommand({
  description:
    'Gets every secret that tradebox.yaml names and checks its form, without showing it. Ends with 2 if one is not usable.',
  arguments: workdirArgument,
  usesConfig: true,
  examples: [
    { command: 'tradebox secrets check', does: 'what your own tradebox.yaml names' },
    { command: 'tradebox secrets check ./strategy', does: 'with the tradebox.yaml beside ./strategy' },
  ],
  result: z.object({ checks: z.array(checkSchema) }),
  render: ({ checks }, style) =>
    checks.length === 0
      ? 'no tradebox.yaml names a secret'
      : checks
          .map(({ id, isUsable, problem, remedy }) =>
            isUsable
              ? `${style.green('✔')} ${printable(id)}`
              : `${style.red('✖')} ${printable(id)}: ${printable(problem ?? '')}\n  → ${printable(remedy ?? '')}`,
          )
          .join('\n'),
  run: async (context, input) => {
    const config = await context.loadConfig(input.arguments.workdir);
    const resolver = await context.secretResolver();
    const checks: z.infer<typeof checkSchema>[] = [];
    for (const account of config.accounts) {
      const end = await problemOf(() => resolver.account(account));
      checks.push({ id: account.id, kind: 'account', origin: account.origin, ...end });
    }
    for (const credential of config.credentials) {
      const end = await problemOf(() => resolver.credential(credential));
      checks.push({ id: credential.id, kind: 'credential', origin: credential.origin, ...end });
    }
    for (const [index, alert] of (config.alerts ?? []).entries()) {
      const end = await problemOf(() => resolver.alert(alert));
      checks.push({ id: `alerts.${index}`, kind: 'alert', origin: alert.url.origin, ...end });
    }
    return {
      result: { checks },
      exitCode: checks.every(({ isUsable }) => isUsable) ? exitCodes.ok : exitCodes.user,
    };
  },
});

const rm = defineCommand({
  arguments: { name: required('name', 'name of the secret') },
  examples: [{ command: 'tradebox secrets rm okx-main/apiKey', does: 'forget it' }],
  result: z.object({ name: z.string() }),
  render: ({ name }) => `removed ${name}; a copy may live on in backups: revoke the key at the venue as well`,
  run: async (context, input) => {
    const { name } = input.arguments;
    requireName(name);
    const { vault } = await context.secretResolver();
    if (await vault.remove(name)) return { result: { name } };
    throw new TradeboxError('SECRET_MISSING', `the vault holds no secret named ${name}`, {
      remedy: 'See the names: tradebox secrets list',
    });
  },
});

export const command: CommandGroup = {
  description:
    'The vault is one encrypted file. Its passphrase is asked for, or comes from TRADEBOX_PASSPHRASE_FILE or TRADEBOX_PASSPHRASE.',
  examples: [
    { command: 'tradebox secrets set okx-main/apiKey', does: 'store one, typed unseen' },
    { command: 'tradebox secrets check', does: 'are all that tradebox.yaml names usable?' },
  ],
  subcommands: [
    { name: 'set', summary: 'store a secret', ...set },
    { name: 'list', summary: 'list names and places, never values', ...list },
    { name: 'check', summary: 'check that every secret is there and well-formed', ...check },
    { name: 'rotate', summary: 'replace a secret, also in running boxes', ...rotate },
    { name: 'revoke-help', summary: 'how to make a stolen key worthless at its venue', ...revokeHelp },
    { name: 'rm', summary: 'remove a secret', ...rm },
  ],
};

type Config = Awaited<ReturnType<CliContext['loadConfig']>>;

/** Every source that the configuration names, with the field it belongs to. */
function referencesOf(config: Config): { owner: string; from: Config['credentials'][number]['value'] }[] {
  return [
    ...config.accounts.flatMap(({ id, credentials }) =>
      Object.entries(credentials).map(([field, from]) => ({ owner: `${id}.${field}`, from })),
    ),
    ...config.credentials.map(({ id, value }) => ({ owner: id, from: value })),
    ...(config.alerts ?? []).map(({ url }, index) => ({ owner: `alerts.${index}`, from: url })),
  ];
}

async function problemOf(
  resolve: () => Promise<unknown>,
): Promise<{ isUsable: boolean; problem: string | null; remedy: string | null }> {
  try {
    await resolve();
    return { isUsable: true, problem: null, remedy: null };
  } catch (thrown) {
    // A vault that does not open fails every check alike: say it once.
    const isVault = thrown instanceof TradeboxError && thrown.code.startsWith('VAULT_');
    if (!(thrown instanceof TradeboxError) || thrown.kind !== 'user' || isVault) throw thrown;
    return { isUsable: false, problem: thrown.message, remedy: thrown.remedy };
  }
}
