// The operations of OKX's v5 REST API that only read. Source: OKX v5 reference, ccxt 4.5.84 describe().api, okx-api 3.2.3.
// GETs that return authority (API keys, signal tokens) or create something are no reads: see writes.ts.
import { readTable } from '../operation-table.js';

export const reads = readTable({
  public: `
    GET /api/v5/market/ tickers ticker books books-full books-rpi books-lite books-sbe candles
    GET /api/v5/market/ history-candles trades history-trades option/instrument-family-trades
    GET /api/v5/market/ platform-24-volume call-auction-detail call-auction-details block-tickers
    GET /api/v5/market/ block-ticker block-trades sprd-ticker sprd-candles sprd-history-candles
    GET /api/v5/market/ index-tickers index-candles history-index-candles mark-price-candles
    GET /api/v5/market/ history-mark-price-candles exchange-rate index-components open-oracle
    GET /api/v5/public/ option-trades block-trades instruments estimated-price delivery-exercise-history
    GET /api/v5/public/ estimated-settlement-info settlement-history funding-rate funding-rate-history
    GET /api/v5/public/ open-interest price-limit opt-summary discount-rate-interest-free-quota time
    GET /api/v5/public/ mark-price position-tiers interest-rate-loan-quota underlying insurance-fund
    GET /api/v5/public/ convert-contract-coin instrument-tick-bands premium-history market-data-history
    GET /api/v5/public/ event-contract/events event-contract/markets event-contract/series
    GET /api/v5/public/ vip-interest-rate-loan-quota mm-instrument-types delta-hedge-currencies
    GET /api/v5/rubik/ stat/trading-data/support-coin stat/contracts/open-interest-history stat/taker-volume
    GET /api/v5/rubik/ stat/taker-volume-contract stat/margin/loan-ratio
    GET /api/v5/rubik/ stat/contracts/long-short-account-ratio-contract-top-trader
    GET /api/v5/rubik/ stat/contracts/long-short-position-ratio-contract-top-trader
    GET /api/v5/rubik/ stat/contracts/long-short-account-ratio-contract
    GET /api/v5/rubik/ stat/contracts/long-short-account-ratio stat/contracts/open-interest-volume
    GET /api/v5/rubik/ stat/option/open-interest-volume stat/option/open-interest-volume-ratio
    GET /api/v5/rubik/ stat/option/open-interest-volume-expiry stat/option/open-interest-volume-strike
    GET /api/v5/rubik/ stat/option/taker-block-volume
    GET /api/v5/sprd/ spreads books public-trades ticker
    GET /api/v5/rfq/ public-trades
    GET /api/v5/system/ status
    GET /api/v5/tradingBot/ grid/ai-param grid/min-investment grid/grid-quantity public/rsi-back-testing
    GET /api/v5/asset/ exchange-list
    GET /api/v5/finance/ staking-defi/eth/apy-history staking-defi/sol/apy-history
    GET /api/v5/finance/ savings/lending-rate-summary savings/lending-rate-history fixed-loan/lending-offers
    GET /api/v5/finance/ fixed-loan/lending-apy-history fixed-loan/pending-lending-volume
    GET /api/v5/finance/ stable-rewards/apy-history
    GET /api/v5/copytrading/ public-config public-lead-traders public-weekly-pnl public-pnl public-stats
    GET /api/v5/copytrading/ public-preference-currency public-current-subpositions
    GET /api/v5/copytrading/ public-subpositions-history public-copy-traders
    GET /api/v5/support/ announcements announcements-types announcement-types
    POST /api/v5/tradingBot/ grid/min-investment
  `,
  // What only some SDKs send unsigned stays here: OKX answers the signed request either way.
  read: `
    GET /api/v5/trade/ order orders-pending orders-history orders-history-archive fills fills-history
    GET /api/v5/trade/ fills-archive order-algo orders-algo-pending orders-algo-history
    GET /api/v5/trade/ easy-convert-currency-list easy-convert-history one-click-repay-currency-list
    GET /api/v5/trade/ one-click-repay-currency-list-v2 one-click-repay-history one-click-repay-history-v2
    GET /api/v5/trade/ account-rate-limit
    GET /api/v5/account/ instruments balance positions positions-history account-position-risk bills
    GET /api/v5/account/ bills-archive bills-history-archive config subtypes max-size max-avail-size
    GET /api/v5/account/ leverage-info adjust-leverage-info max-loan trade-fee interest-accrued
    GET /api/v5/account/ interest-rate max-withdrawal risk-state interest-limits spot-borrow-repay-history
    GET /api/v5/account/ greeks position-tiers set-account-switch-precheck collateral-assets mmp-config
    GET /api/v5/account/ move-positions-history precheck-set-delta-neutral quick-margin-borrow-repay-history
    GET /api/v5/account/ borrow-repay-history vip-interest-accrued vip-interest-deducted vip-loan-order-list
    GET /api/v5/account/ vip-loan-order-detail fixed-loan/borrowing-limit fixed-loan/borrowing-quote
    GET /api/v5/account/ fixed-loan/borrowing-orders-list subaccount/balances subaccount/max-withdrawal
    GET /api/v5/account/ subaccount/interest-limits
    GET /api/v5/asset/ currencies balances non-tradable-assets asset-valuation transfer-state bills
    GET /api/v5/asset/ bills-history deposit-address deposit-history withdrawal-history
    GET /api/v5/asset/ deposit-withdraw-status monthly-statement convert/currencies convert/currency-pair
    GET /api/v5/asset/ convert/history subaccount/balances subaccount/bills
    GET /api/v5/asset/ subaccount/managed-subaccount-bills broker/nd/subaccount-deposit-history
    GET /api/v5/asset/ broker/nd/subaccount-withdrawal-history
    GET /api/v5/fiat/ deposit-payment-methods withdrawal-payment-methods deposit-order-history deposit
    GET /api/v5/fiat/ withdrawal-order-history withdrawal buy-sell/currencies buy-sell/currency-pair
    GET /api/v5/fiat/ buy-sell/history
    GET /api/v5/rfq/ counterparties maker-instrument-settings mmp-config rfqs quotes trades
    GET /api/v5/sprd/ order orders-pending orders-history orders-history-archive trades
    GET /api/v5/public/ economic-calendar
    GET /api/v5/tradingBot/ grid/orders-algo-pending grid/orders-algo-history grid/orders-algo-details
    GET /api/v5/tradingBot/ grid/sub-orders grid/positions signal/orders-algo-details
    GET /api/v5/tradingBot/ signal/orders-algo-pending signal/orders-algo-history signal/positions
    GET /api/v5/tradingBot/ signal/positions-history signal/sub-orders signal/event-history
    GET /api/v5/tradingBot/ recurring/orders-algo-pending recurring/orders-algo-history
    GET /api/v5/tradingBot/ recurring/orders-algo-details recurring/sub-orders dca/ongoing-list
    GET /api/v5/tradingBot/ dca/history-list dca/orders dca/position-details dca/cycle-list
    GET /api/v5/finance/ savings/balance savings/lending-history staking-defi/offers
    GET /api/v5/finance/ staking-defi/orders-active staking-defi/orders-history
    GET /api/v5/finance/ staking-defi/eth/product-info staking-defi/eth/balance
    GET /api/v5/finance/ staking-defi/eth/purchase-redeem-history staking-defi/sol/product-info
    GET /api/v5/finance/ staking-defi/sol/balance staking-defi/sol/purchase-redeem-history
    GET /api/v5/finance/ flexible-loan/borrow-currencies flexible-loan/collateral-assets
    GET /api/v5/finance/ flexible-loan/max-collateral-redeem-amount flexible-loan/loan-info
    GET /api/v5/finance/ flexible-loan/loan-history flexible-loan/interest-accrued flexible-loan/emode-info
    GET /api/v5/finance/ fixed-loan/lending-orders-list fixed-loan/lending-sub-orders okusd/limits
    GET /api/v5/finance/ okusd/account okusd/subscribe/history okusd/redeem/history okusd/rewards/history
    GET /api/v5/finance/ okusd/rate/history stable-rewards/product-info stable-rewards/balance
    GET /api/v5/finance/ stable-rewards/subscribe-redeem-history sfp/dcd/products sfp/dcd/order
    GET /api/v5/finance/ sfp/dcd/orders sfp/dcd/currency-pair sfp/dcd/order-status sfp/dcd/order-history
    GET /api/v5/copytrading/ current-subpositions subpositions-history instruments profit-sharing-details
    GET /api/v5/copytrading/ total-profit-sharing unrealized-profit-sharing-details
    GET /api/v5/copytrading/ total-unrealized-profit-sharing config copy-settings current-lead-traders
    GET /api/v5/copytrading/ batch-leverage-info lead-traders-history lead-traders weekly-pnl pnl stats
    GET /api/v5/copytrading/ preference-currency copy-traders performance-current-subpositions
    GET /api/v5/copytrading/ performance-subpositions-history
    GET /api/v5/users/ subaccount/list entrust-subaccount-list glp/todayperformance
    GET /api/v5/users/ glp/historicalperformance glp/today-performance glp/historical-performance
    GET /api/v5/users/ partner/if-rebate
    GET /api/v5/broker/ dma/subaccount-info dma/subaccount-trade-fee dma/rebate-per-orders
    GET /api/v5/broker/ fd/rebate-per-orders fd/if-rebate nd/info nd/subaccount-info nd/rebate-daily
    GET /api/v5/broker/ nd/rebate-per-orders
    GET /api/v5/affiliate/ invitee/detail invitee/list performance/summary link/list co-inviter/list
    GET /api/v5/affiliate/ sub-affiliate/list

    # POSTs that change nothing: quotes, calculations, and the making of a report.
    POST /api/v5/trade/ order-precheck fills-archive
    POST /api/v5/account/ position-builder position-builder-graph simulated_margin bills-history-archive
    POST /api/v5/asset/ monthly-statement convert/estimate-quote
    POST /api/v5/fiat/ buy-sell/quote
    POST /api/v5/tradingBot/ grid/compute-margin-balance
    POST /api/v5/finance/ sfp/dcd/quote
    POST /api/v5/broker/ nd/rebate-per-orders fd/rebate-per-orders
  `,
});

