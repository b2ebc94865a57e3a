// How to make a key of Coinbase Exchange worthless.
import type { Runbook } from '../runbook.js';

export const coinbaseExchangeRunbook: Runbook = {
  id: 'coinbase-exchange',
  title: 'Coinbase Exchange',
  page: 'https://exchange.coinbase.com',
  steps: [
    'Choose the profile of the key, open its API settings and delete the key.',
    'Cancel open orders of that profile and look at its fills and transfers.',
    'The sandbox has keys of its own, made and deleted there.',
  ],
};
