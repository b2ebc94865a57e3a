// S4: Binance's whole table, one part per API, and the matcher over it.
import { compileTable, joinTables } from '../operation-table.js';
import type { Classification, ClassifiedRequest } from '../venue.js';
import { hosts } from './hosts.js';
import {
  coinmOperations,
  optionsOperations,
  portfolioOperations,
  usdmOperations,
} from './operations-derivatives.js';
import { sapiOperations, spotOperations } from './operations-spot.js';
import { readParameters } from './parameters.js';
import { isListenKey } from './session-tokens.js';

export const operations = joinTables(
  spotOperations,
  sapiOperations,
  usdmOperations,
  coinmOperations,
  optionsOperations,
  portfolioOperations,
);

const match = compileTable(operations, hosts);

/** Compares host, method and path as they are on the wire, and wants a query that can be read one way only. */
export function classify(request: ClassifiedRequest): Classification {
  const found = match(request);
  if (found.class === 'unknown')
    return { ...found, reason: 'Binance has no row for this host, method and path' };
  const query = readParameters({ query: request.query, body: Buffer.alloc(0) });
  if (query.ok) return found;
  return { class: 'unknown', operation: 'unknown', isPublic: false, reason: query.message };
}

/** Operations of the security type that wants the API key without a signature (USDⓈ-M and COIN-M docs: MARKET_DATA, USER_STREAM). */
export function needsKeyOnly(operation: string): boolean {
  return operation.endsWith('/historicalTrades') || isListenKey(operation);
}
