// How to make a key of Kraken worthless.
import type { Runbook } from '../runbook.js';

export const krakenRunbook: Runbook = {
  id: 'kraken',
  title: 'Kraken',
  page: 'https://pro.kraken.com/app/settings/api',
  steps: [
    'Open Settings → API (on kraken.com or Kraken Pro) and delete the key.',
    'Cancel open orders, and look at Trades, at the Ledger and at withdrawals.',
    'If a key could withdraw, look at the list of withdrawal addresses, too: a new one may have been added.',
  ],
};
