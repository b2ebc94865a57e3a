// What an order is read with besides its bytes: whose it is, the time, and what its venue told of it before.
import type { ParseContext } from '../venues/venue.js';
import type { Exchange, World } from './stage.js';

type Read = Pick<Exchange, 'venue' | 'credential' | 'environment'>;
type Known = Pick<World, 'clock' | 'instruments' | 'questions' | 'quotes'>;

/** Undefined while the account is not known. */
export function parseContext(
  { venue, credential, environment }: Read,
  { clock, instruments, questions, quotes }: Known,
): ParseContext | undefined {
  if (venue === undefined || credential === undefined || environment === undefined) return undefined;
  const { id, real } = credential;
  const list =
    venue.instrumentSource === undefined ? undefined : instruments?.listFor({ id, real, venue, environment });
  return {
    account: id,
    environment,
    nowMs: clock.nowMs(),
    ...(list === undefined ? {} : { instruments: list }),
    questioned: (question) => questions?.about(id, question),
    quoted: (quote) => quotes?.about(id, quote),
  };
}
