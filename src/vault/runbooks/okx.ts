// How to make a key of OKX worthless.
import type { Runbook } from '../runbook.js';

export const okxRunbook: Runbook = {
  id: 'okx',
  title: 'OKX',
  page: 'https://www.okx.com/account/my-api',
  steps: [
    'Open the API page of the account that made the key; keys of sub-accounts are on the sub-account’s own page.',
    'Delete the key. Orders that rest in the book stay there: cancel them on the trade page.',
    'Look at Assets → order center and Assets → history for orders and transfers you do not know.',
    'Demo trading has keys of its own: switch to demo trading first, then open the API page there.',
  ],
};
