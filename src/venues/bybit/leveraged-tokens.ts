// Leveraged tokens, bought of Bybit for so much of their quote coin and given back to it by number, in the generations v5 and v3.
// Source: bybit-exchange/docs docs/v5/lt/purchase.mdx, redeem.mdx (2026-07-24), docs/v3/spot/rest-etp (removed on 2024-09-24),
// bybit-api 4.7.7 types/request/v5-spot-leverage-token.
import type { Decimal } from '../../core/decimal.js';
import type { OrderIntent } from '../../core/order.js';
import type { IntentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields } from '../order-fields.js';
import { linkIdForm, missing, type Reader, type Readers } from './reader.js';

export const leveragedTokenReaders: Readers = {
  // purchase.mdx calls the amount `ltAmount`; its example and bybit-api call it `amount`.
  'v5/spot-lever-token/purchase': purchase('ltCoin', ['ltAmount', 'amount']),
  'v5/spot-lever-token/redeem': redemption('ltCoin', 'quantity'),
  'spot/v3/private/purchase': purchase('ltCode', ['ltAmount']),
  'spot/v3/private/redeem': redemption('ltCode', 'ltQuantity'),
};

/** `BTC3L`. */
const tokenForm = /^[A-Z0-9]{2,20}$/;

function purchase(token: string, amounts: readonly string[]): Reader {
  return (fields, base) => {
    const given = amounts.filter((name) => fields.has(name));
    const [name = amounts[0] ?? '', second] = given;
    if (second !== undefined) fields.refuse('FIELD_CONFLICT', second, `stands beside ${name}`);
    const value = fields.positive(name) ?? missing(fields, name);
    return [{ ...readToken(fields, base, token), side: 'buy', quantity: { value, unit: 'quote' } }];
  };
}

function redemption(token: string, amount: string): Reader {
  return (fields, base) => {
    const value: Decimal = fields.positive(amount) ?? missing(fields, amount);
    return [{ ...readToken(fields, base, token), side: 'sell', quantity: { value, unit: 'base' } }];
  };
}

function readToken(fields: OrderFields, base: IntentBase, token: string): OrderIntent {
  return dropUndefined({
    ...base,
    action: 'place' as const,
    instrument: fields.need(token, tokenForm),
    type: 'market' as const,
    clientOrderId: fields.ownId('serialNo', linkIdForm),
  });
}
