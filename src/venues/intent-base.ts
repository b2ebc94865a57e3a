// The fields of an intent that the request's place decides, not its bytes.
import type { MoneyMode, OrderIntent } from '../core/order.js';
import type { Environment, ParseContext } from './venue.js';

export type IntentBase = Pick<OrderIntent, 'venue' | 'account' | 'moneyMode'>;

const moneyModes: Readonly<Record<Environment, MoneyMode>> = { live: 'LIVE', demo: 'DEMO', paper: 'PAPER' };

export function intentBase(venue: string, { account, environment }: ParseContext): IntentBase {
  return { venue, account, moneyMode: moneyModes[environment] };
}
