import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseYamlDocument } from '../../../src/config/yaml.js';
import { TradeboxError } from '../../../src/core/errors.js';
import { thrownBy } from '../../support/host-files.js';

const schema = z.strictObject({
  name: z.string().min(3),
  mode: z.enum(['readonly', 'demo']).optional(),
  hosts: z.array(z.strictObject({ host: z.string(), ports: z.array(z.int()).default([443]) })).default([]),
  accounts: z
    .record(z.string().regex(/^[a-z]+$/, 'must be lower-case'), z.strictObject({ venue: z.string() }))
    .default({}),
});

const parse = (text: string) =>
  parseYamlDocument({ label: 'f.yaml', text, code: 'CONFIG_INVALID', remedy: 'Mend it.' }, schema);

function complaints(text: string): string[] {
  const thrown = thrownBy(() => parse(text));
  expect(thrown).toBeInstanceOf(TradeboxError);
  expect((thrown as TradeboxError).code).toBe('CONFIG_INVALID');
  return (thrown as TradeboxError).message.split('\n');
}

test('gives the value and the lines of its parts', () => {
  const { value, lineOf } = parse('name: abc\nhosts:\n  - host: a.example\n  - host: b.example\n');
  expect(value.hosts[1]).toEqual({ host: 'b.example', ports: [443] });
  expect(lineOf(['hosts', 1])).toBe(4);
  expect(lineOf(['hosts', 1, 'host'])).toBe(4);
  expect(lineOf(['nothing', 'here'])).toBe(1);
});

test.each([
  ['name: abc\nacounts: {}\n', 'f.yaml:2:1: unknown key "acounts"; did you mean "accounts"?'],
  ['name: abc\nhosts:\n  - hots: x\n    host: y\n', 'f.yaml:3:5: unknown key "hots"; did you mean "host"?'],
  [
    'name: abc\naccounts:\n  a: { venue: x, vneue: y }\n',
    'f.yaml:3:18: unknown key "vneue"; did you mean "venue"?',
  ],
  ['name: abc\nzzzzzzzzzz: 1\n', 'f.yaml:2:1: unknown key "zzzzzzzzzz"; known: name, mode, hosts, accounts'],
  ['name: 5\n', 'f.yaml:1:7: name: must be a string'],
  ['mode: demo\n', 'f.yaml:1:1: name: is missing; a string is needed'],
  ['name: ab\n', 'f.yaml:1:7: name: is too small or too short; at least 3 is needed'],
  ['name: abc\nmode: life\n', 'f.yaml:2:7: mode: must be one of readonly, demo'],
  ['name: abc\nhosts:\n  - ports: [443]\n', 'f.yaml:3:5: hosts[1].host: is missing; a string is needed'],
  [
    'name: abc\nhosts:\n  - host: x\n    ports: [443, "a"]\n',
    'f.yaml:4:18: hosts[1].ports[2]: must be a number',
  ],
  ['name: abc\naccounts:\n  A: { venue: x }\n', 'f.yaml:3:3: accounts.A: must be lower-case'],
  ['name: abc\nname: def\n', 'f.yaml:2:1: the key appears twice in this mapping'],
  ['- a\n', 'f.yaml:1:1: must be a mapping'],
  ['name: abc\n? [a]\n: b\n', 'f.yaml:2:3: every key must be a plain string'],
  ['name: "abc\n', 'f.yaml:2:1: a closing quote, bracket, comma or ":" is missing'],
  ['name: @abc\n', 'f.yaml:1:7: a plain value cannot start with this character: put the value in quotes'],
  ['name: a: b\n', 'f.yaml:1:7: a second ": " on one line: put the value in quotes'],
  ['name: abc\n\tmode: demo\n', 'f.yaml:2:1: a tab is not indentation in YAML: use spaces'],
  ['name: abc\n---\nname: def\n', 'f.yaml:2:1: the file holds more than one document'],
])('complains about %j at the right place', (text, complaint) => {
  expect(complaints(text)[0]).toBe(complaint);
});

test.each([
  ['anchor', 'name: &x abc\n'],
  ['alias', 'name: &x abc\nmode: *x\n'],
  ['unresolved alias', 'name: *x\n'],
  ['merge key', 'name: abc\n<<: { mode: demo }\n'],
  ['tag', 'name: !!binary aGVsbG8=\n'],
  ['foreign tag', 'name: !env abc\n'],
  ['directive', '%FOO bar\n---\nname: abc\n'],
])('refuses a %s', (_what, text) => {
  expect(complaints(text)[0]).toMatch(/^f\.yaml:\d+:\d+: /);
});

test('refuses expansion attacks without expanding them', () => {
  const lines = ['a0: &a0 [x, x]'];
  for (let depth = 1; depth < 40; depth += 1)
    lines.push(`a${depth}: &a${depth} [*a${depth - 1}, *a${depth - 1}]`);
  const started = performance.now();
  expect(complaints(lines.join('\n'))[0]).toContain('anchors');
  expect(performance.now() - started).toBeLessThan(1000);
});

test('shows several complaints in the order of the file, and how many more there are', () => {
  const text = `name: 1\n${Array.from({ length: 12 }, (_, index) => `key${index}zzzz: 1`).join('\n')}\n`;
  const lines = complaints(text);
  expect(lines).toHaveLength(9);
  expect(lines[0]).toContain(':1:7:');
  expect(lines.at(-1)).toBe('and 5 more');
});

test('S2: never quotes a value, whatever is wrong with it', () => {
  const secret = `s3cr3t${Math.random().toString(36).slice(2)}`;
  const wrong = [
    `name: [${secret}]`,
    `name: abc\nmode: ${secret}`,
    `name: abc\nhosts: ${secret}`,
    `name: abc: ${secret}`,
    `name: "${secret}`,
    `name: *${secret}`,
    `name: !${secret} x`,
    `name: &${secret} x`,
    `name: abc\naccounts: { a: { venue: [${secret}] } }`,
    `name: abc\n${secret}`,
    `%${secret}\n---\nname: abc`,
  ];
  for (const text of wrong) expect(complaints(text).join('\n')).not.toContain(secret);
});

test('refuses a huge file before reading it', () => {
  expect(complaints(`name: ${'a'.repeat(300 * 1024)}\n`)[0]).toContain('larger than 256 KiB');
});
