// How to make a key of Binance worthless.
import type { Runbook } from '../runbook.js';

export const binanceRunbook: Runbook = {
  id: 'binance',
  title: 'Binance',
  page: 'https://www.binance.com/en/my/settings/api-management',
  steps: [
    'Open API Management and delete the key; editing its IP list does not make a stolen key worthless from those addresses.',
    'Cancel open orders in spot, margin and futures: each has its own list.',
    'Look at order history and at withdrawal history.',
    'Keys of the spot test network are made and deleted on the test network’s own page.',
  ],
};
