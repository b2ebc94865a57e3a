// Addresses of alerts: https to a public name, nothing else; what is wrong is said without the secret.
import { expect, test } from 'vitest';
import { parseAlertUrl } from '../../../src/core/alert-url.js';

test.each([
  ['slack', 'http://hooks.test/x', 'is no https:// URL'],
  ['slack', 'https://me:pw@hooks.test/x', 'holds a user name or a password'],
  ['json', 'https://127.0.0.1/x', 'names no host with a public name'],
  ['json', 'https://[::1]/x', 'names no host with a public name'],
  ['json', 'https://0x7f000001/x', 'names no host with a public name'],
  ['json', 'https://localhost/x', 'names no host with a public name'],
  ['json', 'hunter2', 'is no URL'],
  ['telegram', 'https://api.telegram.test/bot1:a/sendMessage', /^names no chat/],
])('%s %s is refused', (kind, text, problem) => {
  const parsed = parseAlertUrl(kind, text);
  expect(parsed).toEqual({
    ok: false,
    problem: typeof problem === 'string' ? problem : expect.stringMatching(problem),
  });
  expect(JSON.stringify(parsed)).not.toContain('hunter2');
});

test("takes host, port and target apart, and Telegram's chat out of the query", () => {
  expect(parseAlertUrl('slack', 'https://hooks.test:8443/services/T/B?x=1')).toEqual({
    ok: true,
    place: { host: 'hooks.test', port: 8443, target: '/services/T/B?x=1', chat: undefined },
  });
  expect(parseAlertUrl('telegram', 'https://api.test/bot1:a/sendMessage?chat_id=-42')).toEqual({
    ok: true,
    place: { host: 'api.test', port: 443, target: '/bot1:a/sendMessage', chat: '-42' },
  });
});
