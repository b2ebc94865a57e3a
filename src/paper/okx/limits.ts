// OKX v5 reads of what the account may do: sizes, leverage, fees, withdrawal.
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { type Instrument, leverage } from '../engine/instruments.js';
import { floorTo } from '../engine/market.js';
import { worthOf } from '../engine/positions.js';
import { type Row, unknownInstrument } from './answers.js';
import { listed, type PrivateCall, queryOf, typeOf } from './call.js';

type Handler = (call: PrivateCall) => readonly Row[];

const zero = decimal('0');
const one = decimal('1');

export const limitRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['account/max-size', maxSize],
  ['account/max-avail-size', maxAvailableSize],
  ['account/leverage-info', leverageInfo],
  ['account/trade-fee', tradeFee],
  ['account/max-withdrawal', maxWithdrawal],
]);

/** What could be bought or sold at the last price, or at `px`: base currency for spot, contracts for swaps. */
function sizes(call: PrivateCall, instrument: Instrument, price: Decimal): { buy: Decimal; sell: Decimal } {
  const { ledger } = call.account;
  const floor = (size: Decimal) => floorTo(size.round(20, 0), instrument.lotSize);
  if (instrument.kind === 'spot') {
    return {
      buy: floor(ledger.available(instrument.quote).div(price)),
      sell: floor(ledger.available(instrument.base)),
    };
  }
  const perContract = worthOf(instrument, price, one).div(leverage);
  const size = floor(ledger.available(instrument.settle).div(perContract));
  return { buy: size, sell: size };
}

function eachInstrument(call: PrivateCall): readonly Instrument[] {
  const ids = queryOf(call).required('instId').split(',');
  return ids.map((id) => {
    const found = listed.find(id);
    if (found === undefined) throw unknownInstrument();
    return found;
  });
}

function maxSize(call: PrivateCall): readonly Row[] {
  const params = queryOf(call);
  params.required('tdMode');
  const { market, second } = call.engine;
  return eachInstrument(call).map((instrument) => {
    const { buy, sell } = sizes(call, instrument, params.amount('px') ?? market.last(instrument, second));
    return {
      ccy: instrument.kind === 'swap' ? instrument.settle : instrument.base,
      instId: instrument.symbol,
      maxBuy: formatDecimal(buy),
      maxSell: formatDecimal(sell),
    };
  });
}

/** Available balance to buy with and to sell; for swaps, margin. */
function maxAvailableSize(call: PrivateCall): readonly Row[] {
  queryOf(call).required('tdMode');
  const { ledger } = call.account;
  return eachInstrument(call).map((instrument) => ({
    instId: instrument.symbol,
    availBuy: formatDecimal(
      ledger.available(instrument.kind === 'swap' ? instrument.settle : instrument.quote),
    ),
    availSell: formatDecimal(
      ledger.available(instrument.kind === 'swap' ? instrument.settle : instrument.base),
    ),
  }));
}

function leverageInfo(call: PrivateCall): readonly Row[] {
  const mgnMode = queryOf(call).required('mgnMode');
  return eachInstrument(call).map((instrument) => ({
    ccy: '',
    instId: instrument.symbol,
    lever: formatDecimal(leverage),
    mgnMode,
    posSide: 'net',
  }));
}

function tradeFee(call: PrivateCall): readonly Row[] {
  const type = queryOf(call).required('instType');
  const sample = listed.listed.find((instrument) => typeOf(instrument) === type);
  const rate = (fee: Decimal | undefined) => (fee === undefined ? '' : formatDecimal(zero.minus(fee)));
  const [maker, taker] = [rate(sample?.makerFee), rate(sample?.takerFee)];
  const isSwap = sample?.kind === 'swap';
  return [
    {
      category: '1',
      delivery: '',
      exercise: '',
      feeGroup: [{ groupId: '1', maker, taker }],
      fiat: [],
      instType: type,
      level: 'Lv1',
      maker,
      makerU: isSwap ? maker : '',
      makerUSDC: '',
      taker,
      takerU: isSwap ? taker : '',
      takerUSDC: '',
      ts: String(call.engine.nowMs),
    },
  ];
}

/** Paper money cannot be withdrawn. */
function maxWithdrawal(call: PrivateCall): readonly Row[] {
  return call.account.ledger
    .currencies()
    .map((ccy) => ({ ccy, maxWd: '0', maxWdEx: '0', spotOffsetMaxWd: '0', spotOffsetMaxWdEx: '0' }));
}
