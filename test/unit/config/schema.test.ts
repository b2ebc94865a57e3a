import { expect, test } from 'vitest';
import { configSchema } from '../../../src/config/schema.js';
import { parseYamlDocument } from '../../../src/config/yaml.js';
import type { TradeboxError } from '../../../src/core/errors.js';
import { thrownBy } from '../../support/host-files.js';

function error(text: string): TradeboxError {
  const source = { label: 't.yaml', text, code: 'CONFIG_INVALID', remedy: 'Mend it.' } as const;
  return thrownBy(() => parseYamlDocument(source, configSchema)) as TradeboxError;
}

test.each([
  ['mode: life', /:2:7: mode: must be one of readonly, demo, shadow, propose, live/],
  ['acounts: {}', /:2:1: unknown key "acounts"; did you mean "accounts"\?/],
  ['accounts: { A: { venue: okx, environment: demo, credentials: {} } }', /accounts\.A: an id is made of/],
  [
    'accounts: { a: { venue: oxk, environment: demo, credentials: {} } }',
    /no such venue; did you mean "okx"\?/,
  ],
  [
    'accounts: { a: { venue: okx, environment: demo, credentials: { apiKey: "abcdefgh" } } }',
    /must say where the secret is/,
  ],
  [
    'credentials: { echo: { hosts: [a.example.com], bearer: true, value: "vault:a" } }',
    /reserved for the echo venue/,
  ],
  [
    'credentials: { a: { hosts: [a.example.com], value: "vault:a" } }',
    /exactly one of "header", "bearer: true", "basic", "query", "path", "json", "form" and "socket"/,
  ],
  [
    'credentials: { a: { hosts: [a.example.com], bearer: true, header: x, value: "vault:a" } }',
    /exactly one of/,
  ],
  [
    'credentials: { a: { hosts: [a.example.com], bearer: true, prefix: "x ", value: "vault:a" } }',
    /prefix: goes with "header" only/,
  ],
  [
    'credentials: { a: { hosts: [a.example.com], header: Content-Length, value: "vault:a" } }',
    /no credential can use/,
  ],
  ['credentials: { a: { hosts: [www.okx.com], bearer: true, value: "vault:a" } }', /belongs to OKX/],
  ['credentials: { a: { hosts: ["*.example.com"], bearer: true, value: "vault:a" } }', /exact host name/],
  ['credentials: { a: { hosts: [], bearer: true, value: "vault:a" } }', /at least 1/],
  [
    'credentials: { a: { hosts: [a.example.com], bearer: true, value: { command: [] } } }',
    /at least 1 is needed/,
  ],
  ['credentials: { a: { hosts: [a.example.com], bearer: true, value: [x] } }', /must be a source/],
  ['hosts: [{ host: "*.okx.com", reason: "all of it" }]', /belongs to OKX/],
  ['hosts: [{ host: a.example.com }]', /reason: is missing/],
  [
    'hosts: [{ host: a.example.com, registry: npm, reason: "both" }]',
    /exactly one of "host", "registry" and "preset"/,
  ],
  ['hosts: [{ registry: npm, methods: [PUT], reason: "publish" }]', /brings its own ports, methods/],
  ['hosts: [{ preset: "registry:npm", maxBodyBytes: 9, reason: "bodies" }]', /take no request bodies/],
  ['hosts: [{ reason: "neither" }]', /exactly one of "host", "registry" and "preset"/],
  ['hosts: [{ host: a.example.com, methods: [get], reason: "read" }]', /upper-case HTTP method/],
  ['hosts: [{ host: a.example.com, paths: [rss], reason: "read" }]', /must start with "\/"/],
  ['hosts: [{ host: a.example.com, ports: [0], reason: "read" }]', /at least 1 is needed/],
  ['pins: [{ host: www.okx.com, address: 10.0.0.1, reason: "mine" }]', /a venue is never pinned/],
  ['pins: [{ host: a.example.com, address: 127.0.0.1, reason: "mine" }]', /loopback/],
  [
    'pins: [{ host: a.example.com, address: 10.0.0.1, llm: true, registry: true, reason: "both" }]',
    /of a model or of a registry/,
  ],
  ['pins: [{ host: a.example.com, address: 169.254.169.254, reason: "mine" }]', /metadata/],
  ['pins: [{ host: a.example.com, address: 0.0.0.0, reason: "mine" }]', /loopback/],
  ['pins: [{ host: a.example.com, address: 224.0.0.1, reason: "mine" }]', /multicast/],
  ['pins: [{ host: a.example.com, address: "::1", reason: "mine" }]', /IPv4/],
  ['limits: { memoryMb: 1 }', /at least 256/],
  ['limits: { cpu: 1 }', /unknown key "cpu"; did you mean "cpus"\?/],
  ['paper: true', /unknown key "paper"/],
])('refuses %j', (line, complaint) => {
  const { code, message, remedy } = error(`version: 1\n${line}\n`);
  expect(code).toBe('CONFIG_INVALID');
  expect(message).toMatch(complaint);
  expect(message).toMatch(/^t\.yaml:\d+:\d+: /);
  expect(remedy).toBe('Mend it.');
});

test('a file needs its version', () => {
  expect(error('mode: demo\n').message).toContain('version: must be 1');
});

test('a small file has every list, empty', () => {
  expect(configSchema.parse({ version: 1 })).toEqual({
    version: 1,
    accounts: {},
    credentials: {},
    hosts: [],
    pins: [],
    limits: {},
    workdir: {},
    taint: {},
    alerts: [],
  });
});

test('a path below the working directory is any that can be seen as written, and stays below it', () => {
  const isTaken = (path: string) =>
    (['writable', 'unsearched'] as const).map(
      (key) => configSchema.safeParse({ version: 1, workdir: { [key]: [path] } }).success,
    );
  for (const path of [
    'data',
    'lost+found',
    'a b/c,d',
    "it's (1).csv",
    'größe/数.txt',
    '..a/.b',
    '~x',
    'a*',
    '[x]',
  ])
    expect([path, isTaken(path)]).toEqual([path, [true, true]]);
  for (const path of [
    '',
    '/etc',
    '..',
    '../a',
    'a/../b',
    './a',
    'a//b',
    'a/',
    'a\n',
    'a\u001b[2Jb',
    'a\u202eb',
    'a\u2028b',
  ])
    expect([path, isTaken(path)]).toEqual([path, [false, false]]);
});
