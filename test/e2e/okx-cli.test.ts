// Seen with real software 1: the real okx CLI, unmodified, in a box that holds decoys: diagnose, balance, orders, a refused transfer.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, imageBuildTimeoutMs, startBox } from '../support/box.js';
import { describe as shown, TestHome } from '../support/home.js';
import { okxDesk } from '../support/profiles.js';
import { skipReason } from '../support/requirements.js';

describe.skipIf(skipReason('docker', 'registry'))('the okx CLI in a paper box', () => {
  let home: TestHome;
  let box: Box;

  beforeAll(async () => {
    home = new TestHome();
    home.writeProfile('okx-desk', okxDesk);
    box = await startBox(home, { profile: 'okx-desk', workdir: home.workdir(), hint: 'okx' });
  }, imageBuildTimeoutMs);
  afterAll(() => home?.dispose());

  const okx = (...words: string[]) => box.exec(['okx', ...words]);
  const okxJson = async (...words: string[]) => {
    const result = await okx(...words, '--json');
    expect(result.code, shown(result)).toBe(0);
    return JSON.parse(result.stdout);
  };

  test(
    'the built-in profile runs okx diagnose, and every check passes',
    async () => {
      const words = ['run', 'okx-cli', home.workdir(), '--paper', '--name', home.boxName('profile')];
      const result = await home.run([...words, '--', 'diagnose'], { timeoutMs: imageBuildTimeoutMs });
      expect(result.stdout, shown(result)).toContain('All checks passed');
      expect(result.code).toBe(0);
    },
    imageBuildTimeoutMs,
  );

  test('okx diagnose passes every check', async () => {
    const result = await okx('diagnose');
    expect(result.stdout, shown(result)).toContain('All checks passed');
    expect(result.code).toBe(0);
  });

  test('the balance of the paper account is read', async () => {
    const [account] = await okxJson('account', 'balance');
    const currencies = account.details.map(({ ccy }: { ccy: string }) => ccy);
    expect(currencies).toContain('USDT');
  });

  test('a market order is filled', async () => {
    const order = await place('--ordType', 'market', '--side', 'buy', '--sz', '200');
    expect(await stateOf(order)).toMatchObject({ state: 'filled', ordType: 'market', side: 'buy' });
  });

  test('a limit order that crosses the market is filled', async () => {
    const [{ last }] = await okxJson('market', 'ticker', 'BTC-USDT');
    const price = (Number(last) * 1.02).toFixed(1);
    const order = await place('--ordType', 'limit', '--side', 'buy', '--sz', '0.001', '--px', price);
    const filled = await stateOf(order);
    expect(filled).toMatchObject({ state: 'filled', ordType: 'limit' });
    expect(Number(filled.px)).toBe(Number(price)); // the exchange writes 92276 where 92276.0 was asked
  });

  test('a resting limit order is cancelled', async () => {
    const [{ last }] = await okxJson('market', 'ticker', 'BTC-USDT');
    const order = await place(
      '--ordType',
      'limit',
      '--side',
      'buy',
      '--sz',
      '0.001',
      '--px',
      (Number(last) * 0.8).toFixed(1),
    );
    expect(await stateOf(order)).toMatchObject({ state: 'live' });
    const cancelled = await okx('spot', 'cancel', 'BTC-USDT', '--ordId', order);
    expect(cancelled.code, shown(cancelled)).toBe(0);
    expect(await stateOf(order)).toMatchObject({ state: 'canceled' });
  });

  test('a transfer is refused: the CLI fails and the journal says why', async () => {
    const result = await okx(
      'account',
      'transfer',
      '--ccy',
      'USDT',
      '--amt',
      '1',
      '--from',
      '18',
      '--to',
      '6',
    );
    expect(result.code, shown(result)).not.toBe(0);
    const denials = (await box.journal()).filter(
      ({ event }) =>
        event.type === 'request.decided' && event.verdict === 'deny' && event.operation === 'asset/transfer',
    );
    expect(denials).toHaveLength(1);
    expect(denials[0]?.event).toMatchObject({
      host: 'www.okx.com',
      method: 'POST',
      class: 'funds',
      venue: 'okx',
    });
  });

  test('what the CLI sent is in the journal, allowed and completed', async () => {
    const records = await box.journal();
    const decided = records.find(
      ({ event }) =>
        event.type === 'request.decided' &&
        event.operation === 'account/balance' &&
        event.verdict === 'allow',
    );
    expect(decided).toBeDefined();
    expect(records).toContainEqual(
      expect.objectContaining({
        event: expect.objectContaining({
          type: 'request.completed',
          request: decided?.event.request,
          status: 200,
        }),
      }),
    );
    const verified = await home.run(['audit', 'verify', box.name]);
    expect(verified.code, shown(verified)).toBe(0);
  });

  async function place(...words: string[]): Promise<string> {
    const placed = await okxJson('spot', 'place', '--instId', 'BTC-USDT', ...words);
    const [{ ordId, sCode }] = Array.isArray(placed) ? placed : placed.data;
    expect(sCode).toBe('0');
    return ordId;
  }

  async function stateOf(ordId: string): Promise<Record<string, string>> {
    const answer = await okxJson('spot', 'get', '--instId', 'BTC-USDT', '--ordId', ordId);
    return (Array.isArray(answer) ? answer : answer.data)[0];
  }
});

describe.skipIf(skipReason('docker', 'registry'))('the okx CLI in a read-only paper box', () => {
  let home: TestHome;
  let box: Box;

  beforeAll(async () => {
    home = new TestHome();
    home.writeProfile('okx-desk', okxDesk);
    box = await startBox(home, {
      profile: 'okx-desk',
      workdir: home.workdir(),
      hint: 'okx-ro',
      options: ['--paper', '--mode', 'readonly'],
    });
  }, imageBuildTimeoutMs);
  afterAll(() => home?.dispose());

  test('reads, and is refused an order', async () => {
    expect((await box.exec(['okx', 'account', 'balance'])).code).toBe(0);
    const words = [
      'spot',
      'place',
      '--instId',
      'BTC-USDT',
      '--side',
      'buy',
      '--ordType',
      'market',
      '--sz',
      '10',
    ];
    const result = await box.exec(['okx', ...words]);
    expect(result.code, shown(result)).not.toBe(0);
    const denied = (await box.journal()).filter(({ event }) => event.verdict === 'deny');
    expect(denied.map(({ event }) => event.operation)).toEqual(['trade/order']);
  });
});
