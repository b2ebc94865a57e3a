// What an OKX instrument id says about the unit of `sz`. Ids we cannot read are refused, not guessed (S4, D10).

export type InstrumentKind = 'spot' | 'contract';

// OKX v5 reference, "instId": BTC-USDT · BTC-USDT-SWAP, BTC-USD_UM-SWAP · BTC-USDT-261225 · BTC-USD-261225-50000-C.
const spot = /^[A-Z0-9]{1,20}-[A-Z0-9]{1,20}$/;
const contract = /^[A-Z0-9]{1,20}-[A-Z0-9_]{1,20}-(?:SWAP|\d{6}(?:-\d{1,12}(?:[._]\d{1,8})?-[CP])?)$/;

/** Undefined for ids of products whose quantity we cannot state (event contracts, spreads). */
export function kindOfInstrument(instrument: string): InstrumentKind | undefined {
  if (spot.test(instrument)) return 'spot';
  return contract.test(instrument) ? 'contract' : undefined;
}

export function isOption(instrument: string): boolean {
  return /-[CP]$/.test(instrument);
}

/** Contracts quoted in dollars and settled in the coin that they are of; those of a family like BTC-USD_UM are settled in dollars. */
export function isInverse(instrument: string): boolean {
  return /^[A-Z0-9]{1,20}-USD-/.test(instrument);
}

/** The quote currency of a spot id. */
export function quoteOf(instrument: string): string {
  return instrument.slice(instrument.indexOf('-') + 1);
}

/** The base currency of a spot id. */
export function baseOf(instrument: string): string {
  return instrument.slice(0, instrument.indexOf('-'));
}
