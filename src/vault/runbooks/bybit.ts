// How to make a key of Bybit worthless.
import type { Runbook } from '../runbook.js';

export const bybitRunbook: Runbook = {
  id: 'bybit',
  title: 'Bybit',
  page: 'https://www.bybit.com/app/user/api-management',
  steps: [
    'Open API Management of the account, or of the sub-account, that made the key and delete it.',
    'Cancel open orders: spot, derivatives and options each have a list.',
    'Look at order history and at the asset history for transfers.',
    'Demo trading and the test network have keys of their own, made and deleted there.',
  ],
};
