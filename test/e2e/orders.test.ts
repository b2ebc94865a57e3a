// The order boundary with real software: the okx CLI proposes in a paper box, a human decides at the CLI, and kill stops it all.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, imageBuildTimeoutMs, startBox } from '../support/box.js';
import { containerId, docker } from '../support/docker.js';
import { builtCli, describe as shown, TestHome } from '../support/home.js';
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
      '--flatten',
      '--force',
    ]);
    expect(killed.boxes[0]?.accounts[0]).toMatchObject({ canceled: 2, isVerified: true });
    expect(killed.boxes[0]?.accounts[0]?.firstCancelMs).toBeLessThan(1_000);
    expect(await resting()).toEqual([]);
    expect((await place('42000')).code).not.toBe(0);
    expect(await orders()).not.toContainEqual(expect.objectContaining({ state: 'held' }));
    const refused = await home.run(['resume', box.name]);
    expect(refused.code, shown(refused)).toBe(2);
    const words = [process.execPath, builtCli, 'resume', box.name].join(' ');
    const resumed = await home.spawnToEnd('script', ['-qefc', words, '/dev/null'], { input: 'y\n' });
    expect(resumed.code, shown(resumed)).toBe(0);
    expect(resumed.stdout).toContain('is HALTED: killed, by');
    expect(resumed.stdout).toContain('may trade again');
  });

  test('kill works with the agent dead', async () => {
    await place('43000');
    const held = (await orders()).find(({ state }) => state === 'held');
    await home.ok(['orders', 'approve', held?.order ?? '', held?.fingerprint ?? '']);
    const placed = await place('43000');
    expect(placed.code, shown(placed)).toBe(0);
    docker('kill', containerId(box.name, 'agent'));
    const killed = await home.json<{ boxes: { isVerified: boolean; accounts: object[] }[] }>([
      'kill',
      box.name,
    ]);
    expect(killed.boxes).toMatchObject([{ isVerified: true, accounts: [{ canceled: 1, left: 0 }] }]);
  });
});

/** Signed as the okx CLI signs, with the decoys of the box's environment; prints how many were taken. */
const flood = `
const { createHmac } = require('node:crypto');
const e = process.env;
async function ask(method, path, body) {
  const stamp = new Date().toISOString();
  const sign = createHmac('sha256', e.OKX_SECRET_KEY).update(stamp + method + path + (body ?? '')).digest('base64');
  const headers = { 'OK-ACCESS-KEY': e.OKX_API_KEY, 'OK-ACCESS-SIGN': sign, 'OK-ACCESS-TIMESTAMP': stamp, 'OK-ACCESS-PASSPHRASE': e.OKX_PASSPHRASE, 'content-type': 'application/json' };
  const answer = await fetch('https://www.okx.com' + path, { method, headers, body });
  return answer.json();
}
async function place(index) {
  const body = JSON.stringify({ instId: 'BTC-USDT', tdMode: 'cash', side: index % 2 ? 'sell' : 'buy', ordType: 'market', sz: String(0.00002 + index * 1e-8).slice(0, 10), tgtCcy: 'base_ccy' });
  return (await ask('POST', '/api/v5/trade/order', body)).code;
}
async function atExchange(instType) {
  const found = [];
  for (let after = ''; ; after = '&after=' + found.at(-1).ordId) {
    const { data } = await ask('GET', '/api/v5/trade/orders-history?instType=' + instType + after);
    if (data.length === 0) return found;
    found.push(...data);
  }
}
(async () => {
  const codes = {};
  const began = Date.now();
  for (let index = 0; index < 1138; index += 1) { const code = await place(index); codes[code] = (codes[code] ?? 0) + 1; }
  const orders = [...(await atExchange('SPOT')), ...(await atExchange('SWAP'))];
  const filled = orders.filter(({ state }) => state === 'filled');
  const bought = filled.filter(({ side }) => side === 'buy').length;
  console.log(JSON.stringify({ codes, filled: filled.length, bought, ids: new Set(orders.map(({ ordId }) => ordId)).size, minutes: Math.ceil((Date.now() - began) / 60_000) }));
})();
`;

describe.skipIf(skipReason('docker', 'registry'))('what no box lets through, seen at the exchange', () => {
  let home: TestHome;
  let box: Box;

  beforeAll(async () => {
    home = new TestHome();
    home.writeProfile('okx-desk', okxDesk);
    box = await startBox(home, {
      profile: 'okx-desk',
      workdir: home.workdir({ 'flood.js': flood }),
      hint: 'reflex',
    });
  }, imageBuildTimeoutMs);
  afterAll(() => home?.dispose());

  const swap = (side: string, size: string) => {
    const order = ['--instId', 'BTC-USDT-SWAP', '--side', side, '--ordType', 'market', '--sz', size];
    return box.exec(['okx', 'swap', 'place', ...order, '--tdMode', 'cross', '--json']);
  };
  const read = async (...words: string[]): Promise<Record<string, string>[]> =>
    JSON.parse((await box.exec(['okx', ...words, '--json'])).stdout);

  test('two processes with the same order: it is placed once', async () => {
    const both = 'okx swap place --instId BTC-USDT-SWAP --side buy --ordType market --sz 2 --tdMode cross';
    const result = await box.sh(`${both} & ${both}; wait`);
    expect(`${result.stdout}${result.stderr}`).toContain('DUPLICATE_ORDER');
    expect((await read('account', 'positions')).map(({ pos }) => pos)).toEqual(['2']);
  });

  test('a close that comes twice opens no reverse', async () => {
    expect((await swap('sell', '3')).code).not.toBe(0);
    expect((await swap('sell', '2')).code).toBe(0);
    const again = await swap('sell', '2.1');
    expect(`${again.stdout}${again.stderr}`).toContain('REVERSED_CLOSE');
    expect(await read('account', 'positions')).toEqual([]);
  });

  test('1,138 trades are stopped, until a human resumes', async () => {
    const { stdout } = await box.exec(['node', '/workspace/flood.js']);
    // Two orders went out before, and the exchange has those and these, no more: half of them purchases, and none after them.
    const { codes, filled, bought, ids, minutes } = JSON.parse(stdout);
    expect([codes[0] + codes[50120], filled, ids, bought]).toEqual([1_138, codes[0] + 2, codes[0] + 2, 60]);
    // Beyond the 120 of the hour only sales of coins that are held leave, so many a minute.
    expect(codes[0]).toBeGreaterThanOrEqual(118);
    expect(codes[0]).toBeLessThanOrEqual(118 + 30 * minutes);
    const listed = await home.json<{ boxes: { box: string; accounts: { tradingState: string }[] }[] }>([
      'orders',
      'list',
    ]);
    // The engine may hold boxes of others.
    const own = listed.boxes.find(({ box: name }) => name === box.name);
    expect(own?.accounts[0]?.tradingState).toBe('REDUCE_ONLY');
  });
});
