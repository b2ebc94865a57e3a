// What the paper exchange trades: invented prices, real increments (OKX v5 public/instruments, seen November 2026).
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';

interface Increments {
  /** Smallest price step, in quote currency. */
  tickSize: Decimal;
  /** Smallest quantity step and smallest quantity, in base currency or contracts. */
  lotSize: Decimal;
  minSize: Decimal;
  /** Largest quantity of one order, in base currency or contracts. */
  maxSize: Decimal;
  /** Share of the notional, or of what a spot trade brings in. */
  makerFee: Decimal;
  takerFee: Decimal;
  /** The price around which the path swings, in ticks. */
  baseTicks: bigint;
  /** Distance of the best bid and ask from the last price, and between levels of the book, in ticks. */
  halfSpreadTicks: bigint;
  levelTicks: bigint;
  /** Typical size of one level of the book, in lots. */
  levelLots: bigint;
}

export interface SpotInstrument extends Increments {
  kind: 'spot';
  symbol: string;
  base: string;
  quote: string;
}

export interface SwapInstrument extends Increments {
  kind: 'swap';
  symbol: string;
  /** The spot symbol whose path it follows. */
  underlying: string;
  base: string;
  quote: string;
  /** Currency of margin, profit and fees. */
  settle: string;
  /** What one contract stands for: base currency, or quote currency where the contract is inverse. */
  contractValue: Decimal;
  /** Worth a sum of quote currency, with margin, profit and fees in base currency. */
  isInverse?: true;
  /** The day of its delivery, `2028-03-31`; perpetual when absent. Nothing is delivered on paper. */
  delivery?: string;
  /** A share sold short, at the share's own prices: no contract of its own. */
  isShortSale?: true;
  /** An option of shares, paid in full and never sold before it is held. */
  option?: OptionTerms;
}

export interface OptionTerms {
  type: 'call' | 'put';
  /** Dollars a share. */
  strike: string;
  /** `2028-01-21` */
  expiration: string;
  /** By how many times the share's swing the premium swings; negative for puts, which gain when it falls. */
  elasticity: bigint;
}

export type Instrument = SpotInstrument | SwapInstrument;

/** Fixed: the path swings less than a third, so at this leverage no loss can exceed its margin and nothing is liquidated. */
export const leverage = decimal('3');

/** Half a short sale's worth beside its proceeds: initial margin is 150 % (Regulation T, 12 CFR 220.12(c)). */
const shortSaleLeverage = decimal('2');
const paidInFull = decimal('1');

/** How many times its initial margin a position is worth. */
export function leverageOf(instrument: SwapInstrument): Decimal {
  if (instrument.option !== undefined) return paidInFull;
  return instrument.isShortSale === true ? shortSaleLeverage : leverage;
}

const spotFees = { makerFee: decimal('0.0008'), takerFee: decimal('0.001') };
const swapFees = { makerFee: decimal('0.0002'), takerFee: decimal('0.0005') };

type SpotRow = readonly [base: string, price: string, tick: string, lot: string, min: string, max: string];

// Level sizes are worth roughly 20,000 USDT, levels stand roughly 0.5 basis points apart.
const spotRows: readonly SpotRow[] = [
  ['BTC', '92000', '0.1', '0.00000001', '0.00001', '500'],
  ['ETH', '3100', '0.01', '0.000001', '0.0001', '10000'],
  ['SOL', '142', '0.01', '0.000001', '0.001', '200000'],
  ['XRP', '2.2', '0.0001', '0.000001', '1', '10000000'],
  ['DOGE', '0.16', '0.00001', '0.000001', '10', '100000000'],
  ['LTC', '88', '0.01', '0.000001', '0.01', '200000'],
];

type SwapRow = readonly [base: string, contractValue: string, tick: string, lot: string, max: string];

const swapRows: readonly SwapRow[] = [
  ['BTC', '0.01', '0.1', '0.01', '50000'],
  ['ETH', '0.1', '0.01', '0.01', '100000'],
  ['SOL', '1', '0.01', '0.01', '200000'],
  ['XRP', '100', '0.0001', '0.01', '100000'],
];

