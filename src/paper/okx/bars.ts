// OKX's candle bars: their lengths, and where they begin. Bars of six hours and more begin at Hong Kong's midnight unless `utc`.

const hour = 3600;
const day = 24 * hour;
const hongKong = 8 * hour;

const seconds: ReadonlyMap<string, number> = new Map([
  ['1s', 1],
  ['1m', 60],
  ['3m', 180],
  ['5m', 300],
  ['15m', 900],
  ['30m', 1800],
  ['1H', hour],
  ['2H', 2 * hour],
  ['4H', 4 * hour],
  ['6H', 6 * hour],
  ['12H', 12 * hour],
  ['1D', day],
  ['2D', 2 * day],
  ['3D', 3 * day],
  ['1W', 7 * day],
]);
const months: ReadonlyMap<string, number> = new Map([
  ['1M', 1],
  ['3M', 3],
]);
/** 1970-01-05 was a Monday. */
const firstMonday = 4 * day;

export interface Bar {
  /** The first second of the bar that holds a second. */
  startOf(second: number): number;
  /** The first second of the bar after the one that begins at `start`. */
  next(start: number): number;
  /** The first second of the bar before the one that begins at `start`. */
  previous(start: number): number;
}

/** Undefined for a bar that OKX does not have. */
export function findBar(name: string): Bar | undefined {
  const isUtc = name.endsWith('utc');
  const plain = isUtc ? name.slice(0, -3) : name;
  const length = seconds.get(plain);
  if (length !== undefined && (!isUtc || length >= 6 * hour)) {
    const zone = isUtc || length < 6 * hour ? 0 : hongKong;
    return evenBar(length, plain === '1W' ? firstMonday - zone : -zone);
  }
  const count = months.get(plain);
  return count === undefined ? undefined : monthBar(count, isUtc ? 0 : hongKong);
}

function evenBar(length: number, origin: number): Bar {
  return {
    startOf: (second) => Math.floor((second - origin) / length) * length + origin,
    next: (start) => start + length,
    previous: (start) => start - length,
  };
}

function monthBar(count: number, zone: number): Bar {
  const startOf = (second: number, shift = 0) => {
    const local = new Date((second + zone) * 1000);
    const month = Math.floor(local.getUTCMonth() / count) * count + shift * count;
    return Date.UTC(local.getUTCFullYear(), month) / 1000 - zone;
  };
  return {
    startOf: (second) => startOf(second),
    next: (start) => startOf(start, 1),
    previous: (start) => startOf(start, -1),
  };
}
