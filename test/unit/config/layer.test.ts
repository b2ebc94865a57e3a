import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ConfigRole, type Layer, readLayer } from '../../../src/config/layer.js';
import type { TradeboxError } from '../../../src/core/errors.js';
import { hostEnvironment, temporaryDir, thrownBy, writeFile } from '../../support/host-files.js';

interface Ground {
  dir: string;
  read(text: string, role?: ConfigRole): Layer;
  complaints(text: string, role?: ConfigRole): string[];
}

/** A project with a tradebox.yaml of the given text beside the working directory `strategy`. */
function ground(): Ground {
  const dir = temporaryDir();
  mkdirSync(join(dir, 'strategy'));
  const read = (text: string, role: ConfigRole = 'project') => {
    const path = writeFile(join(dir, 'tradebox.yaml'), `version: 1\n${text}\n`);
    return readLayer({ path, role }, hostEnvironment(dir), join(dir, 'strategy'));
  };
  return {
    dir,
    read,
    complaints: (text, role) => (thrownBy(() => read(text, role)) as TradeboxError).message.split('\n'),
  };
}

const account = (fields: string): string =>
  `accounts:\n  a: { venue: okx, environment: demo, credentials: { ${fields} } }`;

test('an account has the fields its venue demands, and no others', () => {
  const { read, complaints } = ground();
  expect(complaints(account(''))[0]).toMatch(
    /:3:\d+: OKX needs "apiKey", "secretKey", "passphrase" as well$/,
  );
  expect(complaints(account('apiKey: "vault:a", passphrase: "vault:c"'))[0]).toContain('needs "secretKey"');
  const misspelt = complaints(account('apikey: "vault:a", secretKey: "vault:b", passphrase: "vault:c"'));
  expect(misspelt.join()).toContain('no credential field of this name; did you mean "apiKey"?');
  const whole = read(account('apiKey: "vault:a", secretKey: "env:B", passphrase: "file:c"'));
  expect(whole.accounts[0]?.credentials.passphrase).toEqual({
    source: { scheme: 'file', path: 'c' },
    baseDir: expect.any(String),
    origin: '~/tradebox.yaml:3',
  });
});

test('a field that stands in for others makes them dispensable', () => {
  const { read, complaints } = ground();
  const alpaca = (fields: string) => account(fields).replace('okx', 'alpaca');
  expect(Object.keys(read(alpaca('accessToken: "vault:t"')).accounts[0]?.credentials ?? {})).toEqual([
    'accessToken',
  ]);
  expect(complaints(alpaca('keyId: "vault:a"'))[0]).toMatch(/Alpaca needs "secretKey" as well$/);
  expect(complaints(alpaca(''))[0]).toMatch(/Alpaca needs "keyId", "secretKey" as well$/);
});

test('an id is an account or a credential, not both', () => {
  const text = `${account('apiKey: "vault:a", secretKey: "env:B", passphrase: "file:c"')}
credentials:
  a: { hosts: [a.example.com], bearer: true, value: "vault:a", llm: true }`;
  expect(ground().complaints(text)[0]).toMatch(/:5:\d+: an account has this id already/);
});

test("a pin's authority is a certificate, without its key", () => {
  const { dir, read, complaints } = ground();
  const pin = 'pins: [{ host: a.example.com, address: 10.0.0.1, ca: ca.pem, reason: "mine" }]';
  expect(complaints(pin)[0]).toMatch(/:2:\d+: there is no such file/);
  const file = writeFile(join(dir, 'ca.pem'), 'hello');
  expect(complaints(pin)[0]).toContain('no PEM certificate');
  writeFile(file, '-----BEGIN CERTIFICATE-----\n-----BEGIN EC PRIVATE KEY-----\n');
  expect(complaints(pin)[0]).toContain('holds a private key');
  writeFile(file, '-----BEGIN CERTIFICATE-----\n');
  expect(read(pin).pins[0]).toMatchObject({ port: 443, ca: '-----BEGIN CERTIFICATE-----\n' });
});

test('S9, S13: what a file names must not lie in the working directory', () => {
  const { dir, complaints } = ground();
  writeFile(join(dir, 'strategy', 'ca.pem'), '-----BEGIN CERTIFICATE-----\n');
  writeFile(join(dir, 'strategy', 'key'), 'x');
  const lines = complaints(`credentials:
  a: { hosts: [a.example.com], bearer: true, value: "file:strategy/key" }
pins:
  - { host: b.example.com, address: 10.1.2.3, ca: strategy/ca.pem, reason: "local" }`);
  expect(lines[0]).toMatch(/tradebox\.yaml:3:.*S13/);
  expect(lines[1]).toMatch(/tradebox\.yaml:5:.*S9/);
});

test("a project's file cannot start programs on the host; the user's own and a named one can", () => {
  const { read, complaints } = ground();
  for (const value of ['"command:id -u"', '{ command: [id, -u] }']) {
    const text = `credentials:\n  a: { hosts: [a.example.com], bearer: true, value: ${value} }`;
    expect(complaints(text)[0]).toMatch(/:3:\d+: a command is run only from your own/);
    for (const role of ['user', 'named'] as const) {
      expect(read(text, role).credentials[0]?.value.source).toEqual({
        scheme: 'command',
        argv: ['id', '-u'],
      });
    }
  }
});

test('what orders cite may be read and takes no body, and a trading file may open it', () => {
  const hosts =
    'hosts: [{ preset: "news:crypto", evidence: true, reason: "cited" }, { host: n.example.com, evidence: true, reason: "cited" }]';
  const layer = ground().read(
    `${account('apiKey: "vault:a", secretKey: "vault:b", passphrase: "vault:c"')}\n${hosts}`,
  );
  expect(layer.hosts.length).toBeGreaterThan(2);
  for (const { methods, maxBodyBytes, evidence } of layer.hosts) {
    expect([maxBodyBytes, evidence]).toEqual([0, true]);
    expect(['GET', 'HEAD']).toEqual(expect.arrayContaining(methods));
  }
});

test('a preset of news opens each of its hosts, with the line and reason of the entry', () => {
  const { hosts } = ground().read('hosts: [{ preset: "news:crypto", reason: "headlines" }]');
  expect(hosts.length).toBeGreaterThan(2);
  for (const rule of hosts) {
    expect(rule).toMatchObject({
      methods: ['GET'],
      maxBodyBytes: 0,
      reason: 'headlines',
      origin: '~/tradebox.yaml:2',
    });
  }
});

test('a value that logs in to a WebSocket goes into the member of a message', () => {
  const { read, complaints } = ground();
  const feed = (place: string) =>
    `credentials:\n  feed: { hosts: [a.example.com], ${place}, value: "vault:feed" }`;
  expect(read(feed('socket: auth.params')).credentials[0]?.placement).toEqual({
    in: 'socket',
    keys: ['auth', 'params'],
  });
  expect(complaints(feed('socket: a..b'))[0]).toContain('must be keys with dots between them');
});
