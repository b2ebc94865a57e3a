// Binance's futures, options and portfolio margin operations: /fapi, /dapi, /eapi, /papi.
// Sources: ccxt 4.5.84 binance `api`, binance 3.6.5 usdm-, coinm- and portfolio-client, binance-connector-js clients/derivatives-*; Binance.Net
// (COIN-M `GetConditionalOrderAsync`, `CancelAllConditionalOrdersAsync`).
import { readTable } from '../operation-table.js';

// Not here, hence unknown: listenKey of options and of the portfolio, whose session tokens are not swapped (B12); apiReferral.
export const usdmOperations = readTable({
  api: 'usdm',
  public: `
    GET /fapi/v1/ ping time exchangeInfo depth rpiDepth trades aggTrades klines continuousKlines
    GET /fapi/v1/ indexPriceKlines markPriceKlines premiumIndexKlines lvtKlines premiumIndex fundingRate fundingInfo
    GET /fapi/v1/ ticker/24hr ticker/price ticker/bookTicker openInterest assetIndex indexInfo constituents
    GET /fapi/v1/ insuranceBalance symbolAdlRisk tradingSchedule convert/exchangeInfo
    GET /fapi/v2/ ticker/price
    GET /futures/data/ basis delivery-price openInterestHist takerlongshortRatio globalLongShortAccountRatio
    GET /futures/data/ topLongShortAccountRatio topLongShortPositionRatio
  `,
  // historicalTrades needs the key alone, without a signature.
  read: `
    GET /fapi/v1/ historicalTrades
    GET /fapi/v1/ account accountConfig balance symbolConfig commissionRate leverageBracket positionRisk
    GET /fapi/v1/ adlQuantile apiTradingStatus feeBurn multiAssetsMargin positionSide/dual positionMargin/history
    GET /fapi/v1/ order openOrder openOrders allOrders orderAmendment rateLimit/order forceOrders userTrades
    GET /fapi/v1/ algoOrder openAlgoOrders allAlgoOrders convert/orderStatus pmAccountInfo stock/contract
    GET /fapi/v1/ income income/asyn income/asyn/id order/asyn order/asyn/id trade/asyn trade/asyn/id
    GET /fapi/v2/ account balance positionRisk
    GET /fapi/v3/ account balance positionRisk
    POST /fapi/v1/ order/test listenKey convert/getQuote
    PUT /fapi/v1/listenKey
    DELETE /fapi/v1/listenKey
  `,
  order: 'POST /fapi/v1/ order batchOrders algoOrder convert/acceptQuote',
  amend: 'PUT /fapi/v1/ order batchOrders',
  cancel: `
    DELETE /fapi/v1/ order batchOrders allOpenOrders algoOrder algoOpenOrders
    POST /fapi/v1/ countdownCancelAll
  `,
  risk: 'POST /fapi/v1/ leverage marginType positionMargin positionSide/dual multiAssetsMargin feeBurn stock/contract',
});

export const coinmOperations = readTable({
  api: 'coinm',
  public: `
    GET /dapi/v1/ ping time exchangeInfo depth trades aggTrades klines continuousKlines
    GET /dapi/v1/ indexPriceKlines markPriceKlines premiumIndexKlines premiumIndex fundingRate fundingInfo
    GET /dapi/v1/ ticker/24hr ticker/price ticker/bookTicker openInterest constituents
    GET /futures/data/ basis delivery-price openInterestHist takerBuySellVol globalLongShortAccountRatio
    GET /futures/data/ topLongShortAccountRatio topLongShortPositionRatio
  `,
  read: `
    GET /dapi/v1/ historicalTrades
    GET /dapi/v1/ account balance commissionRate leverageBracket positionRisk adlQuantile
    GET /dapi/v1/ positionSide/dual positionMargin/history order openOrder openOrders allOrders orderAmendment
    GET /dapi/v1/ forceOrders userTrades algoOrder openAlgoOrders allAlgoOrders pmAccountInfo pmExchangeInfo
    GET /dapi/v1/ income income/asyn income/asyn/id order/asyn order/asyn/id trade/asyn trade/asyn/id
    GET /dapi/v2/ leverageBracket
    POST /dapi/v1/listenKey
    PUT /dapi/v1/listenKey
    DELETE /dapi/v1/listenKey
  `,
  order: 'POST /dapi/v1/ order batchOrders algoOrder',
  amend: 'PUT /dapi/v1/ order batchOrders',
  cancel: `
    DELETE /dapi/v1/ order batchOrders allOpenOrders algoOrder algoOpenOrders
    POST /dapi/v1/ countdownCancelAll
  `,
  risk: 'POST /dapi/v1/ leverage marginType positionMargin positionSide/dual',
});

