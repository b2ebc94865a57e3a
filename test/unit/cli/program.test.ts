import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  type CommandEntry,
  choice,
  defineCommand,
  flag,
  optional,
  repeated,
  required,
  text,
} from '../../../src/cli/command.js';
import { commands } from '../../../src/cli/commands.js';
import { endFault, runProgram } from '../../../src/cli/program.js';
import { hostProcess, temporaryDir, writeFile } from '../../support/host-files.js';

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

async function run(
  argv: readonly string[],
  options: Parameters<typeof hostProcess>[1] & { dir?: string; entries?: readonly CommandEntry[] } = {},
): Promise<Ended> {
  const host = hostProcess(options.dir ?? temporaryDir(), options);
  const code = await runProgram(argv, host, '1.2.3', options.entries);
  return { code, stdout: host.stdoutText(), stderr: host.stderrText() };
}

let seen: unknown;
const probe: CommandEntry = {
  name: 'probe',
  summary: 'show what it was given',
  load: async () => ({
    command: defineCommand({
      arguments: { first: required('first', 'the first'), second: optional('second', 'the second') },
      options: {
        name: text('--name <name>', 'a name'),
        loud: flag('-l, --loud', 'be loud'),
        mode: choice('--mode <mode>', ['readonly', 'demo'], 'a mode'),
        account: repeated('--account <id>', 'an account'),
      },
      rest: 'words',
      usesConfig: true,
      examples: [{ command: 'tradebox probe x', does: 'probe x' }],
      result: z.object({ ok: z.boolean(), note: z.string() }),
      render: ({ note }) => `note: ${note}`,
      run: async (context, input) => {
        seen = { ...input, configFile: context.configFile };
        if (input.arguments.first === 'fault') throw new Error('broken');
        if (input.arguments.first === 'wrong') return { result: { ok: 'yes' as never, note: '' } };
        return { result: { ok: true, note: 'done' }, exitCode: input.arguments.first === 'seven' ? 7 : 0 };
      },
    }),
  }),
};
const entries = [probe];

test('gives a command its arguments, options and rest, typed and complete', async () => {
  await run(['probe', 'x'], { entries });
  expect(seen).toEqual({
    arguments: { first: 'x', second: undefined },
    options: { name: undefined, loud: false, mode: undefined, account: [] },
    rest: undefined,
    configFile: undefined,
  });
  await run(
    [
      'probe',
      '-l',
      'x',
      '--account',
      'a',
      'y',
      '--mode',
      'demo',
      '--account',
      'b',
      '--name=n',
      '--config',
      'c.yaml',
      '--',
      '--json',
      '--',
      '-l',
    ],
    { entries },
  );
  expect(seen).toEqual({
    arguments: { first: 'x', second: 'y' },
    options: { name: 'n', loud: true, mode: 'demo', account: ['a', 'b'] },
    rest: ['--json', '--', '-l'],
    configFile: 'c.yaml',
  });
});

test('prints the result for people, or as JSON; the exit code is the command’s', async () => {
  expect(await run(['probe', 'x'], { entries })).toEqual({ code: 0, stdout: 'note: done\n', stderr: '' });
  const json = await run(['probe', 'seven', '--json'], { entries });
  expect(json.code).toBe(7);
  expect(JSON.parse(json.stdout)).toEqual({ ok: true, note: 'done' });
});

test('words after -- are never read as ours', async () => {
  expect((await run(['probe', 'x', '--', '--json', '--quiet'], { entries })).stdout).toBe('note: done\n');
});

test('a result that does not fit its schema is a fault, not a document', async () => {
  const { code, stdout } = await run(['probe', 'wrong', '--json'], { entries });
  expect(code).toBe(70);
  expect(stdout).toBe('');
});

test('a fault shows no stack and says where it is', async () => {
  const { code, stderr } = await run(['probe', 'fault'], { entries });
  expect(code).toBe(70);
  expect(stderr).toMatch(/^error: broken\n→ The stack is in /);
});

test.each([
  [['prob'], /there is no command "tradebox prob"\n→ Did you mean: tradebox probe/],
  [['withdraw'], /there is no command "tradebox withdraw"\n→ See: tradebox --help/],
  [['probe', 'x', '--nmae', 'y'], /unknown option --nmae\n→ Did you mean --name\?/],
  [['probe', 'x', '--mode', 'life'], /mode.*life.*readonly, demo/i],
  [['probe'], /missing required argument 'first'/],
  [['probe', 'x', 'y', 'z'], /too many arguments.*\n→ Words for the agent go after "--"/],
  [['probe', 'x', '--name'], /--name <name>.* argument missing/],
  [['--nope'], /unknown option --nope/],
])('%j is a usage error with a remedy', async (argv, complaint) => {
  const { code, stdout, stderr } = await run(argv, { entries });
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^error: /);
  expect(stderr).toMatch(complaint);
});

