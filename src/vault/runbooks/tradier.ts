// How to make a key of Tradier worthless.
import type { Runbook } from '../runbook.js';

export const tradierRunbook: Runbook = {
  id: 'tradier',
  title: 'Tradier',
  page: 'https://dash.tradier.com/settings/api',
  steps: [
    'Open API Access in the settings of the dashboard and make a new access token; the old one ends.',
    'The sandbox token stands on the same page and is renewed separately.',
    'Cancel open orders and look at the history of the account.',
  ],
};
