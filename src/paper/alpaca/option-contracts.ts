// Alpaca's option contracts: the terms of what options are listed (docs.alpaca.markets, "Option Contracts"; @alpacahq/alpaca-trade-api 4.0.2
// trading/models/OptionContract, apis/AssetsApi.getOptionsContracts).
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { type SwapInstrument, shareOptions } from '../engine/instruments.js';
import { PaperFault } from '../fault.js';
import type { Fields } from '../fields.js';
import { assetIdOf, type PublicCall, type Row } from './call.js';

/** The answer to a GET; undefined when the path is none. By OCC symbol or id. Throws PaperFault INSTRUMENT_UNKNOWN. */
export function contractsRoute(path: string, { engine, fields }: PublicCall): Row | undefined {
  const [matched, name] = /^\/v2\/options\/contracts(?:\/([A-Za-z0-9-]+))?$/.exec(path) ?? [];
  if (matched === undefined) return undefined;
  const rowOf = (one: SwapInstrument) => contractRow(one, engine.market.last(one, engine.second));
  if (name === undefined) return { option_contracts: listed(fields).map(rowOf), next_page_token: null };
  const found = shareOptions.find(({ symbol }) => symbol === name || assetIdOf(symbol) === name);
  if (found === undefined) throw new PaperFault('INSTRUMENT_UNKNOWN', name);
  return rowOf(found);
}

/** By what is asked for; the venue tells those of the next days alone where no date is, here all expire on one. */
function listed(fields: Fields): readonly SwapInstrument[] {
  const shares = fields.text('underlying_symbols')?.split(',');
  const [least, most] = [fields.amount('strike_price_gte'), fields.amount('strike_price_lte')];
  const [on, since, until] = ['', '_gte', '_lte'].map((suffix) => fields.text(`expiration_date${suffix}`));
  const wanted = {
    type: fields.text('type'),
    root: fields.text('root_symbol'),
    style: fields.text('style') ?? 'american',
    status: fields.text('status') ?? 'active',
  };
  if (wanted.style !== 'american' || wanted.status !== 'active') return [];
  return shareOptions.filter(({ base, option }) => {
    if (option === undefined) return false;
    const { expiration, type } = option;
    const strike = decimal(option.strike);
    return [
      shares?.includes(base),
      isSame(wanted.root, base),
      isSame(wanted.type, type),
      isSame(on, expiration),
      since === undefined || expiration >= since,
      until === undefined || expiration <= until,
      least === undefined || strike.gte(least),
      most === undefined || strike.lte(most),
    ].every((matches) => matches !== false);
  });
}

const isSame = (wanted: string | undefined, value: string) => wanted === undefined || wanted === value;

function contractRow({ symbol, base, option, contractValue }: SwapInstrument, last: Decimal): Row {
  const size = formatDecimal(contractValue);
  return {
    id: assetIdOf(symbol),
    symbol,
    name: `${base} ${option?.expiration} ${option?.strike} ${option?.type}`,
    status: 'active',
    tradable: true,
    expiration_date: option?.expiration,
    root_symbol: base,
    underlying_symbol: base,
    underlying_asset_id: assetIdOf(base),
    type: option?.type,
    style: 'american',
    strike_price: option?.strike,
    // Shares of a contract.
    multiplier: size,
    size,
    open_interest: null,
    open_interest_date: null,
    close_price: formatDecimal(last),
    close_price_date: null,
  };
}
