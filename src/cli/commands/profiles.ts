// tradebox profiles [show <name>]: which agents can be boxed, and what each profile asks for.
import { z } from 'zod';
import { agentCommand, loadProfile, loadProfiles, type Profile } from '../../profiles/load.js';
import { type CommandGroup, defineCommand, required } from '../command.js';
import { printable, table } from '../style.js';

const ruleSchema = z.object({
  host: z.string(),
  ports: z.array(z.int()),
  methods: z.array(z.string()),
  paths: z.array(z.string()),
  reason: z.string(),
  origin: z.string(),
});

const summarySchema = z.object({
  name: z.string(),
  description: z.string(),
  /** True for the profiles that ship with tradebox. */
  isBuiltIn: z.boolean(),
  file: z.string(),
});

const profileResultSchema = z.object({
  ...summarySchema.shape,
  image: z.object({
    apt: z.array(z.string()),
    npm: z.array(z.string()),
    npmScripts: z.boolean(),
    steps: z.array(z.string()),
  }),
  command: z.array(z.string()),
  /** What is run without `-- args`. */
  withoutArgs: z.array(z.string()),
  tty: z.boolean(),
  env: z.record(z.string(), z.string()),
  files: z.array(z.object({ path: z.string(), isExecutable: z.boolean(), content: z.string() })),
  accounts: z.array(z.string()),
  credentials: z.array(z.string()),
  hosts: z.array(ruleSchema),
  preflight: z.array(z.array(z.string())),
  quirks: z.array(z.string()),
});

const list = defineCommand({
  examples: [],
  result: z.object({ profiles: z.array(summarySchema) }),
  render: ({ profiles }, style) =>
    table(
      profiles.map(({ name, description, isBuiltIn }) => [
        name,
        isBuiltIn ? 'built in' : 'yours',
        description,
      ]),
      (cell, column) => (column === 0 ? style.bold(cell) : cell),
    ),
  run: async ({ env, paths }) => ({ result: { profiles: loadProfiles({ env, paths }) } }),
});

const show = defineCommand({
  arguments: { name: required('name', 'name of the profile') },
  examples: [{ command: 'tradebox profiles show openclaw', does: 'what the box of OpenClaw is made of' }],
  result: profileResultSchema,
  render: (profile, style) => {
    const line = (title: string, values: readonly string[]): string[] =>
      values.length === 0 ? [] : [style.bold(title), ...values.map((value) => `  ${printable(value)}`)];
    return [
      `${style.bold(profile.name)}: ${printable(profile.description)}`,
      style.dim(profile.file),
      ...line('command', [
        `${profile.command.join(' ')} <args>`,
        `${profile.withoutArgs.join(' ')} (without args)`,
      ]),
      ...line('Debian packages', profile.image.apt),
      ...line('npm packages', profile.image.npm),
      ...line('build steps', profile.image.steps),
      ...line(
        'variables',
        Object.entries(profile.env).map(([name, value]) => `${name}=${value}`),
      ),
      ...line(
        'files in its home',
        profile.files.map(({ path }) => `~/${path}`),
      ),
      ...line('venues', profile.accounts),
      ...line('credentials', profile.credentials),
      ...line(
        'hosts',
        profile.hosts.map(({ host, methods, reason }) => `${host} (${methods.join(', ')}): ${reason}`),
      ),
      ...line(
        'preflight',
        profile.preflight.map((words) => words.join(' ')),
      ),
      ...line('quirks', profile.quirks),
    ].join('\n');
  },
  run: async ({ env, paths }, input) => ({
    result: resultOf(loadProfile(input.arguments.name, { env, paths })),
  }),
});

function resultOf(profile: Profile): z.input<typeof profileResultSchema> {
  return {
    ...profile,
    withoutArgs: agentCommand(profile, undefined),
    hosts: profile.hosts.map((rule) => ({ ...rule })),
  };
}

export const command: CommandGroup = {
  description:
    'A profile says what an agent is made of: its packages, its command, its variables and files, the venues and hosts it uses.\nYour own profiles lie in ~/.config/tradebox/profiles/<name>.yaml.',
  examples: [
    { command: 'tradebox profiles', does: 'every profile' },
    { command: 'tradebox profiles show openclaw --json', does: 'one of them, whole' },
  ],
  alone: list,
  subcommands: [{ name: 'show', summary: 'show what a profile asks for', ...show }],
};
