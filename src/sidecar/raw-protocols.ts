// Raw sockets of brokers and venues, known by host, port or first bytes, so that each is refused by its name and nobody takes the
// refusal for a fault. What is no HTTP can be neither inspected nor signed, so it is not carried. Pure.

/**
 * Sockets of TWS and IB Gateway (IBKR, TWS API, "Enable API connections"), and FIX of Binance (its FIX page), Bybit ("FIX API Integration
 * Guide"), Kraken ("Unified FIX"), Coinbase Exchange, Prime and International Exchange (their "FIX connectivity" pages) and Deribit
 * (crate deribit-fix 0.1.1). OKX and Alpaca tell their institutional clients alone where theirs are: they are known by name or bytes.
 */
const ports: ReadonlyMap<number, string> = new Map([
  [4001, 'IB Gateway (live), and of FIX order entry at Kraken'],
  [4002, 'IB Gateway (paper), and of FIX market data at Kraken'],
  [7496, 'TWS (live)'],
  [7497, 'TWS (paper)'],
  [4000, 'FIX market data'],
  [4003, 'FIX order entry'],
  [4004, 'FIX market data'],
  [4005, 'FIX market data'],
  [9000, 'FIX order entry'],
  [9001, 'FIX drop copy'],
  [9002, 'FIX market data'],
  [4198, 'FIX order entry'],
  [6110, 'FIX order entry'],
  [6120, 'FIX market data'],
  [6121, 'FIX order entry and market data'],
  [6122, 'FIX drop copy and market data'],
  [6130, 'FIX drop copy'],
  [9880, 'FIX'],
  [9881, 'FIX'],
  [9883, 'FIX'],
]);

/** `fix-oe.binance.com`, `colo-london.vip-fix.kraken.com`, `fix.prime.coinbase.com`: each of the venues above says so in its name. */
const fixHost = /(?:^|[.-])fix[.-]/i;

const advice = "a raw socket: only HTTP is carried; use the broker's web API";

/** Why the host's, or else the port's, protocol is not carried; undefined where neither is known for one. */
export function rawProtocolOf(host: string, port?: number): string | undefined {
  if (fixHost.test(host)) return `the host is one of FIX, ${advice}`;
  const name = port === undefined ? undefined : ports.get(port);
  return name === undefined ? undefined : `port ${port} is that of ${name}, ${advice}`;
}

/**
 * First bytes of clients that speak first: a FIX message's BeginString (FIX 4.0 to FIXT.1.1, tag 8), and the greeting of the TWS API
 * (ibapi, client.py, `v100prefix`).
 */
const greetings: readonly (readonly [string, string])[] = [
  ['8=FIX', 'FIX'],
  ['API\0', "the TWS API of IBKR's TWS and IB Gateway"],
];

/** The protocol that bytes begin with, by name; undefined for others, and for fewer bytes than tell. */
export function rawProtocolIn(bytes: Buffer): string | undefined {
  return greetings.find(([text]) => bytes.subarray(0, text.length).equals(Buffer.from(text)))?.[1];
}
