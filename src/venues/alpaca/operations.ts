// Alpaca's operations: the trading and the market data API.
// Sources: @alpacahq/alpaca-trade-api 4.0.2 src/{trading,market-data}/apis, ccxt 4.5.84 alpaca `api`, alpaca-py trading/client.py.
import { parseStrictForm } from '../form-strict.js';
import { compileTable, readTable, type SegmentPatterns } from '../operation-table.js';
import type { Classification, ClassifiedRequest } from '../venue.js';
import { hosts } from './hosts.js';

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
// A share, an option (OCC), a pair with or without its escaped slash.
const symbol = '[A-Z0-9]{1,21}(?:[.-][A-Z0-9]{1,3}|%2[Ff][A-Z]{3,5})?';

const segments: SegmentPatterns = {
  id: new RegExp(`^${uuid}$`),
  symbol: new RegExp(`^${symbol}$`),
  symbol_or_id: new RegExp(`^(?:${symbol}|${uuid})$`),
  activity: /^[A-Z]{2,12}$/,
  market: /^[A-Za-z]{2,12}$/,
  loc: /^[a-z]{2}(?:-[0-9])?$/,
  tick: /^(?:trade|quote|bar)$/,
};

// Not here, hence unknown: writes to watchlists (text that stays in the account), the event streams of v2beta1.
export const operations = readTable(
  {
    api: 'trading',
    read: `
      GET /v2/ account orders orders/{id} orders:by_client_order_id positions positions/{symbol_or_id}
      GET /v2/account/ portfolio/history configurations activities activities/{activity}
      GET /v2/ assets assets/{symbol_or_id} options/contracts options/contracts/{symbol_or_id} calendar clock
      GET /v2/ corporate_actions/announcements corporate_actions/announcements/{id}
      GET /v2/ watchlists watchlists/{id} watchlists:by_name
      GET /v3/ clock calendar/{market}
      GET /v1/ locates locates/{id} locates/quotes
    `,
    // Closing a position and exercising an option trade: docs.alpaca.markets "Exercise an Options Position".
    order: `
      POST /v2/ orders
      DELETE /v2/ positions positions/{symbol_or_id}
      POST /v2/positions/{symbol_or_id}/ exercise
    `,
    amend: `
      PATCH /v2/orders/{id}
      PUT /v2/orders/{id}
    `,
    cancel: 'DELETE /v2/ orders orders/{id}',
    // No orders, since nothing is bought or sold, found again or cancelled: settings that can lift a suspension of trading, allow shorting
    // and raise the margin multiplier; "Do Not Exercise an Options Position" lets what is in the money expire, and only Alpaca's support
    // takes it back; a locate ("Locates API", changelog of 2026-06-22) reserves shares to sell short, for a fee on the whole lot.
    risk: `
      PATCH /v2/account/configurations
      POST /v2/positions/{symbol_or_id}/ do-not-exercise
      POST /v1/ locates
    `,
    funds: `
      * /v2/wallets/**
      * /v2/tokenization/**
      GET /v2/ tokenization/requests:by_client_request_id
      * /v1/wallets/**
      * /v1/tokenization/**
    `,
  },
  {
    api: 'data',
    public: `
      GET /v1beta3/crypto/{loc}/ bars quotes trades snapshots latest/bars latest/quotes latest/trades latest/orderbooks
    `,
    read: `
      GET /v2/stocks/ bars quotes trades snapshots auctions bars/latest quotes/latest trades/latest
      GET /v2/stocks/ meta/exchanges meta/conditions/{tick}
      GET /v2/stocks/{symbol}/ bars quotes trades snapshot auctions bars/latest quotes/latest trades/latest
      GET /v1beta1/options/ bars trades trades/latest quotes/latest snapshots snapshots/{symbol}
      GET /v1beta1/options/ meta/exchanges meta/conditions/{tick}
      GET /v1beta1/crypto-perps/{loc}/latest/ bars quotes trades orderbooks pricing
      GET /v1beta1/ news corporate-actions logos/{symbol} forex/rates forex/latest/rates
      GET /v1beta1/ indices/values indices/latest/values fixed_income/latest/prices fixed_income/latest/quotes
      GET /v1beta1/screener/ stocks/most-actives {market}/movers
      GET /v1/ corporate-actions
    `,
  },
);

const match = compileTable(operations, hosts, segments);
/** Closing positions takes its size in the query. */
const withQuery = /^v2\/positions(?:$|\/\{symbol_or_id\}$)/;

/** Compares host, method and path as they are on the wire. */
export function classify(request: ClassifiedRequest): Classification {
  const found = match(request);
  if (found.class === 'unknown') return unknown('Alpaca has no row for this host, method and path');
  if (request.method !== 'GET' && request.query !== '' && !withQuery.test(found.operation)) {
    return unknown(`${found.operation} takes no query`);
  }
  const query = parseStrictForm(request.query, { plus: 'space', maxBytes: 16_384 });
  return query.ok ? found : unknown(query.message);
}

function unknown(reason: string): Classification {
  return { class: 'unknown', operation: 'unknown', isPublic: false, reason };
}
