// Binance's spot, margin and wallet operations: /api and /sapi.
// Sources: binance-spot-api-docs rest-api.md (2026-07-21), ccxt 4.5.84 binance `api`, binance 3.6.5 main-client.
import { readTable } from '../operation-table.js';

const publicSpot = `
  GET /api/v3/ ping time exchangeInfo depth trades aggTrades historicalBlockTrades klines uiKlines avgPrice
  GET /api/v3/ ticker ticker/24hr ticker/price ticker/bookTicker ticker/tradingDay
  GET /api/v3/ executionRules referencePrice referencePrice/calculation
`;

// Not here, hence unknown: userDataStream and userListenToken hand out session tokens, denied until such tokens are swapped (B12).
export const spotOperations = readTable(
  { api: 'data', public: publicSpot },
  {
    api: 'spot',
    public: publicSpot,
    // historicalTrades needs the key alone, without a signature.
    read: `
      GET /api/v3/ historicalTrades
      GET /api/v3/ account account/commission order openOrders allOrders orderList allOrderList openOrderList
      GET /api/v3/ myTrades myAllocations myPreventedMatches order/amendments rateLimit/order myFilters
      POST /api/v3/ order/test sor/order/test
    `,
    order: `
      POST /api/v3/ order order/cancelReplace order/oco sor/order
      POST /api/v3/orderList/ oco oto otoco opo opoco
    `,
    amend: 'PUT /api/v3/order/amend/keepPriority',
    cancel: 'DELETE /api/v3/ order openOrders orderList',
  },
);

