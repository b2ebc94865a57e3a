// S4: default deny: host, method, path, venue operation.
import { describe, expect, test } from 'vitest';
import { okxCall, okxCalls, useDesk } from '../support/paper-desk.js';
import { skipReason } from '../support/requirements.js';

describe.skipIf(skipReason('docker'))('S4', () => {
  const desk = useDesk('s04');
  const curl = (words: string) => desk.box.sh(`curl -sS -m 10 -o /dev/null -w '%{http_code}' ${words}`);

  test('control: what the tables name passes', async () => {
    expect((await okxCall(desk, 'GET', '/api/v5/account/balance')).status).toBe(200);
    expect((await curl('https://echo.tradebox.internal/')).stdout).toBe('200');
  });

  test('an unlisted host is refused on every way in, also below and beside a listed one', async () => {
    for (const host of [
      'evil.example',
      'okx.com',
      'x.www.okx.com',
      'www.okx.com.evil.example',
      'evil-www.okx.com',
    ]) {
      expect((await curl(`https://${host}/`)).code, host).not.toBe(0);
      expect((await curl(`--noproxy '*' https://${host}/`)).code, host).not.toBe(0);
    }
  });

  test('A8: an address in any spelling is no name', async () => {
    for (const address of ['93.184.216.34', '0x5db8d822', '1572395042', '[::1]', '127.1', '0177.0.0.1']) {
      expect((await curl(`https://${address}/`)).code, address).not.toBe(0);
    }
  });

  test('a listed host’s other methods and paths are refused', async () => {
    for (const words of ['-X POST https://echo.tradebox.internal/', 'https://echo.tradebox.internal/other']) {
      expect((await curl(words)).stdout, words).toBe('403');
    }
  });

  test('a path that parsers read differently is malformed', async () => {
    expect((await curl("--path-as-is 'https://echo.tradebox.internal/x/../'")).stdout).toBe('400');
  });

  test('D8: a venue operation that no table names is refused, however it is dressed', async () => {
    const calls = [
      { method: 'GET', target: '/api/v5/account/unheard-of' },
      { method: 'POST', target: '/api/v5/trade/unheard-of' },
      { method: 'DELETE', target: '/api/v5/account/balance' },
      { method: 'GET', target: '/api/v5/account/%62alance' },
      { method: 'GET', target: '/api/v5//account/balance' },
      { method: 'GET', target: '/api/v5/account/balance/' },
      { method: 'GET', target: '/API/V5/account/balance' },
      { method: 'GET', target: '/api/v6/account/balance' },
      { method: 'GET', target: '/' },
    ];
    const answers = await okxCalls(desk, calls);
    expect(answers.map(({ status }) => status)).toEqual(calls.map(() => 403));
  });

  test('every refusal stands in the journal with the rule that decided', async () => {
    const denials = (await desk.box.journal()).filter(({ event }) => event.verdict === 'deny');
    expect(denials.length).toBeGreaterThan(8);
    for (const { event } of denials) expect([event.code, event.rule]).not.toContain('');
  });
});