test('S2: a value behind an unknown option is not repeated', async () => {
  const { stderr } = await run(['probe', 'x', '--secret=s3cr3t'], { entries });
  expect(stderr).toContain('unknown option --secret');
  expect(stderr).not.toContain('s3cr3t');
});

test('without a command, help on stderr and 2', async () => {
  const { code, stdout, stderr } = await run([]);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain('Usage: tradebox <command>');
});

test.each([['--help'], ['-h'], ['help']])('%s lists every command on stdout', async (word) => {
  const { code, stdout } = await run([word]);
  expect(code).toBe(0);
  for (const { name, summary } of commands) expect(stdout).toMatch(new RegExp(`  ${name} +${summary}\n`));
  expect(stdout).toContain('Exit codes: 0 ok');
});

test('--version prints the version', async () => {
  expect(await run(['--version'])).toMatchObject({ code: 0, stdout: '1.2.3\n' });
});

test('every command explains itself with examples, and loads', async () => {
  for (const entry of commands) {
    const { command } = await entry.load();
    const { code, stdout } = await run([entry.name, '--help']);
    expect(code, entry.name).toBe(0);
    expect(stdout, entry.name).toContain('Examples:');
    for (const { command: line } of command.examples) {
      expect(line, entry.name).toContain(`tradebox ${entry.name}`);
      expect(stdout).toContain(line);
    }
    for (const sub of 'subcommands' in command ? command.subcommands : []) {
      const help = await run([entry.name, sub.name, '--help']);
      expect(help.code).toBe(0);
      expect(help.stdout, sub.name).toContain('Examples:');
      expect(sub.examples.length).toBeGreaterThan(0);
    }
  }
});

test('help of a command: `help name` and `name --help` are the same', async () => {
  expect(await run(['help', 'secrets', 'set'])).toEqual(await run(['secrets', 'set', '--help']));
});

test('init writes a private file once, and asks nothing without a terminal', async () => {
  const dir = temporaryDir();
  expect(await run(['init'], { dir })).toMatchObject({ code: 0, stdout: 'wrote tradebox.yaml\n' });
  expect(statSync(join(dir, 'tradebox.yaml')).mode & 0o777).toBe(0o600);
  const before = readFileSync(join(dir, 'tradebox.yaml'), 'utf8');
  writeFile(join(dir, 'tradebox.yaml'), 'mine');
  expect(await run(['init'], { dir })).toMatchObject({ code: 2, stderr: expect.stringContaining('--force') });
  expect(readFileSync(join(dir, 'tradebox.yaml'), 'utf8')).toBe('mine');
  expect((await run(['init', '--force'], { dir })).code).toBe(0);
  expect(readFileSync(join(dir, 'tradebox.yaml'), 'utf8')).toBe(before);
  expect((await run(['init', 'none'], { dir })).stderr).toContain('is not a directory');
});

test('init --print writes nothing', async () => {
  const dir = temporaryDir();
  expect((await run(['init', '--print'], { dir })).stdout).toContain('version: 1');
  expect(existsSync(join(dir, 'tradebox.yaml'))).toBe(false);
});

const variables = { TRADEBOX_PASSPHRASE: 'correct horse battery' };

test('secrets: set from stdin, list, check, rm; no value is ever printed', { timeout: 60_000 }, async () => {
  const dir = temporaryDir();
  const value = `sk-${Math.random().toString(36).slice(2)}$a\\b`;
  const transcript: Ended[] = [];
  const step = async (argv: string[], input?: string): Promise<Ended> => {
    const end = await run(argv, { dir, variables, ...(input === undefined ? {} : { input }) });
    transcript.push(end);
    return end;
  };
  expect((await step(['secrets', 'set', 'llm/key', '--from-stdin'], `${value}\n`)).stdout).toContain(
    'stored llm/key',
  );
  expect((await step(['secrets', 'set', 'spare', '--from-stdin', '--json'], `${value}\n`)).stdout).toContain(
    '"isReplaced": false',
  );

  const config = join(dir, 'tradebox', 'config', 'tradebox.yaml');
  writeFile(
    config,
    `version: 1
credentials:
  llm: { hosts: [llm.example.com], bearer: true, value: "vault:llm/key" }
  other: { hosts: [other.example.com], bearer: true, value: "env:NOT_SET_ANYWHERE" }
`,
  );
  const list = await step(['secrets', 'list', '--json']);
  expect(JSON.parse(list.stdout).secrets).toEqual([
    {
      name: 'llm/key',
      source: 'vault:llm/key',
      setAt: '2026-11-20T12:00:00.000Z',
      usedBy: [expect.stringContaining('llm (')],
    },
    { name: 'spare', source: 'vault:spare', setAt: '2026-11-20T12:00:00.000Z', usedBy: [] },
    {
      name: 'NOT_SET_ANYWHERE',
      source: 'env:NOT_SET_ANYWHERE',
      setAt: null,
      usedBy: [expect.stringContaining('other (')],
    },
  ]);
  const check = await step(['secrets', 'check']);
  expect(check.code).toBe(2);
  expect(check.stdout).toContain('✔ llm');
  expect(check.stdout).toContain('✖ other: the environment variable NOT_SET_ANYWHERE is not set');

  expect((await step(['secrets', 'rm', 'spare'])).code).toBe(0);
  expect((await step(['secrets', 'rm', 'spare'])).code).toBe(2);
  expect(JSON.stringify(transcript)).not.toContain(value.slice(0, 10));
});

