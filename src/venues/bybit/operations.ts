// Bybit's operations, v5. Sources: bybit-exchange/docs docs/v5 (2026-07-24), ccxt 4.5.84 bybit `api`, bybit-api 4.7.7 rest-client-v5.
import { parseStrictForm } from '../form-strict.js';
import { compileTable, readTable } from '../operation-table.js';
import type { Classification, ClassifiedRequest } from '../venue.js';
import { hosts } from './hosts.js';

// Not here, hence unknown: the reads of the v3 generations (their signatures differ), apilimit, affiliate, compliance,
// and everything of alpha but its orders.
export const operations = readTable({
  public: `
    GET /v3/public/ time
    GET /v5/ announcements/index system/status
    GET /v5/market/ time kline mark-price-kline index-price-kline premium-index-price-kline instruments-info
    GET /v5/market/ orderbook rpi_orderbook full_orderbook tickers funding/history recent-trade open-interest
    GET /v5/market/ historical-volatility insurance risk-limit delivery-price new-delivery-price account-ratio
    GET /v5/market/ index-price-components price-limit adlAlert fee-group-info
    GET /v5/spread/ instrument orderbook recent-trade tickers
    GET /v5/event/ instruments-info orderbook
    GET /v5/spot-lever-token/ info reference
    GET /v5/spot-margin-trade/ data collateral
  `,
  // user/query-api says what the key itself may do; ccxt asks it before most calls. Its answer names the key: scrubbed (S6).
  read: `
    GET /v5/user/ query-api get-member-type
    GET /v5/order/ realtime history spot-borrow-check
    GET /v5/execution/ list
    GET /v5/position/ list closed-pnl get-closed-positions symbol-info
    GET /v5/account/ wallet-balance info instruments-info collateral-info option-asset-info fee-rate transaction-log
    GET /v5/account/ contract-transaction-log query-dcp-info user-setting-config trade-info-for-analysis smp-group
    GET /v5/account/ mmp-state
    GET /v5/asset/ coin-greeks asset-overview delivery-record settlement-record portfolio-margin coin/query-info
    GET /v5/asset/exchange/ order-record query-coin-list convert-result-query query-convert-history
    GET /v5/pre-upgrade/ order/history execution/list position/closed-pnl account/transaction-log
    GET /v5/pre-upgrade/asset/ delivery-record settlement-record
    GET /v5/spread/ order/realtime order/history execution/list max-qty
    GET /v5/rfq/ config rfq-list rfq-realtime rfq-detail-list quote-list quote-realtime trade-list public-trades
    GET /v5/event/ order-realtime order-list positions trades settlements
    GET /v5/spot-lever-token/ order-record
    GET /v5/spot-margin-trade/ state position-tiers coinstate currency-data interest-rate-history
    GET /v5/fiat/ query-coin-list reference-price trade-query query-trade-history
    GET /v5/strategy/ list order-list
    POST /v5/order/ pre-check
    POST /v5/asset/exchange/ quote-apply
    POST /v5/fiat/ quote-apply
  `,
  // What only asks for a price commits the account to nothing, and is read; an inquiry for a block trade tells others what it wants.
  order: `
    POST /v5/order/ create create-batch
    POST /v5/position/ trading-stop
    POST /v5/spread/order/ create
    POST /v5/rfq/ create-rfq create-quote execute-quote accept-other-quote
    POST /v5/event/ quotes
    POST /v5/strategy/ create
    POST /v5/spot-lever-token/ purchase redeem
    POST /v5/alpha/ prediction/buy prediction/sell trade/purchase trade/redeem
    POST /v5/asset/exchange/ convert-execute
    POST /v5/fiat/ trade-execute
    POST /spot/v3/private/ order purchase redeem
    POST /contract/v3/private/ order/create position/trading-stop
    POST /contract/v3/private/copytrading/ order/create order/close position/close order/trading-stop
    POST /unified/v3/private/ order/create order/create-batch position/trading-stop
  `,
  amend: `
    POST /v5/order/ amend amend-batch
    POST /v5/spread/order/ amend
    POST /contract/v3/private/order/ replace
    POST /unified/v3/private/order/ replace replace-batch
  `,
  cancel: `
    POST /v5/order/ cancel cancel-all cancel-batch disconnected-cancel-all
    POST /v5/spread/order/ cancel cancel-all
    POST /v5/rfq/ cancel-rfq cancel-all-rfq cancel-quote cancel-all-quotes
    POST /v5/event/ cancel
    POST /v5/strategy/ stop
  `,
  risk: `
    POST /v5/position/ set-leverage switch-mode switch-isolated set-risk-limit set-auto-add-margin add-margin
    POST /v5/position/ set-tpsl-mode confirm-pending-mmr
    POST /v5/account/ set-margin-mode set-hedging-mode set-collateral-switch set-collateral-switch-batch
    POST /v5/account/ upgrade-to-uta mmp-modify mmp-reset set-limit-px-action set-delta-mode
    POST /v5/spot-margin-trade/ switch-mode set-leverage set-auto-repay-mode
  `,
  funds: `
    * /v5/asset/withdraw/**
    * /v5/asset/transfer/**
    * /v5/asset/deposit/**
    * /v5/asset/travel-rule/**
    * /v5/asset/covert/**
    * /v5/asset/convert/**
    * /v5/asset/fundinghistory/**
    * /v5/asset/total-members-assets/**
    * /v5/account/withdrawal/**
    * /v5/account/pay-info/**
    * /v5/account/borrow/**
    * /v5/account/borrow-history/**
    * /v5/account/repay/**
    * /v5/account/no-convert-repay/**
    * /v5/account/quick-repayment/**
    * /v5/account/demo-apply-money/**
    * /v5/position/move-positions/**
    * /v5/position/move-history/**
    * /v5/user/**
    * /v5/broker/**
    * /v5/lending/**
    * /v5/crypto-loan/**
    * /v5/crypto-loan-common/**
    * /v5/crypto-loan-fixed/**
    * /v5/crypto-loan-flexible/**
    * /v5/ins-loan/**
    * /v5/spot-cross-margin-trade/**
    * /v5/spot-margin-trade/fixedborrow/**
    * /v5/spot-margin-trade/fixedborrow-renew/**
    * /v5/earn/**
    * /v5/spot-x/**
    * /v5/p2p/**
    * /v5/card/**
    * /v5/alpha/lp/**
    * /v5/fiat/balance-query/**
    * /asset/v3/**
    * /user/v3/**
    * /contract/v3/private/copytrading/wallet/**
    * /spot/v3/private/cross-margin-loan/**
    * /spot/v3/private/cross-margin-repay/**
  `,
});

const match = compileTable(operations, hosts);

/** Compares host, method and path as they are on the wire. A query counts on GET alone: nothing else is signed over it. */
export function classify(request: ClassifiedRequest): Classification {
  const found = match(request);
  if (found.class === 'unknown') return unknown('Bybit has no row for this host, method and path');
  if (request.method !== 'GET' && request.query !== '') return unknown(`${found.operation} takes no query`);
  const query = parseStrictForm(request.query, { plus: 'space', maxBytes: 8192 });
  return query.ok ? found : unknown(query.message);
}

function unknown(reason: string): Classification {
  return { class: 'unknown', operation: 'unknown', isPublic: false, reason };
}
