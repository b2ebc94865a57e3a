// Kraken Futures' operations. Sources: docs.kraken.com Futures REST reference, ccxt 4.5.84 krakenfutures `api`, krakenfx/api-go.
import { readTable } from '../operation-table.js';

export const segments = {
  symbol: /^[A-Za-z0-9_]{3,40}$/,
  tick: /^(?:spot|mark|trade)$/,
  resolution: /^(?:1m|5m|15m|30m|1h|4h|12h|1d|1w)$/,
  uid: /^[A-Za-z0-9-]{1,64}$/,
};

export const api = '/derivatives/api/v3';

export const paths = {
  send: `${api}/sendorder`,
  batch: `${api}/batchorder`,
  edit: `${api}/editorder`,
  cancel: `${api}/cancelorder`,
  status: `${api}/orders/status`,
  cancelAll: `${api}/cancelallorders`,
  cancelAllAfter: `${api}/cancelallordersafter`,
} as const;

// Not here, hence unknown to the box: the key check (what the key may do), which the sidecar alone asks for.
export const operations = readTable({
  public: `
    GET ${api}/ feeschedules instruments instruments/status instruments/{symbol}/status orderbook tickers
    GET ${api}/ tickers/{symbol} history historical-funding-rates
    GET /derivatives/api/v4/ historicalfundingrates
    GET /api/charts/v1/ {tick}/{symbol}/{resolution} analytics/liquidity-pool
    GET /api/history/v2/ market/{symbol}/orders market/{symbol}/executions market/{symbol}/price
    GET /api/history/v3/ market/{symbol}/orders market/{symbol}/executions market/{symbol}/price
  `,
  read: `
    GET ${api}/ feeschedules/volumes openpositions notifications accounts openorders recentorders fills
    GET ${api}/ transfers leveragepreferences pnlpreferences orders/status unwindqueue self-trade-strategy
    GET ${api}/ subaccounts subaccount/{uid}/trading-enabled initialmargin initialmargin/maxordersize
    GET ${api}/ assignmentprogram/current assignmentprogram/history rfq-assignment/max-leverage
    POST ${api}/ orders/status
    GET /api/history/v2/ orders executions triggers accountlogcsv account-log positions
    GET /api/history/v3/ orders executions triggers accountlogcsv account-log positions
  `,
  order: `POST ${api}/ sendorder batchorder`,
  amend: `POST ${api}/ editorder`,
  cancel: `POST ${api}/ cancelorder cancelallorders cancelallordersafter`,
  risk: `
    PUT ${api}/ leveragepreferences pnlpreferences self-trade-strategy rfq-assignment/max-leverage
    DELETE ${api}/ rfq-assignment/max-leverage
  `,
  // An assignment program makes the account take over positions of others.
  funds: `
    POST ${api}/ transfer transfer/subaccount withdrawal assignmentprogram/add assignmentprogram/delete
    PUT ${api}/ subaccount/{uid}/trading-enabled
  `,
});
