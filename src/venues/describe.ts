// What a user can audit of a venue: its hosts, credential fields and whole table, and the class of any request line.
import {
  type CredentialField,
  type Environment,
  type Operation,
  type OperationClass,
  operationClasses,
  type SocketOperation,
  type Venue,
} from './venue.js';

export interface VenueSummary {
  id: string;
  title: string;
  environments: readonly Environment[];
  /** How many rows of the table have each class. */
  operations: Readonly<Record<Exclude<OperationClass, 'unknown'>, number>>;
}

export interface VenueDescription extends VenueSummary {
  hosts: Venue['hosts'];
  credential: readonly (Pick<CredentialField, 'name' | 'env'> & { isOptional: boolean })[];
  /** What its sockets take; what no row names is refused. */
  sockets: readonly SocketRow[];
  /** Every row, by class from read to funds, in the order of the table within one class. */
  table: readonly Operation[];
}

export interface SocketRow {
  path: string;
  operation: string;
  class: OperationClass;
}

export interface ClassifiedLine {
  method: string;
  path: string;
  class: OperationClass;
}

/** In the place of a method: the line is what a client says on a socket. */
const socketMethod = 'WS';
const rowClasses = operationClasses.filter((name) => name !== 'unknown');
const environments: readonly Environment[] = ['live', 'demo', 'paper'];

export function summarizeVenue(venue: Venue): VenueSummary {
  const count = (name: OperationClass) => venue.operations.filter((row) => row.class === name).length;
  return {
    id: venue.id,
    title: venue.title,
    environments: environments.filter((one) => venue.hosts.some((host) => host.environments.includes(one))),
    operations: Object.fromEntries(
      rowClasses.map((name) => [name, count(name)]),
    ) as VenueSummary['operations'],
  };
}

export function describeVenue(venue: Venue): VenueDescription {
  return {
    ...summarizeVenue(venue),
    hosts: venue.hosts,
    credential: venue.credential.map(({ name, env, isOptional }) => ({
      name,
      env,
      isOptional: isOptional ?? false,
    })),
    sockets: (venue.socket?.operations ?? []).map((row) => ({
      path: row.path,
      operation: row.operation,
      class: classOfSocket(venue, row),
    })),
    table: rowClasses.flatMap((name) => venue.operations.filter((row) => row.class === name)),
  };
}

/**
 * The class of each `METHOD path` line, in order; blank lines are skipped. A path may carry a query, a host, or
 * `https://host`; without a host each of the venue's hosts is tried, its default first. A `{name}` segment stands for any
 * that the table allows there. A line of another form is `unknown`, as the request would be. `WS operation` is what a client
 * says on a socket; the path of the socket may stand before it.
 */
export function classifyLines(venue: Venue, text: string): readonly ClassifiedLine[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, method = line, path = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
      return {
        method,
        path,
        class: method === socketMethod ? classOfMessage(venue, path) : classOf(venue, method, path),
      };
    });
}

function classOfMessage(venue: Venue, line: string): OperationClass {
  const [, path, operation = ''] = /^(?:(\/\S*)\s+)?(.+)$/.exec(line) ?? [];
  const said = operation.replace(/\s+/g, ' ');
  // `subscribe` alone stands for its channels, all of which only tell.
  const row = venue.socket?.operations.find(
    (one) =>
      (path === undefined || path === one.path) &&
      (one.operation === said ||
        (one.rest === undefined && !said.includes(' ') && one.operation.startsWith(`${said} `))),
  );
  return row === undefined ? 'unknown' : classOfSocket(venue, row);
}

function classOfSocket(venue: Venue, { rest }: SocketOperation): OperationClass {
  if (rest === undefined) return 'read';
  const [method = '', path = ''] = rest.split(' ');
  return classOf(venue, method, path);
}

function classOf(venue: Venue, method: string, target: string): OperationClass {
  const { host, path, query } = readTarget(venue, target);
  const hosts = venue.hosts.filter(
    (row) => row.transport === 'rest' && (host === undefined || row.host === host),
  );
  for (const row of hosts) {
    const found = path.includes('{')
      ? venue.operations.find(
          (one) =>
            one.method === method &&
            (one.api === undefined || row.apis?.includes(one.api) === true) &&
            isSameTemplate(one.path, path),
        )?.class
      : venue.classify({ host: row.host, method, path, query }).class;
    if (found !== undefined && found !== 'unknown') return found;
  }
  return 'unknown';
}

/** Takes a line's target apart without normalising anything: what is odd in it stays odd. */
function readTarget(venue: Venue, target: string): { host: string | undefined; path: string; query: string } {
  const [, location = '', query = ''] = /^([^?]*)\??(.*)$/.exec(target) ?? [];
  const url = /^https:\/\/([^/]*)(.*)$/.exec(location);
  if (url !== null) return { host: hostOf(url[1] ?? ''), path: url[2] ?? '', query };
  const [first = '', ...rest] = location.split('/');
  if (venue.hosts.some((row) => row.host === hostOf(first))) {
    return { host: hostOf(first), path: ['', ...rest].join('/'), query };
  }
  // API maps name paths without their slash.
  const isBare = /^[A-Za-z0-9]/.test(location) && !location.includes(':/');
  return { host: undefined, path: isBare ? `/${location}` : location, query };
}

function hostOf(authority: string): string {
  return authority.toLowerCase().replace(/:443$/, '');
}

function isSameTemplate(template: string, path: string): boolean {
  const wanted = template.split('/');
  const given = path.split('/');
  const isPlaceholder = (segment: string | undefined) => /^\{\w+\}$/.test(segment ?? '');
  return (
    wanted.length === given.length &&
    wanted.every((segment, index) =>
      isPlaceholder(segment) ? isPlaceholder(given[index]) : segment === given[index],
    )
  );
}
