// One call of the Kraken dialect: Kraken's names of pairs, assets and orders.

import { createHash } from 'node:crypto';
import type { PrivateCall } from '../call.js';
import { findSpelled, makeSymbols } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';

export type { PrivateCall, PublicCall, Row } from '../call.js';

// Kraken's Assets endpoint: the key of each asset and its alternative name.
const assets: Readonly<Record<string, readonly [key: string, altname: string]>> = {
  BTC: ['XXBT', 'XBT'],
  ETH: ['XETH', 'ETH'],
  XRP: ['XXRP', 'XRP'],
  DOGE: ['XXDG', 'XDG'],
  LTC: ['XLTC', 'LTC'],
};

export function assetKey(currency: string): string {
  return assets[currency]?.[0] ?? currency;
}

export function altName(currency: string): string {
  return assets[currency]?.[1] ?? currency;
}

export function wsName({ base, quote }: Instrument): string {
  return `${altName(base)}/${altName(quote)}`;
}

/** XBTUSDT, also XBT/USDT, BTC/USDT and BTCUSDT. */
export const pairs = makeSymbols((one) =>
  one.kind === 'spot'
    ? [
        `${altName(one.base)}${altName(one.quote)}`,
        wsName(one),
        `${one.base}/${one.quote}`,
        `${one.base}${one.quote}`,
      ]
    : [],
);

/** As Kraken names orders and trades: a letter and 16 more in three groups, here drawn from the engine's id. */
export function nameOf(letter: 'O' | 'T', id: string): string {
  const drawn = createHash('sha256').update(letter).update(id).digest();
  const letters = [...drawn.subarray(0, 16)].map((byte) => alphabet[byte % alphabet.length]).join('');
  return `${letter}${letters.slice(0, 5)}-${letters.slice(5, 10)}-${letters.slice(10, 16)}`;
}
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The order of a txid or cl_ord_id. Throws PaperFault ORDER_UNKNOWN. */
export function needOrder({ account }: PrivateCall, name: string): PaperOrder {
  const order = findSpelled(account, name, ({ id }) => nameOf('O', id)) ?? account.find({ clientId: name });
  if (order === undefined) throw new PaperFault('ORDER_UNKNOWN', name);
  return order;
}
