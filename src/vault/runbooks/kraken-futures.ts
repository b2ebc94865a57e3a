// How to make a key of Kraken Futures worthless.
import type { Runbook } from '../runbook.js';

export const krakenFuturesRunbook: Runbook = {
  id: 'kraken-futures',
  title: 'Kraken Futures',
  page: 'https://pro.kraken.com/app/settings/api',
  steps: [
    'Keys of the futures platform are apart from spot keys: delete the key in the list for futures.',
    'Cancel open orders and look at open positions and at the account log.',
    'The demo environment of futures has an account and keys of its own.',
  ],
};
