// The stand-in for OKX as a process of its own: told its certificate first, it answers with its port, then does as it is told.
import { once } from 'node:events';
import { startPaperServer } from '../../src/paper/server.js';
import { arrivals, handle, rest } from './order-stand-in.js';

/** `arrivals`: those since the last time. `rest`: answers how many rest. */
export type VenueWords = { rest: number } | { arrivals: true } | { close: true };

function obey(words: VenueWords): unknown {
  if ('arrivals' in words) return arrivals.splice(0);
  if ('rest' in words) return rest(words.rest);
  process.exit(0);
}

const [tls] = (await once(process, 'message')) as [{ key: string; cert: string }];
const server = await startPaperServer({ exchange: { handle }, tls });
process.on('message', (words: VenueWords) => process.send?.(obey(words)));
process.send?.(server.port);
