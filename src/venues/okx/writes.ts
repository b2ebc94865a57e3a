// The operations of OKX's v5 REST API that change something, and the GETs that are no reads.
// Source: OKX v5 reference, ccxt 4.5.84 describe().api, okx-api 3.2.3, okx CLI 1.2.4.
import { readTable } from '../operation-table.js';

export const writes = readTable({
  order: `
    POST /api/v5/trade/ order batch-orders order-algo close-position easy-convert one-click-repay
    POST /api/v5/trade/ one-click-repay-v2
    POST /api/v5/sprd/ order
    POST /api/v5/rfq/ create-rfq execute-quote create-quote
    POST /api/v5/asset/ convert/trade
    POST /api/v5/fiat/ buy-sell/trade

    # Stopping a bot or a copied trader sells what it holds, unless the body says otherwise: an order, not a cancel.
    POST /api/v5/tradingBot/ grid/order-algo grid/copy-order-algo grid/stop-order-algo grid/close-position
    POST /api/v5/tradingBot/ grid/order-instant-trigger grid/adjust-investment signal/order-algo
    POST /api/v5/tradingBot/ signal/stop-order-algo signal/close-position signal/sub-order
    POST /api/v5/tradingBot/ recurring/order-algo recurring/stop-order-algo recurring/add-investment
    POST /api/v5/tradingBot/ recurring/restart dca/create dca/stop dca/orders/manual-buy
    POST /api/v5/copytrading/ algo-order close-subposition first-copy-settings stop-copy-trading
    POST /api/v5/copytrading/ stop-lead-trading
  `,
  amend: `
    POST /api/v5/trade/ amend-order amend-batch-orders amend-algos
    POST /api/v5/sprd/ amend-order
    POST /api/v5/tradingBot/ grid/amend-algo-basic-param grid/amend-order-algo signal/amendTPSL
    POST /api/v5/tradingBot/ recurring/amend-order-algo recurring/amend-price-range
    POST /api/v5/tradingBot/ recurring/amend-recurring-amount recurring/amend-recurring-time recurring/pause
    POST /api/v5/tradingBot/ dca/amend-order-algo dca/settings/reinvestment dca/settings/take-profit
    POST /api/v5/copytrading/ amend-copy-settings
  `,
  // cancel-all-after with timeOut 0 disarms OKX's dead-man switch: whoever arms one must look at the body.
  cancel: `
    POST /api/v5/trade/ cancel-order cancel-batch-orders cancel-algos cancel-advance-algos mass-cancel
    POST /api/v5/trade/ cancel-all-after
    POST /api/v5/sprd/ cancel-order mass-cancel cancel-all-after
    POST /api/v5/rfq/ cancel-rfq cancel-batch-rfqs cancel-all-rfqs cancel-quote cancel-batch-quotes
    POST /api/v5/rfq/ cancel-all-quotes cancel-all-after
    POST /api/v5/tradingBot/ grid/cancel-close-order signal/cancel-sub-order
  `,
  risk: `
    POST /api/v5/account/ set-leverage set-position-mode set-account-level set-isolated-mode set-auto-loan
    POST /api/v5/account/ set-collateral-assets set-riskOffset-type set-riskOffset-amt set-trading-config
    POST /api/v5/account/ set-auto-repay set-auto-earn set-fee-type set-greeks set-settle-currency
    POST /api/v5/account/ account-level-switch-preset position/margin-balance activate-option mmp-config
    POST /api/v5/account/ mmp-reset demo-adjust-balance
    POST /api/v5/rfq/ maker-instrument-settings mmp-config mmp-reset
    POST /api/v5/tradingBot/ grid/margin-balance signal/margin-balance signal/set-instruments dca/margin/add
    POST /api/v5/tradingBot/ dca/margin/reduce
    POST /api/v5/copytrading/ set-instruments amend-profit-sharing-ratio batch-set-leverage
    POST /api/v5/copytrading/ apply-lead-trading
    GET /api/v5/account/ set-auto-repay
  `,
  // S7: withdrawal, transfer, keys, sub-accounts, loans, earn products. The families catch what OKX adds to them.
  funds: `
    POST /api/v5/asset/ transfer withdrawal withdrawal-lightning cancel-withdrawal convert-dust-assets
    POST /api/v5/asset/ subaccount/transfer broker/nd/subaccount-deposit-address
    POST /api/v5/asset/ broker/nd/modify-subaccount-deposit-address
    POST /api/v5/fiat/ create-withdrawal cancel-withdrawal
    POST /api/v5/account/ move-positions spot-manual-borrow-repay quick-margin-borrow-repay borrow-repay
    POST /api/v5/account/ fixed-loan/borrowing-order fixed-loan/amend-borrowing-order
    POST /api/v5/account/ fixed-loan/manual-reborrow fixed-loan/repay-borrowing-order
    POST /api/v5/account/ fixed-loan/convert-to-market-loan fixed-loan/reduce-liabilities
    POST /api/v5/account/ subaccount/set-loan-allocation
    POST /api/v5/users/ subaccount/create-subaccount subaccount/apikey subaccount/modify-apikey
    POST /api/v5/users/ subaccount/subaccount-apikey subaccount/delete-apikey subaccount/set-transfer-out
    POST /api/v5/tradingBot/ grid/withdraw-income signal/create-signal
    POST /api/v5/finance/ savings/purchase-redempt savings/set-lending-rate staking-defi/purchase
    POST /api/v5/finance/ staking-defi/redeem staking-defi/cancel staking-defi/eth/purchase
    POST /api/v5/finance/ staking-defi/eth/redeem staking-defi/eth/cancel-redeem staking-defi/sol/purchase
    POST /api/v5/finance/ staking-defi/sol/redeem staking-defi/sol/cancel-redeem flexible-loan/max-loan
    POST /api/v5/finance/ flexible-loan/adjust-collateral flexible-loan/borrow flexible-loan/repay
    POST /api/v5/finance/ fixed-loan/lending-order fixed-loan/amend-lending-order simple-earn-fixed/purchase
    POST /api/v5/finance/ simple-earn-fixed/redeem okusd/subscribe okusd/redeem stable-rewards/quote
    POST /api/v5/finance/ stable-rewards/trade sfp/dcd/order sfp/dcd/trade sfp/dcd/redeem-quote
    POST /api/v5/finance/ sfp/dcd/redeem
    POST /api/v5/broker/ nd/create-subaccount nd/delete-subaccount nd/subaccount/apikey
    POST /api/v5/broker/ nd/subaccount/modify-apikey nd/subaccount/delete-apikey nd/set-subaccount-level
    POST /api/v5/broker/ nd/set-subaccount-fee-rate nd/set-subaccount-assets nd/report-subaccount-ip
    POST /api/v5/broker/ dma/subaccount/apikey dma/trades
    POST /api/v5/finance/**
    POST /api/v5/fiat/**
    POST /api/v5/users/**
    POST /api/v5/broker/**
    POST /api/v5/asset/subaccount/**
    POST /api/v5/account/fixed-loan/**
    POST /api/v5/account/subaccount/**

    # API keys; signalChanToken, with which anyone can trigger the account's orders from outside; deposit invoices.
    GET /api/v5/users/ subaccount/apikey
    GET /api/v5/broker/ nd/subaccount/apikey dma/subaccount/apikey
    GET /api/v5/tradingBot/ signal/signals
    GET /api/v5/asset/ deposit-lightning broker/nd/subaccount-deposit-address
    GET /api/v5/account/ spot-manual-borrow-repay
  `,
});
