// Operations of Interactive Brokers' Client Portal Web API. Sources: ibkrcampus.com cpapi-v1 and webapi reference,
// Voyz/ibind a3d8fe1 client mixins.
import { readTable } from '../operation-table.js';

export const segments = {
  account: /^[A-Z0-9]{2,12}$/,
  conid: /^\d{1,12}$/,
  page: /^\d{1,5}$/,
  id: /^[A-Za-z0-9-]{1,64}$/,
  order: /^-?\d{1,19}$/,
};

/** Answers with the session's token, which is a credential: the agent gets a decoy (B12). */
export const ticklePath = '/v1/api/tickle';

// Not here, hence unknown: logout and re-authentication (the session is the sidecar's), OAuth handshakes, watchlists and alerts
// (writes that nothing needs), allocation models of advisors.
export const operations = readTable({
  read: `
    GET /v1/api/ sso/validate iserver/accounts iserver/account/orders iserver/account/order/status/{order}
    GET /v1/api/ iserver/account/trades iserver/account/trades/ iserver/account/pnl/partitioned
    GET /v1/api/iserver/ account/{account}/summary account/{account}/summary/balances
    GET /v1/api/iserver/ account/{account}/summary/margins account/{account}/summary/available_funds
    GET /v1/api/iserver/ account/{account}/summary/market_value
    GET /v1/api/iserver/ contract/{conid}/info contract/{conid}/info-and-rules contract/{conid}/algos
    GET /v1/api/iserver/ currency/pairs exchangerate secdef/bond-filters secdef/info secdef/search
    GET /v1/api/iserver/ secdef/strikes marketdata/history marketdata/snapshot marketdata/unsubscribeall
    GET /v1/api/iserver/ marketdata/{conid}/unsubscribe scanner/params auth/status
    GET /v1/api/ md/snapshot hmds/history hmds/scanner/params
    GET /v1/api/trsrv/ all-conids futures secdef secdef/schedule stocks
    GET /v1/api/portfolio/ accounts subaccounts subaccounts2 allocation positions/{conid}
    GET /v1/api/portfolio/ {account}/allocation {account}/combo/positions {account}/ledger {account}/meta
    GET /v1/api/portfolio/ {account}/positions/{page} {account}/position/{conid} {account}/summary
    GET /v1/api/portfolio2/ {account}/positions
    POST /v1/api/ iserver/auth/status iserver/auth/ssodh/init tickle
    POST /v1/api/ iserver/secdef/search iserver/contract/rules iserver/scanner/run iserver/marketdata/unsubscribe
    POST /v1/api/ hmds/scanner/run pa/allperiods pa/performance pa/summary pa/transactions portfolio/allocation
    POST /v1/api/ portfolio/{account}/positions/invalidate
    POST /v1/api/iserver/ account/{account}/orders/whatif account/{account}/order/whatif
  `,
  // A reply confirms a warning and thereby sends the order that it was about.
  order: `
    POST /v1/api/iserver/ account/{account}/orders account/{account}/order reply/{id}
  `,
  amend: 'POST /v1/api/iserver/ account/{account}/order/{order}',
  cancel: 'DELETE /v1/api/iserver/ account/{account}/order/{order}',
  // Suppressing questions switches off the broker's own warnings; the others choose the account that calls act on.
  risk: 'POST /v1/api/iserver/ questions/suppress questions/suppress/reset account dynaccount',
  // Cash and asset transfers, bank instructions, account opening and OAuth clients live below /gw.
  funds: `
    POST /v1/api/fa/model/ submit-transfers invest-divest
    * /gw/**
  `,
});
