// The order boundary with real software: the okx CLI proposes in a paper box, a human decides at the CLI, and kill stops it all.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, imageBuildTimeoutMs, startBox } from '../support/box.js';
import { describe as shown, TestHome } from '../support/home.js';
import { okxDesk } from '../support/profiles.js';
import { skipReason } from '../support/requirements.js';

interface Listed {
  boxes: { box: string; orders: { order: string; state: string; fingerprint: string; note: string }[] }[];
}

describe.skipIf(skipReason('docker', 'registry'))('orders of a paper box in mode propose', () => {
  let home: TestHome;
  let box: Box;

  beforeAll(async () => {
    home = new TestHome();
    home.writeProfile('okx-desk', okxDesk);
    box = await startBox(home, {
      profile: 'okx-desk',
      workdir: home.workdir(),
      hint: 'propose',
      options: ['--paper', '--mode', 'propose'],
    });
  }, imageBuildTimeoutMs);
  afterAll(() => home?.dispose());

  const place = (price: string) => {
    const order = ['--instId', 'BTC-USDT', '--side', 'buy', '--ordType', 'limit', '--sz', '0.001'];
    return box.exec(['okx', 'spot', 'place', ...order, '--px', price, '--json']);
  };
  const orders = async () =>
    (await home.json<Listed>(['orders', 'list', '--box', box.name])).boxes[0]?.orders ?? [];
  const resting = async (): Promise<{ px: string }[]> =>
    JSON.parse((await box.exec(['okx', 'spot', 'orders', '--json'])).stdout);

  test('an order is held, decided by a human, and passes once', async () => {
    const refused = await place('40000');
    expect(refused.code, shown(refused)).not.toBe(0);
    const [held] = await orders();
    expect(held?.state).toBe('held');
    expect(`${refused.stdout}${refused.stderr}`).toContain(`pending approval ${held?.order}`);
    expect(await resting()).toEqual([]);

    const wrong = await home.run(['orders', 'approve', held?.order ?? '', '00000000']);
    expect(wrong.code, shown(wrong)).toBe(2);
    await home.ok(['orders', 'approve', held?.order ?? '', held?.fingerprint.slice(0, 8) ?? '']);
    const placed = await place('40000');
    expect(placed.code, shown(placed)).toBe(0);
    expect((await resting()).map(({ px }) => px)).toEqual(['40000']);
  });

  test('an order that is approved while its client waits is sent for it', async () => {
    const waiting = place('41000');
    let held: Awaited<ReturnType<typeof orders>>[number] | undefined;
    for (let tries = 0; tries < 20 && held === undefined; tries += 1) {
      held = (await orders()).find(({ state }) => state === 'held');
    }
    await home.ok(['orders', 'approve', held?.order ?? '', held?.fingerprint ?? '']);
    const placed = await waiting;
    expect(placed.code, shown(placed)).toBe(0);
  });

  test('kill cancels what rests, and nothing passes until it is resumed at a terminal', async () => {
    const killed = await home.json<{ boxes: { accounts: { canceled: number; firstCancelMs: number }[] }[] }>([
      'kill',
      box.name,
    ]);
    expect(killed.boxes[0]?.accounts[0]).toMatchObject({ canceled: 2, isVerified: true });
    expect(killed.boxes[0]?.accounts[0]?.firstCancelMs).toBeLessThan(1_000);
    expect(await resting()).toEqual([]);
    expect((await place('42000')).code).not.toBe(0);
    expect(await orders()).not.toContainEqual(expect.objectContaining({ state: 'held' }));
    const resumed = await home.run(['resume', box.name]);
    expect(resumed.code, shown(resumed)).toBe(2);
  });
});
