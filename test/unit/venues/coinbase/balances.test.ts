import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { admin } from '../../../../src/venues/coinbase/admin.js';
import { coinbase } from '../../../../src/venues/coinbase/coinbase.js';

const at = { environment: 'live' } as const;
const account = (currency: string, free: string, hold: string, type = 'ACCOUNT_TYPE_CRYPTO') => ({
  currency,
  type,
  available_balance: { value: free, currency },
  hold: { value: hold, currency },
});
const said = (body: object) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });

/** Puts page after page to the question; the targets that were asked for, and what came out. */
function converse(...pages: object[]) {
  let call = admin.balances?.(at);
  const asked: string[] = [];
  let value: ReturnType<NonNullable<typeof call>['read']>;
  for (const page of pages) {
    if (call === undefined) throw new Error('nothing more was asked');
    expect(coinbase.classify(call.request)).toMatchObject({ class: 'read' });
    asked.push(call.request.query);
    value = call.read(said(page));
    call = value === undefined ? undefined : call.follow?.(value);
  }
  const told = value?.map(
    ({ currency, total, free }) => `${currency} ${formatDecimal(total)} ${formatDecimal(free)}`,
  );
  return { asked, told, isOver: call === undefined };
}

test('every page is asked for, what is locked is not free, and a vault is nothing to trade with', () => {
  const { asked, told, isOver } = converse(
    {
      accounts: [account('USD', '70', '30'), account('ETH', '9', '0', 'ACCOUNT_TYPE_VAULT')],
      has_next: true,
      cursor: 'a&b',
    },
    { accounts: [account('BTC', '1', '0.5')], has_next: false, cursor: '' },
  );
  expect(asked).toEqual(['limit=250', 'limit=250&cursor=a%26b']);
  expect(told).toEqual(['USD 100 70', 'BTC 1.5 1']);
  expect(isOver).toBe(true);
});

test.each([
  [{ accounts: [{ ...account('USD', '1', '0'), hold: undefined }], has_next: false }],
  [{ accounts: [account('USD', '-', '0')], has_next: false }],
  [{ accounts: [account('USD', '1', '0')], has_next: true }],
  [{ error: 'x' }],
])('an answer that leaves something open tells nothing: %j', (page) => {
  expect(converse(page).told).toBeUndefined();
});

test('a spot pair names what is sold, a future does not', () => {
  const terms = (row: object) =>
    admin
      .contractTerms(at, 'BTC-USD')
      .read(said({ quote_currency_id: 'USD', base_currency_id: 'BTC', ...row }));
  expect(terms({ product_type: 'SPOT' })).toMatchObject({ base: 'BTC', quote: 'USD' });
  expect(
    terms({ product_type: 'FUTURE', future_product_details: { contract_size: '0.01' } })?.base,
  ).toBeUndefined();
});
