// Kraken spot's operations. Every private call is a POST, so the path alone decides.
// Sources: docs.kraken.com/api (Spot REST), ccxt 4.5.84 kraken `api`; node-kraken-api 2.2.2 and kraken-api 1.0.2 POST public calls too.
import { readTable } from '../operation-table.js';

/** Hands out a session token with which orders go over WebSocket: the agent gets a decoy in its place (B12). */
export const tokenPath = '/0/private/GetWebSocketsToken';
/** A read, unless its body asks for a new address. */
export const depositAddressesPath = '/0/private/DepositAddresses';

// Not here, hence unknown: RemoveExport (deletes a report), GetApiKeyInfo and ListWalletAccounts (what the key and account may do).
export const operations = readTable({
  public: `
    GET /0/public/ Time SystemStatus MaintenanceSchedule Assets AssetPairs Ticker OHLC Depth GroupedBook Trades Spread
    GET /0/public/ PreTrade PostTrade
    POST /0/public/ Time SystemStatus Assets AssetPairs Ticker OHLC Depth Trades Spread
  `,
  read: `
    POST /0/private/ Balance BalanceEx CreditLines TradeBalance OpenOrders ClosedOrders QueryOrders OrderAmends
    POST /0/private/ TradesHistory QueryTrades OpenPositions Ledgers QueryLedgers TradeVolume Level3
    POST /0/private/ GetWebSocketsToken AddExport ExportStatus RetrieveExport
    POST /0/private/ DepositMethods DepositAddresses DepositStatus
    POST /0/private/Earn/ Strategies Allocations AllocateStatus DeallocateStatus
  `,
  order: 'POST /0/private/ AddOrder AddOrderBatch',
  amend: 'POST /0/private/ AmendOrder EditOrder',
  cancel: 'POST /0/private/ CancelOrder CancelOrderBatch CancelAll CancelAllOrdersAfter',
  funds: `
    POST /0/private/ Withdraw WithdrawCancel WithdrawMethods WithdrawAddresses WithdrawInfo WithdrawStatus
    POST /0/private/ WalletTransfer AccountTransfer CreateSubaccount
    POST /0/private/Earn/ Allocate Deallocate
  `,
});
