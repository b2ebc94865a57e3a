// The fields of an intent that the request's place decides, not its bytes.
import type { MoneyMode, OrderIntent } from '../core/order.js';
import type { Environment, ParseContext } from './venue.js';

export type IntentBase = Pick<OrderIntent, 'venue' | 'account' | 'venueAccount' | 'moneyMode'>;

const moneyModes: Readonly<Record<Environment, MoneyMode>> = { live: 'LIVE', demo: 'DEMO', paper: 'PAPER' };

/** `venueAccount` is the account that the request names, where one key reaches several. */
export function intentBase(
  venue: string,
  { account, environment }: ParseContext,
  venueAccount?: string,
): IntentBase {
  const own = venueAccount === undefined ? {} : { venueAccount };
  return { venue, account, ...own, moneyMode: moneyModes[environment] };
}
