// S7: withdrawals, transfers, API keys, sub-accounts and loans are not expressible, in any mode.
import { describe, expect, test } from 'vitest';
import { useOpenHost } from '../support/open-host.js';
import { okxCall, okxCalls, useDesk } from '../support/paper-desk.js';
import { boxSkipReason } from '../support/requirements.js';

/** Funds endpoints by the vendor's documentation (OKX v5: funding account, sub-account, fiat, finance). */
const funds = [
  ['POST', '/api/v5/asset/withdrawal'],
  ['POST', '/api/v5/asset/withdrawal-lightning'],
  ['POST', '/api/v5/asset/cancel-withdrawal'],
  ['POST', '/api/v5/asset/transfer'],
  ['POST', '/api/v5/asset/subaccount/transfer'],
  ['POST', '/api/v5/asset/convert-dust-assets'],
  ['POST', '/api/v5/fiat/create-withdrawal'],
  ['POST', '/api/v5/users/subaccount/create-subaccount'],
  ['POST', '/api/v5/users/subaccount/apikey'],
  ['GET', '/api/v5/users/subaccount/apikey'],
  ['POST', '/api/v5/account/spot-manual-borrow-repay'],
  ['POST', '/api/v5/account/move-positions'],
  ['POST', '/api/v5/finance/savings/purchase-redempt'],
] as const;

describe.skipIf(boxSkipReason('openssl'))('S7', () => {
  const open = useOpenHost();
  const desk = useDesk('s07', {}, (home) => open.config(home));

  test('control: an order passes in the same box', async () => {
    const order = JSON.stringify({
      instId: 'BTC-USDT',
      tdMode: 'cash',
      side: 'buy',
      ordType: 'market',
      sz: '100',
    });
    expect(
      JSON.parse((await okxCall(desk, 'POST', '/api/v5/trade/order', { body: order })).body),
    ).toMatchObject({
      code: '0',
    });
  });

  const body = JSON.stringify({ ccy: 'USDT', amt: '1', from: '18', to: '6', dest: '4', toAddr: 'x' });
  const calls = funds.map(([method, target]) => ({ method, target, ...(method === 'POST' ? { body } : {}) }));

  test('control: a host without an operation table is sent each of them', async () => {
    const answers = await okxCalls(
      desk,
      calls.map((call) => ({ ...call, host: open.host })),
    );
    expect(answers.map(({ status }) => status)).toEqual(funds.map(() => 200));
    expect(open.taken).toEqual(funds.map(([method, target]) => `${method} ${target}`));
  });

  test('D6: each is refused although rightly signed, and none is journaled as allowed', async () => {
    const answers = await okxCalls(desk, calls);
    expect(answers.map(({ status }) => status)).toEqual(funds.map(() => 403));
    const allowed = (await desk.box.journal()).filter(
      ({ event }) =>
        event.verdict === 'allow' &&
        event.host !== open.host &&
        funds.some(([, target]) => String(event.target).startsWith(target)),
    );
    expect(allowed).toEqual([]);
  });

  test('the balance is what it was but for the order', async () => {
    const answer = await okxCall(desk, 'GET', '/api/v5/asset/transfer-state?transId=1&type=0');
    expect(answer.status).not.toBe(0);
    const bills = await okxCall(desk, 'GET', '/api/v5/account/bills');
    expect(bills.body).not.toMatch(/"type":"1"/);
  });
});
