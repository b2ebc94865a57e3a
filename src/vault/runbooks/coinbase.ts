// How to make a key of Coinbase Advanced Trade worthless.
import type { Runbook } from '../runbook.js';

export const coinbaseRunbook: Runbook = {
  id: 'coinbase',
  title: 'Coinbase Advanced Trade',
  page: 'https://portal.cdp.coinbase.com/access/api',
  steps: [
    'Open API keys in the developer platform, choose the project of the key, and delete it.',
    'A key made on coinbase.com itself is deleted there, under Settings → API.',
    'Cancel open orders and look at the transactions of the portfolio that the key could reach.',
  ],
};
