// Whether a venue serves a socket at all for an upgrade. Pure.
import type { Environment, SocketSession } from '../../venues/venue.js';
import { type Denial, denial, type Exchange, type World } from '../stage.js';

/** The venue's session for an upgrade whose environment is known, or why there is none. */
export function openVenueSession(
  { venue, host, path, query, head }: Exchange,
  environment: Environment,
  mode: World['mode'],
): SocketSession | Denial {
  if (venue?.socket === undefined) return socketless(venue?.id ?? '');
  if (mode === 'shadow') return unrehearsed(venue.id);
  const headers = head.fields.list();
  const contentType = head.fields.get('content-type')?.toLowerCase();
  const session = venue.socket.open({ host, path, query, contentType, headers }, environment);
  if (session !== undefined) return session;
  return denial('OPERATION_UNKNOWN', 'the venue serves no socket at this path', `${venue.id}: table`);
}

/** A rehearsal plays REST alone: neither the real market's streams nor orders over a socket. */
const unrehearsed = (venue: string): Denial => ({
  ...denial('WEBSOCKET_UNSUPPORTED', 'a rehearsal in shadow carries no WebSockets', `${venue}: sockets`, 501),
  agentMessage:
    'Mode shadow carries no WebSockets: use the REST API of the venue for orders and market data.',
});

/** Of a venue none of whose sockets is carried. */
export const socketless = (venue: string): Denial =>
  denial('WEBSOCKET_UNSUPPORTED', 'the sockets of this venue are not carried', `${venue}: sockets`, 501);
