import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeGrants } from '../../../src/config/grants.js';
import { readLayer } from '../../../src/config/layer.js';
import { hostEnvironment, temporaryDir, writeFile } from '../../support/host-files.js';

test('every secret stands with where it would go, and everything that opens with its reason', () => {
  const dir = temporaryDir();
  const grants = (text: string) => {
    const path = writeFile(join(dir, 'tradebox.yaml'), `version: 1\n${text}`);
    return describeGrants(readLayer({ path, role: 'named' }, hostEnvironment(dir), undefined));
  };
  expect(
    grants(`accounts:
  okx-main:
    venue: okx
    environment: live
    credentials: { apiKey: "vault:k", secretKey: "env:S", passphrase: "file:~/p" }
orders: { reflexes: { ordersPerHour: 5000 } }
alerts: [{ kind: ntfy, url: "vault:hook", on: [held, taint] }]
`),
  ).toEqual([
    'account okx-main: vault:k, env:S, file:~/p → OKX (live)',
    'alerts: held, taint to ntfy at vault:hook',
    'orders: ordersPerHour is 5000',
  ]);
  expect(
    grants(`mode: demo
isolation: container
credentials:
  model: { hosts: [a.example.com, b.example.com], bearer: true, value: "vault:anthropic" }
hosts:
  - { host: news.example.com, paths: ["/rss/**"], reason: "news feed" }
  - { registry: npm, reason: "packages" }
  - { preset: "registry:npm", lockFile: npm-shrinkwrap.json, reason: "npm ci" }
pins:
  - { host: llm.example.test, address: 192.168.1.10, port: 8443, reason: "local model" }
  - { host: own.example.test, address: 192.168.1.11, llm: true, reason: "another" }
  - { host: packages.example.test, address: 192.168.1.12, registry: true, reason: "ours" }
taint: { forged-signature: "off" }
workdir: { unsearched: [data] }
`),
  ).toEqual([
    'credential model: vault:anthropic → a.example.com, b.example.com',
    'pin: llm.example.test is 192.168.1.10:8443 (local model)',
    'pin: own.example.test is 192.168.1.11:443, a model (another)',
    'pin: packages.example.test is 192.168.1.12:443, a registry (ours)',
    'host: GET,HEAD news.example.com /rss/** (news feed)',
    'registry: npm (packages)',
    'registry: what npm-shrinkwrap.json names at npm (npm ci)',
    'not searched for real secrets: data',
    'mode: demo',
    'isolation: container',
    'taint: forged-signature weighs off',
  ]);
});

test('a file that says nothing grants nothing', () => {
  const dir = temporaryDir();
  const path = writeFile(join(dir, 'tradebox.yaml'), 'version: 1\n');
  expect(describeGrants(readLayer({ path, role: 'project' }, hostEnvironment(dir), undefined))).toEqual([]);
});
