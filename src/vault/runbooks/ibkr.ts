// How to make a key of Interactive Brokers worthless.
import type { Runbook } from '../runbook.js';

export const ibkrRunbook: Runbook = {
  id: 'ibkr',
  title: 'Interactive Brokers',
  page: 'https://www.interactivebrokers.com/sso/Login',
  steps: [
    'A live session token ends with its session, after a day at the latest: log the session out, or log in elsewhere with the same user name, which ends it.',
    'The access token and the consumer key of OAuth are revoked in the self-service portal where they were made; for third-party applications, under Settings → API → connected applications. A key of OAuth 2.0 is withdrawn by IBKR’s API support, who registered it.',
    'Cancel open orders and look at today’s trades and at funding requests.',
    'If you cannot log in, call client services and ask for the user name to be frozen.',
  ],
};