test('a wrong passphrase says so, and check says it once', { timeout: 60_000 }, async () => {
  const dir = temporaryDir();
  await run(['secrets', 'set', 'key', '--from-stdin'], { dir, variables, input: 'some value' });
  writeFile(
    join(dir, 'tradebox', 'config', 'tradebox.yaml'),
    'version: 1\ncredentials:\n  a: { hosts: [a.example.com], bearer: true, value: "vault:key" }\n  b: { hosts: [b.example.com], bearer: true, value: "vault:key" }\n',
  );
  const wrong = { TRADEBOX_PASSPHRASE: 'wrong horse battery' };
  const { code, stderr } = await run(['secrets', 'check'], { dir, variables: wrong });
  expect(code).toBe(2);
  expect(stderr.match(/passphrase/g)?.length).toBeLessThanOrEqual(2);
});

test('S2: a secret as an argument is refused with the reason and not repeated', async () => {
  const { code, stderr } = await run(['secrets', 'set', 'okx/key', 's3cr3t-value'], { variables });
  expect(code).toBe(2);
  expect(stderr).toContain('a secret is never an argument');
  expect(stderr).not.toContain('s3cr3t-value');
});

test('secrets set: short, empty and unnamed values are refused before the vault is touched', async () => {
  const dir = temporaryDir();
  for (const [name, input] of [
    ['key', '1234567'],
    ['key', ''],
    ['../key', 'long enough'],
  ] as const) {
    expect((await run(['secrets', 'set', name, '--from-stdin'], { dir, variables, input })).code).toBe(2);
  }
  expect(existsSync(join(dir, 'tradebox', 'state'))).toBe(false);
  // What only names a key may be short: said aloud, and kept.
  const named = ['secrets', 'set', 'ib/kid', '--from-stdin', '--identifier'];
  expect((await run(named, { dir, variables, input: '' })).code).toBe(2);
  expect((await run(named, { dir, variables, input: 'main' })).stdout).toContain('stored ib/kid');
});

test('secrets set needs a terminal or a pipe, each for its way', async () => {
  expect((await run(['secrets', 'set', 'key'], { variables })).stderr).toContain('--from-stdin');
  const typed = await run(['secrets', 'set', 'key', '--from-stdin'], { variables, isTerminal: true });
  expect(typed.stderr).toContain('a terminal would show what you type');
});

test('without a passphrase and a terminal, the vault stays closed', async () => {
  const { code, stderr } = await run(['secrets', 'set', 'key', '--from-stdin'], { input: 'long enough' });
  expect(code).toBe(2);
  expect(stderr).toContain('TRADEBOX_PASSPHRASE_FILE');
});

test('loose modes are refused with the command that mends them', async () => {
  const dir = temporaryDir();
  mkdirSync(join(dir, 'tradebox', 'state'), { recursive: true, mode: 0o700 });
  chmodSync(join(dir, 'tradebox', 'state'), 0o755);
  const { stderr } = await run(['secrets', 'list'], { dir, variables });
  expect(stderr).toContain(`→ Run: chmod 700 ${join(dir, 'tradebox', 'state')}`);
});

test('profiles: list, show, unknown', async () => {
  expect((await run(['profiles'])).stdout).toMatch(/^openclaw +built in/m);
  const shown = JSON.parse((await run(['profiles', 'show', 'okx-cli', '--json'])).stdout);
  expect(shown.command).toEqual(['okx']);
  expect(await run(['profiles', 'show', 'okxcli'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean okx-cli'),
  });
  expect(await run(['profiles', 'shwo'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('tradebox profiles show'),
  });
});

test('a fault outside every promise is reported too, also where the paths are wrong', () => {
  for (const TRADEBOX_HOME of [join(temporaryDir(), 'tb'), 'relative']) {
    const host = hostProcess(temporaryDir(), { variables: { TRADEBOX_HOME } });
    expect(endFault(new Error('lost'), host, '1.2.3')).toBe(70);
    expect(host.stderrText()).toMatch(/^error: lost\n→ The stack/);
  }
});
