// B12: the agent holds a decoy for each session token; the real one is known to the venue and to the sidecar alone.
import { expect, test } from 'vitest';
import { tokenRewrite } from '../../../../src/sidecar/http1/token-rewrite.js';
import { SessionTokens } from '../../../../src/sidecar/session-tokens.js';
import type { Exchange, World } from '../../../../src/sidecar/stage.js';
import { classify } from '../../../../src/sidecar/stages/classify.js';
import { kraken } from '../../../../src/venues/kraken/kraken.js';

const answer = (token: string) => Buffer.from(JSON.stringify({ error: [], result: { token, expires: 900 } }));
const asking = (more: Partial<Exchange> = {}) =>
  ({
    venue: kraken,
    credential: { id: 'main' },
    classification: { class: 'read', operation: '0/private/GetWebSocketsToken', isPublic: false },
    ...more,
  }) as Exchange;
const decoyIn = (body: Buffer | undefined): string => JSON.parse(String(body)).result.token;

test('an answer’s token is replaced, the same one by the same decoy, and resolves for its venue alone', () => {
  const sessionTokens = new SessionTokens();
  const rewrite = tokenRewrite(asking(), { sessionTokens });
  const decoy = decoyIn(rewrite?.(answer('real/one')));
  expect(decoy).not.toContain('real');
  expect(decoyIn(rewrite?.(answer('real/one')))).toBe(decoy);
  expect(sessionTokens.find('kraken', decoy)).toEqual({
    venue: 'kraken',
    credential: 'main',
    token: 'real/one',
  });
  expect(sessionTokens.find('binance', decoy)).toBeUndefined();
  expect(sessionTokens.find('kraken', 'real/one')).toBeUndefined();
  expect(String(sessionTokens.hide(Buffer.from('{"a":"real/one","b":"real\\/one"}')))).toBe(
    `{"a":"${decoy}","b":"${decoy}"}`,
  );
  const clean = Buffer.from('nothing');
  expect(sessionTokens.hide(clean)).toBe(clean);
  sessionTokens.clear();
  expect(sessionTokens.find('kraken', decoy)).toBeUndefined();
});

test('S11: an answer that cannot be read, or that nobody could speak for, gives nothing away', () => {
  const sessionTokens = new SessionTokens();
  expect(String(tokenRewrite(asking(), { sessionTokens })?.(Buffer.from('token: real/one')))).toBe('{}');
  expect(String(tokenRewrite(asking(), {})?.(answer('real/one')))).toBe('{}');
  expect(
    String(tokenRewrite(asking({ credential: undefined }), { sessionTokens })?.(answer('real/one'))),
  ).toBe('{}');
  const error = Buffer.from('{"error":["EAPI:Invalid key"]}');
  expect(tokenRewrite(asking(), { sessionTokens })?.(error)).toBe(error);
});

test('other answers are not touched', () => {
  const classification = { class: 'read', operation: '0/private/Balance', isPublic: false } as const;
  expect(tokenRewrite(asking({ classification }), { sessionTokens: new SessionTokens() })).toBeUndefined();
  expect(tokenRewrite(asking({ venue: undefined }), {})).toBeUndefined();
});

test('without a place for tokens none is asked for', () => {
  const path = '/0/private/GetWebSocketsToken';
  const request = {
    method: 'POST',
    host: 'api.kraken.com',
    port: 443,
    path,
    query: '',
    headers: [],
    body: Buffer.alloc(0),
  };
  const decide = (world: object) =>
    classify.run({ ...asking(), request } as Exchange, { mode: 'readonly', ...world } as World);
  expect(decide({})).toMatchObject({ code: 'OPERATION_UNKNOWN' });
  expect(decide({ sessionTokens: new SessionTokens() })).toBeUndefined();
});
