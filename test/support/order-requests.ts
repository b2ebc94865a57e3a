// Requests for the rows of a venue's operation table, and what its leaf reads from them.
import type { HttpRequest } from '../../src/core/http.js';
import type { Environment, Operation, ParsedOrders, Venue } from '../../src/venues/venue.js';
import { orderSamples, sampleNowMs } from './order-samples.js';
import { requestOf } from './venue-requests.js';

const orderClasses: ReadonlySet<string> = new Set(['order', 'amend', 'cancel']);
const form = 'application/x-www-form-urlencoded';
const json = 'application/json';

export const nameOf = ({ method, path }: Operation): string => `${method} ${path}`;

/** Rows that place, amend or cancel orders. */
export const rowsOf = (venue: Venue): readonly Operation[] =>
  venue.operations.filter(({ class: kind }) => orderClasses.has(kind));

export function environmentOf(venue: Venue, row: Operation): { host: string; environment: Environment } {
  const place = venue.hosts.find(
    ({ transport, apis }) => transport === 'rest' && (row.api === undefined || apis?.includes(row.api)),
  );
  if (place === undefined) throw new Error(`no host serves ${row.path}`);
  // A paper account's number tells it at Interactive Brokers.
  const isPaperNumber = venue.id === 'ibkr';
  return { host: place.host, environment: isPaperNumber ? 'demo' : (place.environments[0] ?? 'live') };
}

/** The row with the given parameters, as a client writes them. */
export function requestFor(venue: Venue, row: Operation, given: string | object): HttpRequest {
  const { text, segments = {} } = orderSamples[venue.id] ?? { text: 'query' };
  const [path = ''] = row.path.replace(/\{(\w+)\}/g, (_, name) => segments[name] ?? 'A1').split('#');
  const url = `https://${environmentOf(venue, row).host}${path}`;
  // With spaces, which are not sent on: who signs what came has not signed what goes out.
  if (typeof given !== 'string')
    return requestOf(row.method, url, [['content-type', json]], JSON.stringify(given, null, ' '));
  if (given === '' || text === 'query') return requestOf(row.method, `${url}?${given}`);
  return requestOf(row.method, url, [['content-type', form]], given);
}

export function parseRequest(venue: Venue, row: Operation, request: HttpRequest): ParsedOrders {
  const { environment } = environmentOf(venue, row);
  const { instruments, quoted } = orderSamples[venue.id] ?? {};
  const asked = { venue: venue.id, account: 'a', environment, action: 'place', instrument: 'AAPL:265598' };
  return venue.parseOrders(request, {
    account: 'a',
    environment,
    nowMs: sampleNowMs,
    ...(instruments === undefined ? {} : { instruments }),
    questioned: () => [asked as never],
    quoted: (id) => quoted?.[id]?.map((terms) => ({ ...asked, moneyMode: 'LIVE', ...terms }) as never),
  });
}

export const parseRow = (venue: Venue, row: Operation, given: string | object): ParsedOrders =>
  parseRequest(venue, row, requestFor(venue, row, given));
