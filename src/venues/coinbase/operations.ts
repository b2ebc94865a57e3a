// Coinbase Advanced Trade (api/v3/brokerage) and the Coinbase App API (v2) on the same host, where every write moves money.
// Sources: docs.cdp.coinbase.com Advanced Trade REST reference, ccxt 4.5.84 coinbase `api`, coinbase-api 1.2.6 CBAdvancedTradeClient.
import { readTable } from '../operation-table.js';

const identifier = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;

export const segments = {
  id: identifier,
  product: /^[A-Z0-9]{1,20}(?:-[A-Z0-9]{1,20}){1,3}$/,
  symbol: /^[A-Z0-9-]{1,40}$/,
};

export const ordersPath = '/api/v3/brokerage/orders';

// Not here, hence unknown: key_permissions (what the key may do).
export const operations = readTable({
  public: `
    GET /api/v3/brokerage/ time market/product_book market/products market/products/{product}
    GET /api/v3/brokerage/market/products/ {product}/candles {product}/ticker
    GET /v2/ currencies currencies/crypto time exchange-rates
    GET /v2/prices/ {symbol}/buy {symbol}/sell {symbol}/spot
  `,
  read: `
    GET /api/v3/brokerage/ accounts accounts/{id} orders/historical/batch orders/historical/fills
    GET /api/v3/brokerage/ orders/historical/{id} products products/{product} products/{product}/candles
    GET /api/v3/brokerage/ products/{product}/ticker best_bid_ask product_book transaction_summary
    GET /api/v3/brokerage/ portfolios portfolios/{id} convert/trade/{id}
    GET /api/v3/brokerage/cfm/ balance_summary positions positions/{product} sweeps
    GET /api/v3/brokerage/cfm/ intraday/current_margin_window intraday/margin_setting
    GET /api/v3/brokerage/intx/ balances/{id} portfolio/{id} positions/{id} positions/{id}/{symbol}
    GET /api/v3/brokerage/ payment_methods payment_methods/{id}
    POST /api/v3/brokerage/orders/ preview edit_preview
    GET /v2/ accounts accounts/{id} accounts/{id}/addresses accounts/{id}/addresses/{id}
    GET /v2/ accounts/{id}/addresses/{id}/transactions accounts/{id}/transactions
    GET /v2/ accounts/{id}/transactions/{id} accounts/{id}/buys accounts/{id}/buys/{id}
    GET /v2/ accounts/{id}/sells accounts/{id}/sells/{id} accounts/{id}/deposits
    GET /v2/ accounts/{id}/deposits/{id} accounts/{id}/withdrawals accounts/{id}/withdrawals/{id}
    GET /v2/ payment-methods payment-methods/{id} user
  `,
  order: 'POST /api/v3/brokerage/ orders orders/close_position',
  amend: 'POST /api/v3/brokerage/orders/ edit',
  cancel: 'POST /api/v3/brokerage/orders/ batch_cancel',
  risk: 'POST /api/v3/brokerage/ cfm/intraday/margin_setting intx/multi_asset_collateral',
  funds: `
    POST /api/v3/brokerage/ portfolios portfolios/move_funds convert/quote convert/trade/{id}
    POST /api/v3/brokerage/ cfm/sweeps/schedule intx/allocate
    PUT /api/v3/brokerage/portfolios/{id}
    DELETE /api/v3/brokerage/ portfolios/{id} cfm/sweeps
    # The App API's writes send, buy, sell, deposit, withdraw, or make addresses.
    POST /v2/**
    PUT /v2/**
    PATCH /v2/**
    DELETE /v2/**
  `,
});
