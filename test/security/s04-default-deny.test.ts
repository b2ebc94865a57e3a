// S4: default deny: host, method, path, venue operation.
import { describe, expect, test } from 'vitest';
import { okxCall, useDesk } from '../support/paper-desk.js';
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
    for (const words of [
      '-X POST https://echo.tradebox.internal/',
      'https://echo.tradebox.internal/other',
      "--path-as-is 'https://echo.tradebox.internal/x/../'",
    ]) {
      expect((await curl(words)).stdout, words).toBe('403');
    }
  });

  test('D8: a venue operation that no table names is refused, however it is dressed', async () => {
    for (const [method, target] of [
      ['GET', '/api/v5/account/unheard-of'],
      ['POST', '/api/v5/trade/unheard-of'],
      ['DELETE', '/api/v5/account/balance'],
      ['GET', '/api/v5/account/%62alance'],
      ['GET', '/api/v5//account/balance'],
      ['GET', '/api/v5/account/balance/'],
      ['GET', '/API/V5/account/balance'],
      ['GET', '/api/v6/account/balance'],
      ['GET', '/'],
    ] as const) {
      expect((await okxCall(desk, method, target)).status, `${method} ${target}`).toBe(403);
    }
  });

  test('every refusal stands in the journal with the rule that decided', async () => {
    const denials = (await desk.box.journal()).filter(({ event }) => event['verdict'] === 'deny');
    expect(denials.length).toBeGreaterThan(8);
    for (const { event } of denials) expect([event['code'], event['rule']]).not.toContain('');
  });
});
