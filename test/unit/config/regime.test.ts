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
  [
    ['regime: trade', 'hosts: [{ preset: "registry:npm", reason: "install" }]'],
    /not a registry without "lockFile" \(\{ preset: "registry:npm", lockFile: package-lock\.json/,
  ],
  // A lock file is one that is read, of a registry that it belongs to, and says by itself what is open.
  [
    ['regime: trade', 'hosts: [{ preset: "registry:pypi", lockFile: package-lock.json, reason: "install" }]'],
    /:3:\d+: hosts\[1\]: "lockFile" goes with the registry of npm/,
  ],
  [
    ['regime: trade', 'hosts: [{ host: a.example.com, lockFile: package-lock.json, reason: "install" }]'],
    /"lockFile" goes with the registry of npm/,
  ],
  ...[
    'yarn.lock',
    'pnpm-lock.yaml',
    'deep/package-lock.json',
    '../package-lock.json',
    '/package-lock.json',
  ].map((name): [string[], RegExp] => [
    ['regime: trade', `hosts: [{ registry: npm, lockFile: ${name}, reason: "install" }]`],
    /lockFile: must be one of package-lock\.json, npm-shrinkwrap\.json$/,
  ]),
  [
    [
      'regime: trade',
      'hosts: [{ registry: npm, methods: [PUT], lockFile: package-lock.json, reason: "ci" }]',
    ],
    /a lock file says all that is open/,
  ],
  [
    [
      'regime: trade',
      'hosts: [{ registry: npm, requestsPerMinute: 9, lockFile: package-lock.json, reason: "ci" }]',
    ],
    /a lock file says all that is open/,
  ],
  [
    ['regime: trade', 'hosts: [{ host: "*.example.com", reason: "wide" }]'],
    /not the wildcard host \*\.example/,
  ],
  [['regime: trade', 'hosts: [{ host: a.example.com, reason: "news" }]'], /not the host a\.example/],
  [
    ['regime: trade', 'pins: [{ host: a.example.com, address: 10.0.0.9, reason: "ours" }]'],
    /pins\[1\]: .*a\.example\.com, unless it is a model’s/,
  ],
  [
    ['regime: trade', 'credentials: { bot: { hosts: [a.example.com], bearer: true, value: "vault:b" } }'],
    /credentials\.bot: .*no model’s/,
  ],
  // Accounts imply the regime.
  [
    [account, 'hosts: [{ preset: "news:crypto", reason: "news" }]'],
    /a file with accounts .*not the host news:crypto/,
  ],
  [
    [account, 'hosts: [{ host: pastebin.com, methods: ["*"], reason: "notes" }]'],
    /where it writes it can tell/,
  ],
  [[account, 'hosts: [{ registry: npm, reason: "install" }]'], /not a registry/],
  // What orders cite may be read, and no more.
  [
    [account, 'hosts: [{ host: "*.example.com", evidence: true, reason: "news" }]'],
    /goes with an exact host or with a preset of news/,
  ],
  [
    [account, 'hosts: [{ preset: "registry:npm", evidence: true, reason: "news" }]'],
    /goes with an exact host or with a preset of news/,
  ],
  [
    [account, 'hosts: [{ host: a.example.com, methods: [GET, POST], evidence: true, reason: "news" }]'],
    /read by GET and HEAD alone/,
  ],
  [
    [account, 'hosts: [{ host: a.example.com, maxBodyBytes: 10, evidence: true, reason: "news" }]'],
    /takes no request bodies/,
  ],
  [[account, 'pins: [{ host: a.example.com, address: 10.0.0.9, reason: "ours" }]'], /pins\[1\]/],
])('%j is refused with the reason and the place', (lines, message) => {
  expect((thrownBy(() => parse(...lines)) as Error).message).toMatch(message);
});

test('each regime takes what is its own', () => {
  for (const regime of ['regime: trade', 'mode: readonly']) {
    parse(
      regime,
      account,
      'hosts: [{ preset: "llm:openai", reason: "the model" }, { host: llm.example.com, methods: [POST], reason: "ours" }]',
      'pins: [{ host: llm.example.com, address: 10.0.0.9, reason: "ours" }, { host: keyless.example.com, address: 10.0.0.9, llm: true, reason: "ours" }]',
      'credentials: { own: { hosts: [llm.example.com], bearer: true, value: "vault:b", llm: true } }',
    );
  }
  parse(
    'regime: trade',
    'hosts: [{ preset: "registry:npm", lockFile: package-lock.json, reason: "npm ci" }]',
    'pins: [{ host: packages.example.com, address: 10.0.0.9, registry: true, reason: "ours" }]',
  );
  parse(account, 'hosts: [{ registry: npm, lockFile: npm-shrinkwrap.json, reason: "npm ci" }]');
  parse(
    'regime: research',
    'hosts: [{ host: "*.example.com", reason: "wide" }, { registry: npm, reason: "install" }]',
  );
});

const nothing = { written: undefined, accounts: [], rules: [], models: [] };
const attached = [{ id: 'main', origin: 't.yaml:7' }];
const models = ['llm.test'];

test('without a regime the attached account decides', () => {
  expect(regimeOf(nothing)).toBe('research');
  expect(regimeOf({ ...nothing, rules: [rule('*.x.test'), rule('r.test')] })).toBe('research');
  expect(regimeOf({ ...nothing, accounts: attached })).toBe('trade');
});

test('S4: a trade box reaches venues, models and the echo venue, whatever opens more', () => {
  const rules = [{ ...rule('www.okx.com'), venue: 'okx' }, rule('echo.tradebox.internal')];
  const make =
    (host: string, more: object = {}) =>
    () =>
      regimeOf({ ...nothing, accounts: attached, rules: [...rules, rule(host)], ...more });
  expect(make('api.openai.com')()).toBe('trade');
  expect(make('llm.test', { models })()).toBe('trade');
  expect(make('llm.test')).toThrow(/^test: llm\.test: the host llm\.test is not opened .*the account main/);
  expect(make('news.test', { models })).toThrow(/the host news\.test/);
  expect(make('*.llm.test', { models })).toThrow(/the wildcard host/);
  expect(make('api.openai.com', { written: 'research' })).toThrow(/^t\.yaml:7: regime: research attaches no/);
  expect(make('news.test', { accounts: [], written: 'trade' })).toThrow(/of regime: trade/);
});

test('a trade box reads what orders cite, where the rule itself lets nothing be written', () => {
  parse(
    account,
    'hosts: [{ preset: "news:markets", evidence: true, reason: "cited" }, { host: a.example.com, evidence: true, reason: "cited" }]',
  );
  const cited = {
    ...rule('a.example.com'),
    methods: ['GET', 'HEAD'],
    maxBodyBytes: 0,
    evidence: true as const,
  };
  const regime = (more: object) =>
    regimeOf({ ...nothing, accounts: attached, rules: [{ ...cited, ...more }] });
  expect(regime({})).toBe('trade');
  for (const wrong of [
    { evidence: undefined },
    { methods: ['GET', 'POST'] },
    { maxBodyBytes: undefined },
    { host: '*.example.com' },
  ])
    expect(() => regime(wrong), JSON.stringify(wrong)).toThrow(/is not opened to a box/);
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
