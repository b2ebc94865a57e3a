import { expect, test } from 'vitest';
import { z } from 'zod';
import { type CommandGroup, defineCommand, flag, required, text } from '../../../src/cli/command.js';
import { readCommandLine } from '../../../src/cli/command-line.js';

const set = defineCommand({
  arguments: { name: required('name', 'the name') },
  options: { size: text('--size <size>', 'the size') },
  tooMany: { message: 'one name only', remedy: 'Give one.' },
  examples: [{ command: 'tradebox things set a', does: 'set a' }],
  run: async () => ({}),
});
const list = defineCommand({
  options: { all: flag('--all', 'all of them') },
  examples: [],
  result: z.object({}),
  run: async () => ({ result: {} }),
});
const group: CommandGroup = {
  examples: [{ command: 'tradebox things', does: 'list them' }],
  alone: list,
  subcommands: [{ name: 'set', summary: 'set a thing', ...set }],
};

const read = (words: readonly string[], rest?: readonly string[]) =>
  readCommandLine('things', 'keep things', group, { words, rest });

test('a group runs by itself or through a subcommand', () => {
  expect(read(['--all'])).toMatchObject({ kind: 'run', input: { options: { all: true } } });
  expect(read(['set', 'a', '--size', '3'])).toMatchObject({
    kind: 'run',
    input: { arguments: { name: 'a' }, options: { size: '3' } },
  });
});

test('help is text, and nothing is run', () => {
  const help = read(['--help']);
  expect(help).toMatchObject({ kind: 'help', text: expect.stringContaining('Usage: tradebox things') });
  expect(read(['set', '-h'])).toMatchObject({
    kind: 'help',
    text: expect.stringContaining('tradebox things set [options] <name>'),
  });
  expect(read(['set', '--help', 'a'])).toMatchObject({ kind: 'help' });
});

test.each([
  [['sett', 'a'], 'there is no command "tradebox things sett"', 'Did you mean: tradebox things set'],
  [['set', 'a', 'b'], 'one name only', 'Give one.'],
  [
    ['set', 'a', '--sise', '1'],
    'unknown option --sise',
    'Did you mean --size? See: tradebox things set --help',
  ],
  [['set'], "missing required argument 'name'", 'See: tradebox things set --help'],
  [['set', '--json', 'a'], 'unknown option --json', 'See: tradebox things set --help'],
])('%j: %s', (words, message, remedy) => {
  expect(() => read(words)).toThrow(expect.objectContaining({ code: 'USAGE', message, remedy }));
});

test('words after -- are refused where a command has no use for them', () => {
  expect(() => read(['set', 'a'], ['x'])).toThrow(/takes no words after "--"/);
});
