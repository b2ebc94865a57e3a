import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { bindCredentials, makePaperAccount, type PlainSource } from '../../../../src/cli/launch/bindings.js';
import { Secret } from '../../../../src/core/secret.js';
import type { Venue } from '../../../../src/venues/venue.js';

const venue = {
  id: 'toy',
  credential: [
    {
      name: 'apiKey',
      env: ['TOY_API_KEY', 'TOYKEY'],
      makeDecoy: (random: (size: number) => Buffer) => random(8).toString('hex'),
    },
    {
      name: 'secretKey',
      env: ['TOY_SECRET'],
      makeDecoy: (random: (size: number) => Buffer) => random(16).toString('base64'),
    },
  ],
} as unknown as Venue;
const account = {
  id: 'toy-main',
  venue,
  environment: 'demo',
  secrets: { apiKey: new Secret('real-api-key'), secretKey: new Secret('real-secret-key') },
} as const;
const llm: PlainSource = {
  id: 'llm',
  hosts: ['llm.example'],
  placement: { in: 'header', name: 'authorization', prefix: 'Bearer ' },
  secret: new Secret('real-llm-key'),
  env: ['LLM_KEY'],
  isLlm: true,
};

test('S1: the agent gets decoys only, under every name its clients read', () => {
  const { env, credentials } = bindCredentials([account], [llm]);
  expect(Object.keys(env).sort()).toEqual([
    'LLM_KEY',
    'TOYKEY',
    'TOY_API_KEY',
    'TOY_SECRET',
    'TRADEBOX_ECHO_TOKEN',
  ]);
  expect(env.TOY_API_KEY).toBe(env.TOYKEY);
  expect(JSON.stringify(env)).not.toContain('real-');
  const venueCredential = credentials.find(({ id }) => id === 'toy-main');
  expect(venueCredential).toMatchObject({
    kind: 'venue',
    secrets: { apiKey: 'real-api-key' },
    decoys: { apiKey: env.TOY_API_KEY, secretKey: env.TOY_SECRET },
  });
});

test('decoys differ every time, unless those of the same box are kept', () => {
  const first = bindCredentials([account], [llm]);
  const second = bindCredentials([account], [llm]);
  for (const name of Object.keys(first.env)) expect(first.env[name]).not.toBe(second.env[name]);
  expect(bindCredentials([account], [llm], first.decoys).env).toEqual(first.env);
});

test('the echo digest is of the real value, which differs each time', () => {
  const { credentials, echoExpectedSha256 } = bindCredentials([], []);
  const echo = credentials.find(({ id }) => id === 'echo');
  if (echo?.kind !== 'plain') throw new Error('no echo credential');
  expect(echoExpectedSha256).toBe(createHash('sha256').update(`Bearer ${echo.secret}`).digest('hex'));
  expect(echo.secret).not.toBe(echo.decoy);
  expect(bindCredentials([], []).echoExpectedSha256).not.toBe(echoExpectedSha256);
});

test('two accounts of one venue in one box are refused', () => {
  expect(() => bindCredentials([account, { ...account, id: 'toy-other' }], [])).toThrowError(
    /toy-main and toy-other/,
  );
});

test('a paper account has fresh credentials of the venue’s form', () => {
  const paper = makePaperAccount(venue);
  expect(paper).toMatchObject({ id: 'toy-paper', environment: 'paper' });
  expect(paper.secrets.apiKey?.reveal()).toMatch(/^[0-9a-f]{16}$/);
  expect(makePaperAccount(venue).secrets.apiKey?.reveal()).not.toBe(paper.secrets.apiKey?.reveal());
});