function spot([base, price, tick, lot, min, max]: SpotRow): SpotInstrument {
  return {
    kind: 'spot',
    symbol: `${base}-USDT`,
    base,
    quote: 'USDT',
    ...increments(price, tick, lot, min, max, '1'),
    ...spotFees,
  };
}

type ShareRow = readonly [symbol: string, price: string];

// Invented prices around those of November 2026; a cent and a share are the smallest steps (SEC Rule 612), no commission.
const shareRows: readonly ShareRow[] = [
  ['AAPL', '270'],
  ['MSFT', '500'],
  ['NVDA', '190'],
  ['SPY', '660'],
  ['F', '13'],
];

/** A share is traded like a pair: dollars are the account's USDT. */
function share([base, price]: ShareRow): SpotInstrument {
  return {
    kind: 'spot',
    symbol: `${base}.US`,
    base,
    quote: 'USDT',
    ...increments(price, '0.01', '1', '1', '100000', '1'),
    makerFee: decimal('0'),
    takerFee: decimal('0'),
  };
}

/** What is owed of a share, as a position that is only ever short; its proceeds stay with the broker until it is covered. */
function shortSale(owed: SpotInstrument): SwapInstrument {
  return {
    ...owed,
    kind: 'swap',
    symbol: `${owed.symbol}-SHORT`,
    underlying: owed.symbol,
    settle: owed.quote,
    contractValue: decimal('1'),
    isShortSale: true,
  };
}

type OptionRow = readonly [share: string, strike: string, call: string, put: string, tick: string];

/** The third Friday of January 2028. */
const expiration = '2028-01-21';

// One strike each, with invented premiums; nothing expires on paper; steps of the penny program (Cboe Rule 5.4: SPY in cents at any premium).
const optionRows: readonly OptionRow[] = [
  ['AAPL', '270', '36', '24', '0.05'],
  ['MSFT', '500', '68', '44', '0.05'],
  ['NVDA', '190', '40', '32', '0.05'],
  ['SPY', '660', '62', '40', '0.01'],
  ['F', '13', '1.8', '1.9', '0.01'],
];

/** Contracts of 100 shares by their OCC symbols: root, date, `C` or `P`, strike in thousandths. */
function optionsOf([base, strike, call, put, tick]: OptionRow): readonly SwapInstrument[] {
  const date = expiration.slice(2).replaceAll('-', '');
  const thousandths = whole(decimal(strike).times(decimal('1000'))).toString();
  const option = (type: 'call' | 'put', premium: string): SwapInstrument => ({
    kind: 'swap',
    symbol: `${base}${date}${type === 'call' ? 'C' : 'P'}${thousandths.padStart(8, '0')}`,
    underlying: `${base}.US`,
    base,
    quote: 'USDT',
    settle: 'USDT',
    contractValue: decimal('100'),
    ...increments(premium, tick, '1', '1', '10000', '100'),
    makerFee: decimal('0'),
    takerFee: decimal('0'),
    option: { type, strike, expiration, elasticity: type === 'call' ? 4n : -4n },
  });
  return [option('call', call), option('put', put)];
}

function swap([base, contractValue, tick, lot, max]: SwapRow): SwapInstrument {
  const price = priceOf(base);
  return {
    kind: 'swap',
    symbol: `${base}-USDT-SWAP`,
    underlying: `${base}-USDT`,
    base,
    quote: 'USDT',
    settle: 'USDT',
    contractValue: decimal(contractValue),
    ...increments(price, tick, lot, lot, max, contractValue),
    ...swapFees,
  };
}

type InverseRow = readonly [symbol: string, base: string, contractValue: string, tick: string, max: string];

// Binance COIN-M exchangeInfo, contractSize and filters (ccxt 4.5.84 static markets); OKX's `ctVal` are the same.
const inverseRows: readonly InverseRow[] = [
  ['BTC-USD-SWAP', 'BTC', '100', '0.1', '1000000'],
  ['ETH-USD-SWAP', 'ETH', '10', '0.01', '1000000'],
];

