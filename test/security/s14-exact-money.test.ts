// S14: money is exact decimal: what an exchange holds for orders is their worth to the last digit, seen from inside the box.
import { describe, expect, test } from 'vitest';
import { okxCall, useDesk } from '../support/paper-desk.js';
import { boxSkipReason } from '../support/requirements.js';

/** Prices and sizes whose products no binary fraction is. */
const orders = [
  { sz: '1.1', px: '1.1' },
  { sz: '0.7', px: '0.1' },
  { sz: '0.00001003', px: '1.1' },
];
const exact = '1.280011033';

describe.skipIf(boxSkipReason())('S14', () => {
  const desk = useDesk('s14');
  const usdt = async (): Promise<Record<string, string>> => {
    const { body } = await okxCall(desk, 'GET', '/api/v5/account/balance?ccy=USDT');
    const [account] = (JSON.parse(body) as { data: { details: Record<string, string>[] }[] }).data;
    return account?.details[0] ?? {};
  };

  test('the exchange holds exactly what the resting orders are worth', async () => {
    const before = await usdt();
    for (const order of orders) {
      const fields = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'post_only', ...order };
      const answer = await okxCall(desk, 'POST', '/api/v5/trade/order', { body: JSON.stringify(fields) });
      expect(JSON.parse(answer.body), answer.body).toMatchObject({ code: '0' });
    }
    const after = await usdt();
    expect([before.frozenBal, after.frozenBal]).toEqual(['0', exact]);
  });

  test('control: the same sum in binary fractions is another', () => {
    const sum = orders.reduce((total, { sz, px }) => total + Number(sz) * Number(px), 0);
    expect(String(sum)).not.toBe(exact);
  });

  test('what is not a plain decimal is no amount, and nothing of it is held', async () => {
    const before = await usdt();
    for (const sz of ['1e-3', '0x1', '1_0', ' 1', '+1', '1,0', 'NaN', '']) {
      const fields = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', px: '1.1', sz };
      const answer = await okxCall(desk, 'POST', '/api/v5/trade/order', { body: JSON.stringify(fields) });
      expect(answer.status, sz).not.toBe(200);
    }
    expect((await usdt()).frozenBal).toBe(before.frozenBal);
  });
});
