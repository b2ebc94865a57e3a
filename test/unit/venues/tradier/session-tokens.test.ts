// Tradier's streaming sessions: a decoy in each answer's place, in JSON and in XML.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { sessionTokens } from '../../../../src/venues/tradier/session-tokens.js';
import { tradier } from '../../../../src/venues/tradier/tradier.js';

const real = 'c8638963-a6d4-4fb9-9bc6-e25fbd8c60c3';
const url = 'https://stream.tradier.com/v1/markets/events';

test.each([
  JSON.stringify({ stream: { url, sessionid: real } }),
  `<stream><url>${url}</url><sessionid>${real}</sessionid></stream>`,
  `<?xml version="1.0"?>\n<stream>\n <url>${url}</url>\n <sessionid>${real}</sessionid>\n</stream>\n`,
])('%s', (text) => {
  const found = sessionTokens.read(Buffer.from(text));
  if (found?.kind !== 'token') throw new Error('no token');
  expect(found.token).toBe(real);
  const told = String(found.withToken('decoy-1'));
  expect(told).toBe(text.replace(real, 'decoy-1'));
});

test('errors hold no token; what cannot be read is undefined', () => {
  expect(sessionTokens.read(Buffer.from('{"errors":{"error":"no"}}'))).toEqual({ kind: 'none' });
  for (const text of ['', 'Invalid Access Token', '{', `<a>${real}</a>`, `<stream>${real}</stream>`])
    expect(sessionTokens.read(Buffer.from(text)), text).toBeUndefined();
});

test('both sessions are in the table as reads, and their decoys look like what Tradier gives', () => {
  for (const operation of sessionTokens.operations)
    expect(
      tradier.classify({ host: 'api.tradier.com', method: 'POST', path: `/${operation}`, query: '' }),
    ).toMatchObject({ class: 'read', operation, isPublic: false });
  const [one, two] = [sessionTokens.makeDecoy(randomBytes), sessionTokens.makeDecoy(randomBytes)];
  expect(one).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(one).not.toBe(two);
});
