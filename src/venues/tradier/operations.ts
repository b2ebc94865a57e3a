// Tradier's operations. Source: documentation.tradier.com/brokerage-api (accounts, markets, trading, user, watchlists).
import { parseStrictForm } from '../form-strict.js';
import { compileTable, readTable, type SegmentPatterns } from '../operation-table.js';
import type { Classification, ClassifiedRequest } from '../venue.js';
import { hosts } from './hosts.js';
import { sessionPaths } from './session-tokens.js';

const segments: SegmentPatterns = {
  account: /^[A-Z0-9]{4,16}$/,
  order: /^[0-9]{1,20}$/,
  watchlist: /^[a-z0-9-]{1,64}$/,
};

// Not here, hence unknown: oauth/accesstoken; writes to watchlists (text that stays in the account). Tradier has no withdrawal API for its customers' tokens.
export const operations = readTable({
  read: `
    GET /v1/user/profile
    GET /v1/accounts/{account}/ balances positions history gainloss orders orders/{order} historical-balances
    GET /v1/markets/ quotes history timesales clock calendar search lookup etb
    GET /v1/markets/options/ chains strikes expirations lookup
    POST /v1/markets/quotes
    POST / ${sessionPaths.join(' ')}
    GET /beta/markets/fundamentals/ company calendars dividends corporate_actions ratios financials statistics
    GET /v1/ watchlists watchlists/{watchlist}
  `,
  order: 'POST /v1/accounts/{account}/orders',
  amend: 'PUT /v1/accounts/{account}/orders/{order}',
  cancel: 'DELETE /v1/accounts/{account}/orders/{order}',
});

const match = compileTable(operations, hosts, segments);

/** Compares host, method and path as they are on the wire. A query counts on GET alone: orders are forms. */
export function classify(request: ClassifiedRequest): Classification {
  const found = match(request);
  if (found.class === 'unknown') return unknown('Tradier has no row for this host, method and path');
  if (request.method !== 'GET' && request.query !== '') return unknown(`${found.operation} takes no query`);
  const query = parseStrictForm(request.query, { plus: 'space', maxBytes: 16_384 });
  return query.ok ? found : unknown(query.message);
}

function unknown(reason: string): Classification {
  return { class: 'unknown', operation: 'unknown', isPublic: false, reason };
}
