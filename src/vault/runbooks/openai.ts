// How to make a key of OpenAI worthless.
import type { Runbook } from '../runbook.js';

export const openaiRunbook: Runbook = {
  id: 'openai',
  title: 'OpenAI',
  kind: 'model',
  page: 'https://platform.openai.com/api-keys',
  steps: [
    'Open API keys, choose the project, and revoke the key.',
    'Look at usage by key since the day it may have leaked.',
    'Files, assistants and stored answers of the project were readable with it.',
  ],
};
