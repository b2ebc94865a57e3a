// The list of venues. A new venue is one leaf and one line here.
import { binance } from './binance/binance.js';
import { coinbase } from './coinbase/coinbase.js';
import { kraken } from './kraken/kraken.js';
import { okx } from './okx/okx.js';
import type { Venue } from './venue.js';

export const venues: readonly Venue[] = [kraken, okx, coinbase];

export function findVenue(id: string): Venue | undefined {
  return venues.find((venue) => venue.id === id);
}
