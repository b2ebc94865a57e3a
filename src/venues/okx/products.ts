// What OKX takes orders for beside its order book, and which of it can be followed from here.
import { blockReaders } from './block-trades.js';
import type { Readers } from './bot-fields.js';
import { convertReaders } from './converts.js';
import { copyReaders } from './copy-trading.js';
import { dcaReaders } from './dca-bots.js';
import { gridReaders } from './grid-bots.js';
import { recurringReaders } from './recurring-buys.js';
import { signalReaders } from './signal-bots.js';
import { spreadReaders } from './spreads.js';

/** By operation. */
export const productReaders: Readers = {
  ...spreadReaders,
  ...blockReaders,
  ...convertReaders,
  ...gridReaders,
  ...signalReaders,
  ...recurringReaders,
  ...dcaReaders,
  ...copyReaders,
};

/** What places or amends orders of the book, which alone are listed, asked for and cancelled by the sidecar's own calls. */
const book: ReadonlySet<string> = new Set(
  [
    'order',
    'batch-orders',
    'order-algo',
    'close-position',
    'amend-order',
    'amend-batch-orders',
    'amend-algos',
  ].map((name) => `trade/${name}`),
);

/** Whether an order of the operation can be followed and stopped from here. */
export function covers(operation: string): boolean {
  return book.has(operation);
}
