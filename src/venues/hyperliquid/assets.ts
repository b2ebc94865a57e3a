// Hyperliquid names markets by number; only the venue's list tells which. Perpetuals count from 0, spot pairs from 10000.
// Source: hyperliquid.gitbook.io "Asset IDs". Markets of builder-deployed exchanges (from 100000) are not in the list: refused.
import type { HttpRequest } from '../../core/http.js';
import { isStrictObject, JsonNumber, parseStrictJson, type StrictJson } from '../json-strict.js';
import type { InstrumentList, InstrumentSource } from '../venue.js';
import { infoPath } from './actions.js';

const spotBase = 10_000;

/** Of a market's number, as text; of builder-deployed exchanges all are. */
export const isPerpetual = (index: string): boolean => !/^1\d{4}$/.test(index);

export const assetSource: InstrumentSource = {
  requests: (environment) => ['meta', 'spotMeta'].map((type) => infoRequest(environment === 'demo', type)),
  read: ([meta, spotMeta]) =>
    meta === undefined || spotMeta === undefined ? undefined : readAssets(meta, spotMeta),
};

function infoRequest(isTestnet: boolean, type: string): Omit<HttpRequest, 'port'> {
  return {
    method: 'POST',
    host: isTestnet ? 'api.hyperliquid-testnet.xyz' : 'api.hyperliquid.xyz',
    path: infoPath,
    query: '',
    headers: [['content-type', 'application/json']],
    body: Buffer.from(JSON.stringify({ type })),
  };
}

function readAssets(meta: Buffer, spotMeta: Buffer): InstrumentList | undefined {
  const perpetuals = universeOf(meta);
  const pairs = universeOf(spotMeta);
  if (perpetuals === undefined || pairs === undefined) return undefined;
  const list = new Map<string, string>();
  for (const [index, market] of perpetuals.entries()) add(list, index, market);
  for (const pair of pairs) {
    const index = isStrictObject(pair) ? pair.get('index') : undefined;
    if (!(index instanceof JsonNumber) || !/^\d{1,5}$/.test(index.text)) return undefined;
    add(list, spotBase + Number(index.text), pair);
  }
  return list;
}

function add(list: Map<string, string>, index: number, market: StrictJson): void {
  const name = isStrictObject(market) ? market.get('name') : undefined;
  if (typeof name === 'string') list.set(String(index), name);
}

function universeOf(answer: Buffer): readonly StrictJson[] | undefined {
  const parsed = parseStrictJson(answer, { maxBytes: 16_777_216, maxValues: 2_000_000 });
  const universe = parsed.ok && isStrictObject(parsed.value) ? parsed.value.get('universe') : undefined;
  return Array.isArray(universe) ? (universe as readonly StrictJson[]) : undefined;
}
