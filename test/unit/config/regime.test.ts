// The two trust regimes: what each excludes, in a file and in a box.
import { expect, test } from 'vitest';
import { assertSameRegime, regimeOf, settledRegime } from '../../../src/config/regime.js';
import { configSchema } from '../../../src/config/schema.js';
import { parseYamlDocument } from '../../../src/config/yaml.js';
import { thrownBy } from '../../support/host-files.js';
import { rule } from '../../support/pipeline-world.js';

const account = 'accounts: { a: { venue: okx, environment: demo, credentials: {} } }';
const parse = (...lines: string[]) =>
  parseYamlDocument(
    {
      label: 't.yaml',
      text: ['version: 1', ...lines].join('\n'),
      code: 'CONFIG_INVALID',
      remedy: 'Mend it.',
    },
    configSchema,
  );

test.each([
  [['regime: research', account], /t\.yaml:3:\d+: accounts\.a: regime: research holds no account/],
  [
    ['regime: trade', 'hosts: [{ registry: npm, reason: "install" }]'],
    /:3:\d+: hosts\[1\]: .*not a registry/,
  ],
  [['regime: trade', 'hosts: [{ preset: "registry:npm", reason: "install" }]'], /not a registry/],
  [['regime: trade', 'hosts: [{ host: "*.example.com", reason: "wide" }]'], /not a wildcard host/],
  [['regime: trade', 'hosts: [{ host: a.example.com, reason: "news" }]'], /not a host of its own/],
])('%j is refused with the reason and the place', (lines, message) => {
  expect((thrownBy(() => parse(...lines)) as Error).message).toMatch(message);
});

test('each regime takes what is its own', () => {
  parse('regime: trade', account, 'hosts: [{ preset: "llm:openai", reason: "the model" }]');
  parse(
    'regime: research',
    'hosts: [{ host: "*.example.com", reason: "wide" }, { registry: npm, reason: "install" }]',
  );
});

const nothing = { written: undefined, accounts: [], rules: [], registryRules: [] };
const attached = [{ id: 'main', origin: 't.yaml:7' }];

test('without a regime the attached account decides', () => {
  expect(regimeOf(nothing)).toBe('research');
  expect(regimeOf({ ...nothing, rules: [rule('*.x.test')], registryRules: [rule('r.test')] })).toBe(
    'research',
  );
  expect(regimeOf({ ...nothing, accounts: attached, rules: [rule('news.test')] })).toBe('trade');
});

test('a box with both is refused, with the line', () => {
  const make = (more: object) => () => regimeOf({ ...nothing, accounts: attached, ...more });
  expect(make({ registryRules: [rule('r.test')] })).toThrow(/^test: r\.test: a registry .* the account main/);
  expect(make({ rules: [rule('*.x.test')] })).toThrow(/^test: \*\.x\.test: the wildcard/);
  expect(make({ written: 'research' })).toThrow(/^t\.yaml:7: regime: research attaches no account/);
  expect(() => regimeOf({ ...nothing, written: 'trade', rules: [rule('*.x.test')] })).toThrow(
    /of regime: trade/,
  );
});

test('a box keeps its regime until it is reset', () => {
  assertSameRegime('lab', 'trade', settledRegime(undefined, 1));
  assertSameRegime('lab', 'research', settledRegime(undefined, 0));
  expect(() => assertSameRegime('lab', 'research', settledRegime(undefined, 1))).toThrow(
    /is research.*says trade/,
  );
  expect(() => assertSameRegime('lab', 'trade', settledRegime('research', 0))).toThrow(
    /is trade.*says research/,
  );
});