export const sapiOperations = readTable({
  api: 'sapi',
  public: 'GET /sapi/v1/system/status',
  read: `
    GET /sapi/v1/account/ info status apiTradingStatus apiRestrictions
    GET /sapi/v1/ accountSnapshot bnbBurn spot/delist-schedule spot/open-symbol-list futures/histDataLink
    GET /sapi/v1/asset/ assetDetail assetDividend tradeFee wallet/balance
    POST /sapi/v1/asset/ get-funding-asset
    POST /sapi/v3/asset/ getUserAsset
    GET /sapi/v1/capital/ config/getall
    GET /sapi/v1/convert/ exchangeInfo assetInfo orderStatus tradeFlow limit/queryOpenOrders
    POST /sapi/v1/convert/getQuote
    GET /sapi/v1/algo/spot/ openOrders historicalOrders subOrders
    GET /sapi/v1/algo/futures/ openOrders historicalOrders subOrders
    GET /sapi/v1/margin/ account allAssets allPairs asset pair order openOrders allOrders myTrades
    GET /sapi/v1/margin/ orderList openOrderList allOrderList priceIndex tradeCoeff rateLimit/order
    GET /sapi/v1/margin/ crossMarginData crossMarginCollateralRatio leverageBracket available-inventory
    GET /sapi/v1/margin/ interestHistory interestRateHistory next-hourly-interest-rate forceLiquidationRec
    GET /sapi/v1/margin/ delist-schedule isolatedMarginData isolatedMarginTier myPreventedMatches
    GET /sapi/v1/margin/isolated/ account accountLimit allPairs pair
    GET /sapi/v1/portfolio/ account balance collateralRate asset-index-price delta-mode margin-call-level
    GET /sapi/v1/portfolio/ interest-history margin-asset-leverage
    GET /sapi/v2/portfolio/ account
    GET /sapi/v1/equity/ market/exchangeInfo market/quote order/detail order/history order/open-orders trade/history
    GET /sapi/v1/simple-earn/ account flexible/list flexible/position locked/list locked/position
    GET /sapi/v1/simple-earn/flexible/history/ rateHistory
    GET /sapi/v1/eth-staking/eth/history/ rateHistory
    GET /sapi/v1/sol-staking/sol/history/ rateHistory
  `,
  order: `
    POST /sapi/v1/margin/ order order/oco order/oto order/otoco
    POST /sapi/v1/algo/ spot/newOrderTwap futures/newOrderTwap futures/newOrderVp
    POST /sapi/v1/convert/ acceptQuote limit/placeOrder
    POST /sapi/v1/equity/ order/place
  `,
  cancel: `
    DELETE /sapi/v1/margin/ order openOrders orderList
    DELETE /sapi/v1/algo/ spot/order futures/order
    POST /sapi/v1/convert/ limit/cancelOrder
    POST /sapi/v1/equity/ order/cancel order/cancel-all
  `,
  risk: `
    POST /sapi/v1/ bnbBurn margin/max-leverage margin/isolated/account
    DELETE /sapi/v1/ margin/isolated/account portfolio/margin-call-level
    POST /sapi/v1/portfolio/ delta-mode margin-call-level
  `,
  funds: `
    * /sapi/v1/capital/**
    * /sapi/v1/localentity/**
    * /sapi/v1/fiat/**
    * /sapi/v2/fiat/**
    * /sapi/v1/pay/**
    * /sapi/v1/c2c/**
    * /sapi/v1/giftcard/**
    * /sapi/v1/nft/**
    * /sapi/v1/sub-account/**
    * /sapi/v2/sub-account/**
    * /sapi/v3/sub-account/**
    * /sapi/v4/sub-account/**
    * /sapi/v1/managed-subaccount/**
    * /sapi/v1/broker/**
    * /sapi/v2/broker/**
    * /sapi/v1/account/apiRestrictions/**
    * /sapi/v1/account/enableFastWithdrawSwitch/**
    * /sapi/v1/account/disableFastWithdrawSwitch/**
    * /sapi/v1/asset/transfer/**
    * /sapi/v1/asset/custody/**
    * /sapi/v1/asset/convert-transfer/**
    * /sapi/v1/asset/ledger-transfer/**
    * /sapi/v1/asset/dust/**
    * /sapi/v1/asset/dust-btc/**
    * /sapi/v1/asset/dust-convert/**
    * /sapi/v1/asset/dribblet/**
    * /sapi/v1/futures/transfer/**
    * /sapi/v1/futures/loan/**
    * /sapi/v1/loan/**
    * /sapi/v2/loan/**
    * /sapi/v1/margin/transfer/**
    * /sapi/v1/margin/isolated/transfer/**
    * /sapi/v1/margin/loan/**
    * /sapi/v1/margin/loan-group/**
    * /sapi/v1/margin/liquidation-loan/**
    * /sapi/v1/margin/manual-liquidation/**
    * /sapi/v1/margin/repay/**
    * /sapi/v1/margin/borrow-repay/**
    * /sapi/v1/margin/dust/**
    * /sapi/v1/margin/exchange-small-liability/**
    * /sapi/v1/margin/apiKey/**
    * /sapi/v1/margin/api-key-list/**
    * /sapi/v1/margin/exit-special-key-mode/**
    * /sapi/v1/portfolio/asset-collection/**
    * /sapi/v1/portfolio/auto-collection/**
    * /sapi/v1/portfolio/bnb-transfer/**
    * /sapi/v1/portfolio/earn-asset-transfer/**
    * /sapi/v1/portfolio/earn-asset-balance/**
    * /sapi/v1/portfolio/mint/**
    * /sapi/v1/portfolio/redeem/**
    * /sapi/v1/portfolio/repay/**
    * /sapi/v1/portfolio/pmLoan/**
    * /sapi/v1/portfolio/pmloan-history/**
    * /sapi/v1/portfolio/repay-futures-switch/**
    * /sapi/v1/portfolio/repay-futures-negative-balance/**
    * /sapi/v1/simple-earn/**
    * /sapi/v1/staking/**
    * /sapi/v1/eth-staking/**
    * /sapi/v2/eth-staking/**
    * /sapi/v1/sol-staking/**
    * /sapi/v1/onchain-yields/**
    * /sapi/v1/lending/**
    * /sapi/v1/bswap/**
    * /sapi/v1/blvt/**
    * /sapi/v1/dci/**
    * /sapi/v1/accumulator/**
    * /sapi/v1/bfusd/**
    * /sapi/v1/rwusd/**
    * /sapi/v1/mining/**
    * /sapi/v1/equity/tokenized/**
  `,
});
