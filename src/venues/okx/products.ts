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

/** Whether what the operation places or amends is listed, asked for and cancelled by the sidecar's own calls. */
export function covers(operation: string): boolean {
  return !Object.hasOwn(productReaders, operation);
}