/** Query parameters of these reads. Any other (`side`, `toAddr`, `dest`, …) makes the operation unknown (D7, A16). */
export const readParameters: ReadonlySet<string> = new Set(
  `acctLv after algoClOrdId algoId algoOrdType amt annType archive bar baseCcy baseSz before begin beginId beginTs
   beginTimestamp blockTdId category ccy ccyList chain clOrdId clQuoteId clRfqId clTReqId clientId collateralEnabled
   commissionCategory convertMode ctType cycleId dataVer date dateAggrType days debtType depId direction duration end endId
   endTs endTimestamp eventId expTime from fromCcy fromWdId groupId importance index instFamily instFamilyList
   instId instIdCode instIdList instType investmentType invitee isElpTakerAccess joinTimeBegin joinTimeEnd
   keyword kycStatus lang lastDays lever leverage limit linkStatus linkType ltv maxAssets maxAum maxLoanAmt maxPx maxRate
   mgnCcy mgnMode minAssets minAum minInvestment minLeadDays minPx module month offerId opType optType ordId ordType
   orderBy orderDir outcome page pagingType payType period periodType posId posMode posSide productId protocolType px
   quarter quoteCcy quoteId reduceOnly region reqId rfqId ruleType runType scenario sendTime seriesId settleCcy
   signalChanId signalOrdId signalSourceType sort sortType source sprdId state status stgyType subAcct subAcctId
   subAffiliateUid subPosId subPosType subUid sz tdMode term thirdPartyType thold tier timePeriod timeframe to toCcy
   tradeId tradeQuoteCcy trader traderType transId triggerCond txId type uid uly unSpotOffset uniqueCode unit vol wdId
   year`
    .split(/\s+/)
    .filter(Boolean),
);
