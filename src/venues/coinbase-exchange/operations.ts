// Coinbase Exchange's operations. Sources: docs.cdp.coinbase.com Exchange REST reference, ccxt 4.5.84 coinbaseexchange `api`,
// coinbase-api 1.2.6 CBExchangeClient.
import { readTable } from '../operation-table.js';

export const segments = {
  product: /^[A-Z0-9]{1,20}-[A-Z0-9]{1,20}$/,
  asset: /^[A-Z0-9]{1,20}$/,
  id: /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/,
  order: /^(?:client:)?[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
};

// Not here, hence unknown: loans, address book, travel rules, withdrawal power and fees, reports (made and removed by POST).
export const operations = readTable({
  public: `
    GET / currencies currencies/{asset} products products/{product} products/{product}/book time
    GET / products/{product}/candles products/{product}/stats products/{product}/ticker
    GET / products/{product}/trades products/spark-lines products/volume-summary
    GET / wrapped-assets wrapped-assets/{asset} wrapped-assets/{asset}/conversion-rate
  `,
  read: `
    GET / accounts accounts/{id} accounts/{id}/holds accounts/{id}/ledger accounts/{id}/transfers
    GET / coinbase-accounts fills fees funding orders orders/{order} otc/orders position profiles profiles/{id}
    GET / margin/profile_information margin/buying_power margin/exit_plan margin/liquidation_history
    GET / margin/position_refresh_amounts margin/status oracle payment-methods transfers transfers/{id}
    GET / conversions conversions/{id} conversions/fees
    GET / users/self/exchange-limits users/self/hold-balances users/self/trailing-volume
    GET / users/{id}/exchange-limits users/{id}/trading-volumes
  `,
  order: 'POST / orders position/close',
  cancel: `
    DELETE / orders orders/{order}
  `,
  funds: `
    POST / conversions deposits/coinbase-account deposits/payment-method coinbase-accounts/{id}/addresses
    POST / address-book funding/repay profiles profiles/margin-transfer profiles/transfer
    POST / users/{id}/settlement-preferences travel-rules transfers/{id}/travel-rules
    PUT / profiles/{id} profiles/{id}/deactivate address-book/{id}
    DELETE / address-book/{id} travel-rules/{id}
    POST /withdrawals/**
    POST /deposits/**
    POST /loans/**
    POST /wrapped-assets/**
  `,
});