export const optionsOperations = readTable({
  api: 'options',
  public: `
    GET /eapi/v1/ ping time exchangeInfo depth trades klines index mark openInterest ticker exerciseHistory
  `,
  read: `
    GET /eapi/v1/ historicalTrades blockTrades
    GET /eapi/v1/ account marginAccount position bill comission commission order openOrders historyOrders userTrades
    GET /eapi/v1/ exerciseRecord mmp countdownCancelAll income/asyn income/asyn/id
    GET /eapi/v1/block/ order/execute order/orders user-trades
  `,
  order: 'POST /eapi/v1/ order batchOrders block/order/create block/order/execute',
  amend: 'PUT /eapi/v1/block/order/create',
  cancel: `
    DELETE /eapi/v1/ order batchOrders allOpenOrders allOpenOrdersByUnderlying block/order/create
    POST /eapi/v1/ countdownCancelAll countdownCancelAllHeartBeat
  `,
  risk: 'POST /eapi/v1/ mmpSet mmpReset stock/contract',
  funds: '* /eapi/v1/transfer/**',
});

export const portfolioOperations = readTable({
  api: 'portfolio',
  public: 'GET /papi/v1/ping',
  read: `
    GET /papi/v1/ account balance rateLimit/order portfolio/interest-history
    GET /papi/v1/um/ account accountConfig symbolConfig positionRisk positionSide/dual leverageBracket commissionRate
    GET /papi/v1/um/ order openOrder openOrders allOrders orderAmendment forceOrders userTrades adlQuantile
    GET /papi/v1/um/ conditional/openOrder conditional/openOrders conditional/allOrders conditional/orderHistory
    GET /papi/v1/um/ algo/algoOrder algo/openAlgoOrders algo/allAlgoOrders apiTradingStatus feeBurn
    GET /papi/v1/um/ income income/asyn income/asyn/id order/asyn order/asyn/id trade/asyn trade/asyn/id
    GET /papi/v2/um/ account
    GET /papi/v1/cm/ account accountConfig symbolConfig positionRisk positionSide/dual leverageBracket commissionRate
    GET /papi/v1/cm/ order openOrder openOrders allOrders orderAmendment forceOrders userTrades adlQuantile income
    GET /papi/v1/cm/ conditional/openOrder conditional/openOrders conditional/allOrders conditional/orderHistory
    GET /papi/v1/margin/ order openOrders allOrders orderList openOrderList allOrderList myTrades forceOrders
    GET /papi/v1/margin/ marginInterestHistory
  `,
  order: `
    POST /papi/v1/um/ order conditional/order algo/order
    POST /papi/v1/cm/ order conditional/order
    POST /papi/v1/margin/ order order/oco
  `,
  amend: 'PUT /papi/v1/ um/order cm/order',
  cancel: `
    DELETE /papi/v1/um/ order allOpenOrders conditional/order conditional/allOpenOrders
    DELETE /papi/v1/um/ algo/order algo/allOpenOrders
    DELETE /papi/v1/cm/ order allOpenOrders conditional/order conditional/allOpenOrders
    DELETE /papi/v1/margin/ order allOpenOrders orderList
  `,
  risk: `
    POST /papi/v1/um/ leverage positionSide/dual feeBurn stock/contract
    POST /papi/v1/cm/ leverage positionSide/dual
  `,
  funds: `
    * /papi/v1/marginLoan/**
    * /papi/v1/repayLoan/**
    * /papi/v1/asset-collection/**
    * /papi/v1/auto-collection/**
    * /papi/v1/bnb-transfer/**
    * /papi/v1/repay-futures-switch/**
    * /papi/v1/repay-futures-negative-balance/**
    * /papi/v1/margin/marginLoan/**
    * /papi/v1/margin/repayLoan/**
    * /papi/v1/margin/repay-debt/**
    * /papi/v1/margin/maxBorrowable/**
    * /papi/v1/margin/maxWithdraw/**
  `,
});
