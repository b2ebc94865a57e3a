// How to make a key of Hyperliquid worthless.
import type { Runbook } from '../runbook.js';

export const hyperliquidRunbook: Runbook = {
  id: 'hyperliquid',
  title: 'Hyperliquid',
  page: 'https://app.hyperliquid.xyz/API',
  steps: [
    'A key of an API wallet (agent): remove that API wallet, or approve a new one under the same name, which replaces it.',
    'An API wallet cannot withdraw; cancel its open orders and look at positions and fills.',
    'The private key of the account itself cannot be revoked: move everything to a new account at once. It never belongs in a box.',
  ],
};
