// Every REST route of the Binance dialect by `METHOD path`, for requests and for the messages of the sockets that stand for them.
import { accountRoutes } from './account.js';
import type { PrivateCall, PublicCall } from './call.js';
import { futuresAccountRoutes } from './futures-account.js';
import { futuresAlgoRoutes } from './futures-algo.js';
import { futuresConditionalRoutes } from './futures-conditional.js';
import { futuresMarketRoutes } from './futures-market.js';
import { futuresTradingRoutes } from './futures-trading.js';
import { marginRoutes } from './margin.js';
import { marketRoutes } from './market-data.js';
import { orderListRoutes } from './order-lists.js';
import { tradingRoutes } from './trading.js';

type Routes<Call> = ReadonlyMap<string, (call: Call) => unknown>;

const open: readonly Routes<PublicCall>[] = [marketRoutes, futuresMarketRoutes];
const own: readonly Routes<PrivateCall>[] = [
  accountRoutes,
  tradingRoutes,
  orderListRoutes,
  marginRoutes,
  futuresAccountRoutes,
  futuresTradingRoutes,
  futuresAlgoRoutes,
  futuresConditionalRoutes,
];

/** Of the public market. */
export function openRoute(name: string): ((call: PublicCall) => unknown) | undefined {
  return open.find((routes) => routes.has(name))?.get(name);
}

/** Of an account. */
export function ownRoute(name: string): ((call: PrivateCall) => unknown) | undefined {
  return own.find((routes) => routes.has(name))?.get(name);
}
