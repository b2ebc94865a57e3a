// S4: default deny: host, method, path, venue operation.
import { describe, expect, test } from 'vitest';
import { useOpenHost } from '../support/open-host.js';
import { okxCall, okxCalls, runLines, useDesk } from '../support/paper-desk.js';
import { boxSkipReason } from '../support/requirements.js';

describe.skipIf(boxSkipReason('openssl'))('S4', () => {
  const open = useOpenHost();
  const desk = useDesk('s04', {}, (home) => open.config(home));
  /** Each with its words, side by side. */
  const curls = (all: readonly string[]) =>
    runLines(
      desk,
      all.map((words) => `curl -sS -m 30 -o /dev/null -w '%{http_code}' ${words}`),
    );

  /** What curl sees of each: how it ended, what the proxy answered to its CONNECT. */
  const connects = (all: readonly string[]) =>
    runLines(
      desk,
      all.map((words) => `curl -sS -m 30 -o /dev/null -w '%{http_connect}' ${words}`),
    );

  const deniedAt = async (type: string, field: string) =>
    (await desk.box.journal()).flatMap(({ event }) => (event.type === type ? [event[field]] : []));

  /** Refused by the sidecar, which says so, and not by a network that is not there. */
  const expectFromProxy = async (status: '400' | '403', hosts: readonly string[]) => {
    const answers = await connects(hosts.map((host) => `--noproxy '' https://${host}/`));
    expect(answers).toEqual(hosts.map(() => ({ code: 56, stdout: status })));
  };

  test('control: what the tables name passes', async () => {
    expect((await okxCall(desk, 'GET', '/api/v5/account/balance')).status).toBe(200);
    const [echoed] = await curls(['https://echo.tradebox.internal/']);
    expect(echoed).toEqual({ code: 0, stdout: '200' });
  });

  test('an unlisted host is refused on every way in, also below and beside a listed one', async () => {
    const hosts = [
      'evil.example',
      'okx.com',
      'x.www.okx.com',
      'www.okx.com.evil.example',
      'evil-www.okx.com',
    ];
    await expectFromProxy('403', hosts);
    expect(await deniedAt('connection.denied', 'host')).toEqual(expect.arrayContaining(hosts));
    // Without the proxy its name stays unknown: 6 is "could not resolve", which a deadline (28) would not tell.
    const answers = await connects(hosts.map((host) => `--noproxy '*' https://${host}/`));
    expect(answers).toEqual(hosts.map(() => ({ code: 6, stdout: '000' })));
    expect(await deniedAt('dns.denied', 'name')).toEqual(expect.arrayContaining(hosts));
  });

  test('A8: an address in any spelling is no name', async () => {
    const addresses = ['93.184.216.34', '0x5db8d822', '1572395042', '[::1]', '127.1', '0177.0.0.1'];
    await expectFromProxy('400', addresses);
  });

  test('a listed host’s other methods and paths are refused', async () => {
    const answers = await curls([
      '-X POST https://echo.tradebox.internal/',
      'https://echo.tradebox.internal/other',
    ]);
    expect(answers.map(({ stdout }) => stdout)).toEqual(['403', '403']);
  });

  test('a path that parsers read differently is malformed', async () => {
    const [answer] = await curls(["--path-as-is 'https://echo.tradebox.internal/x/../'"]);
    expect(answer?.stdout).toBe('400');
  });

  const unheardOf = [
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

  test('D8: a venue operation that no table names is refused, however it is dressed', async () => {
    const answers = await okxCalls(desk, unheardOf);
    expect(answers.map(({ status }) => status)).toEqual(unheardOf.map(() => 403));
  });

  test('control: a host of which no table says what it takes is sent each of them', async () => {
    // Those that parsers read differently go to no host.
    const calls = unheardOf.filter(({ target }) => !/%|\/\//.test(target));
    const answers = await okxCalls(
      desk,
      calls.map((call) => ({ ...call, host: open.host })),
    );
    expect(answers.map(({ status }) => status)).toEqual(calls.map(() => 200));
    expect(open.taken).toEqual(calls.map(({ method, target }) => `${method} ${target}`));
  });

  test('every refusal stands in the journal with the rule that decided', async () => {
    const denials = (await desk.box.journal()).filter(({ event }) => event.verdict === 'deny');
    expect(denials.length).toBeGreaterThan(8);
    for (const { event } of denials) expect([event.code, event.rule]).not.toContain('');
  });
});
