// How to make a key of Alpaca worthless.
import type { Runbook } from '../runbook.js';

export const alpacaRunbook: Runbook = {
  id: 'alpaca',
  title: 'Alpaca',
  page: 'https://app.alpaca.markets',
  steps: [
    'Choose the account at the top left: paper and live accounts have keys of their own.',
    'On its home page, under API Keys, regenerate the key: the old one ends at once.',
    'Cancel open orders and look at the activities of the account.',
  ],
};