// One contract is one dollar: Kraken Futures' PI_ instruments (`tickSize` 0.5, `contractSize` 1), Bybit's category inverse.
const dollarRows: readonly InverseRow[] = [
  ['BTC-USD1-SWAP', 'BTC', '1', '0.5', '1000000'],
  ['ETH-USD1-SWAP', 'ETH', '1', '0.05', '1000000'],
];

/** Whole contracts only. */
function inverse([symbol, base, contractValue, tick, max]: InverseRow): SwapInstrument {
  const price = priceOf(base);
  const unit = decimal(contractValue).div(decimal(price)).round(16);
  return {
    kind: 'swap',
    symbol,
    underlying: `${base}-USDT`,
    base,
    quote: 'USD',
    settle: base,
    contractValue: decimal(contractValue),
    isInverse: true,
    ...increments(price, tick, '1', '1', max, formatDecimal(unit)),
    ...swapFees,
  };
}

/** The last Friday of a quarter, as all four venues deliver. */
const delivery = '2028-03-31';

/** The perpetual's terms: BTC-USD-280331. */
function dated(row: InverseRow): SwapInstrument {
  const date = delivery.slice(2).replaceAll('-', '');
  const { symbol, ...terms } = inverse(row);
  return { ...terms, symbol: symbol.replace(/SWAP$/, date), delivery };
}

function priceOf(base: string): string {
  const price = spotRows.find(([name]) => name === base)?.[1];
  if (price === undefined) throw new Error(`no spot price for the swap of ${base}`);
  return price;
}

function increments(price: string, tick: string, lot: string, min: string, max: string, unit: string) {
  const ticks = decimal(price).div(decimal(tick));
  const worthOfLot = decimal(price).times(decimal(lot)).times(decimal(unit));
  const step = whole(ticks.div(decimal('20000')));
  return {
    tickSize: decimal(tick),
    lotSize: decimal(lot),
    minSize: decimal(min),
    maxSize: decimal(max),
    baseTicks: whole(ticks),
    halfSpreadTicks: 1n,
    levelTicks: step > 1n ? step : 1n,
    levelLots: whole(decimal('20000').div(worthOfLot)),
  };
}

function whole(value: Decimal): bigint {
  return BigInt(value.toFixed(0));
}

/** Pairs and perpetuals of crypto venues. */
export const instruments: readonly Instrument[] = [...spotRows.map(spot), ...swapRows.map(swap)];

/** What stock brokers list. */
export const shares: readonly SpotInstrument[] = shareRows.map(share);

/** The same shares, sold short: `AAPL.US-SHORT`. */
export const shortSales: readonly SwapInstrument[] = shares.map(shortSale);

/** Options of those shares. */
export const shareOptions: readonly SwapInstrument[] = optionRows.flatMap(optionsOf);

/** Perpetuals that are margined in the coin itself. */
export const inverseSwaps: readonly Instrument[] = inverseRows.map(inverse);

/** The same in contracts of one dollar. */
export const dollarSwaps: readonly Instrument[] = dollarRows.map(inverse);

/** Both with a day of delivery, and no funding. */
export const inverseFutures: readonly SwapInstrument[] = inverseRows.map(dated);
export const dollarFutures: readonly SwapInstrument[] = dollarRows.map(dated);

const bySymbol = new Map(
  [
    ...instruments,
    ...shares,
    ...shortSales,
    ...shareOptions,
    ...inverseSwaps,
    ...dollarSwaps,
    ...inverseFutures,
    ...dollarFutures,
  ].map((instrument) => [instrument.symbol, instrument]),
);

export function findInstrument(symbol: string): Instrument | undefined {
  return bySymbol.get(symbol);
}

/** What an account begins with, by currency. */
export const openingBalances: ReadonlyMap<string, Decimal> = new Map([
  ['USDT', decimal('100000')],
  ['BTC', decimal('1')],
  ['ETH', decimal('10')],
]);
