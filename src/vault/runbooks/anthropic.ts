// How to make a key of Anthropic worthless.
import type { Runbook } from '../runbook.js';

export const anthropicRunbook: Runbook = {
  id: 'anthropic',
  title: 'Anthropic',
  kind: 'model',
  page: 'https://console.anthropic.com/settings/keys',
  steps: [
    'Open API keys, and disable or delete the key.',
    'Look at usage and at cost by key since the day it may have leaked.',
    'Files and batches that the key’s workspace holds were readable with it.',
  ],
};
