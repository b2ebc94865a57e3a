// One name per Kraken pair. The same market is XBTUSD, XXBTZUSD, XBT/USD and BTC/USD; a rule must not be dodged by spelling.
import { isStrictObject, parseStrictJson } from '../json-strict.js';
import type { InstrumentList, InstrumentSource } from '../venue.js';

// Legacy four-letter codes: X for crypto, Z for currencies. Source: ccxt 4.5.84 kraken `commonCurrencies`, Kraken's Assets endpoint.
const legacyAssets: Readonly<Record<string, string>> = {
  XETC: 'ETC',
  XETH: 'ETH',
  XLTC: 'LTC',
  XMLN: 'MLN',
  XREP: 'REP',
  XXBT: 'BTC',
  XXDG: 'DOGE',
  XXLM: 'XLM',
  XXMR: 'XMR',
  XXRP: 'XRP',
  XZEC: 'ZEC',
  ZAUD: 'AUD',
  ZCAD: 'CAD',
  ZEUR: 'EUR',
  ZGBP: 'GBP',
  ZJPY: 'JPY',
  ZUSD: 'USD',
};
const renamedAssets: Readonly<Record<string, string>> = { XBT: 'BTC', XDG: 'DOGE' };

// What Kraken quotes in, longest first where one ends in another.
const quotes = [
  'PYUSD',
  'USDT',
  'USDC',
  'USDG',
  'USDQ',
  'USDR',
  'RLUSD',
  'EURQ',
  'EURR',
  'EURC',
  'DAI',
  'USD',
  'EUR',
  'GBP',
  'CAD',
  'AUD',
  'JPY',
  'CHF',
  'XBT',
  'BTC',
  'ETH',
  'DOT',
];

/** BTC of XXBT or XBT: an asset as `canonicalPair` names it. What is staked or on hold has a key of its own, with a suffix. */
export function assetOf(key: string): string {
  return legacyAssets[key] ?? renamedAssets[key] ?? key;
}

/** `BASE/QUOTE` with BTC and DOGE, as WebSocket v2 spells it; undefined when the spelling has no single reading. */
export function canonicalPair(spelled: string, instruments?: InstrumentList): string | undefined {
  if (instruments !== undefined) return instruments.get(spelled);
  if (!/^[A-Z0-9.]{2,12}\/?[A-Z0-9]{2,8}$/.test(spelled)) return undefined;
  const readings = new Set(readingsOf(spelled));
  return readings.size === 1 ? [...readings][0] : undefined;
}

/** The list that `GET /0/public/AssetPairs` gives: every key, altname and wsname. */
export const pairSource: InstrumentSource = {
  requests: () => [
    {
      method: 'GET',
      host: 'api.kraken.com',
      path: '/0/public/AssetPairs',
      query: '',
      headers: [],
      body: Buffer.alloc(0),
    },
  ],
  read: ([answer]) => (answer === undefined ? undefined : readAssetPairs(answer)),
};

function readingsOf(spelled: string): string[] {
  const [base, quote] = spelled.split('/');
  if (base !== undefined && quote !== undefined) return [nameOf(base, quote)];
  const legacy = [legacyAssets[spelled.slice(0, 4)], legacyAssets[spelled.slice(4)]];
  if (spelled.length === 8 && legacy[0] !== undefined && legacy[1] !== undefined)
    return [`${legacy[0]}/${legacy[1]}`];
  if (spelled === 'USDTZUSD') return ['USDT/USD'];
  return quotes
    .filter((candidate) => spelled.endsWith(candidate) && spelled.length > candidate.length + 1)
    .map((candidate) => nameOf(spelled.slice(0, -candidate.length), candidate));
}

function nameOf(base: string, quote: string): string {
  return `${assetOf(base)}/${assetOf(quote)}`;
}

function readAssetPairs(answer: Buffer): InstrumentList | undefined {
  const parsed = parseStrictJson(answer, { maxBytes: 16_777_216, maxValues: 2_000_000 });
  const result = parsed.ok && isStrictObject(parsed.value) ? parsed.value.get('result') : undefined;
  if (!isStrictObject(result)) return undefined;
  const list = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const [key, pair] of result) {
    const wsname = isStrictObject(pair) ? pair.get('wsname') : undefined;
    const altname = isStrictObject(pair) ? pair.get('altname') : undefined;
    const [base, quote] = typeof wsname === 'string' ? wsname.split('/') : [];
    if (base === undefined || quote === undefined || typeof altname !== 'string') continue;
    const canonical = nameOf(base, quote);
    for (const spelling of [key, altname, `${base}/${quote}`, canonical, canonical.replace('/', '')]) {
      if (list.has(spelling) && list.get(spelling) !== canonical) ambiguous.add(spelling);
      list.set(spelling, canonical);
    }
  }
  for (const spelling of ambiguous) list.delete(spelling);
  return list.size === 0 ? undefined : list;
}
