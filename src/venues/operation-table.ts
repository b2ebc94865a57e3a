// Tables of operations: text that a reviewer can audit, compiled to an exact matcher. What no row names is unknown (S4).
import type { Classification, ClassifiedRequest, Operation, VenueHost } from './venue.js';

/**
 * Rows by class; `public` holds reads that need no credential. One line is `METHOD /path`, or `METHOD /prefix/ name name …`
 * for several paths below one prefix; `#` starts a comment. Only `funds` may name a family: `* /prefix/**`.
 */
export interface TableText {
  api?: string;
  public?: string;
  read?: string;
  order?: string;
  amend?: string;
  cancel?: string;
  risk?: string;
  funds?: string;
}

/** What a `{name}` segment may be made of. No dot-only, percent-encoded, or empty segment ever matches. */
export type SegmentPatterns = Readonly<Record<string, RegExp>>;

const methods = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
const classes = ['public', 'read', 'order', 'amend', 'cancel', 'risk', 'funds'] as const;
const family = '/**';
const familyTail = /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/;
const unknown: Classification = { class: 'unknown', operation: 'unknown', isPublic: false };

/** The rows of a venue, read from their text when they are first asked for. */
export type Rows = () => readonly Operation[];

/**
 * Rows of these tables, in this order; the host's commands, which need none, would otherwise wait for those of all venues.
 * The first call throws a plain Error, and each one after it, when a text is malformed: a bug in a leaf.
 */
export function readTable(...tables: readonly TableText[]): Rows {
  return readOnce(() => tables.flatMap(rowsOf));
}

/** All rows of these, in this order. */
export function joinTables(...tables: readonly Rows[]): Rows {
  return readOnce(() => tables.flatMap((rows) => rows()));
}

function readOnce(read: Rows): Rows {
  let rows: readonly Operation[] | undefined;
  return () => {
    rows ??= read();
    return rows;
  };
}

function rowsOf(table: TableText): readonly Operation[] {
  return classes.flatMap((name) =>
    linesOf(table[name] ?? '').flatMap((line) =>
      readLine(line).map((row) => ({
        ...row,
        class: name === 'public' ? ('read' as const) : name,
        isPublic: name === 'public',
        ...(table.api === undefined ? {} : { api: table.api }),
      })),
    ),
  );
}

/**
 * The matcher of a venue's whole table, compiled when it is first asked: each start would otherwise wait for the tables of all
 * venues. Throws a plain Error then, and so lets nothing pass, when two rows claim one path or a family is not `funds`.
 */
export function compileTable(
  operations: Rows,
  hosts: readonly VenueHost[],
  segments: SegmentPatterns = {},
): (request: ClassifiedRequest) => Classification {
  let match: ReturnType<typeof matcherOf> | undefined;
  return (request) => {
    match ??= matcherOf(operations(), hosts, segments);
    return match(request);
  };
}

function matcherOf(
  operations: readonly Operation[],
  hosts: readonly VenueHost[],
  segments: SegmentPatterns,
): (request: ClassifiedRequest) => Classification {
  /** Rows without an API come first, then those of the host's APIs in their order. */
  const apisOfHost = new Map(hosts.map(({ host, apis }) => [host, [undefined, ...(apis ?? [])]]));
  /** By path: a text that is made for each request would cost as much as all the rest. */
  const exact = new Map<string, Operation[]>();
  const templates: { operation: Operation; parts: readonly (string | RegExp)[] }[] = [];
  const families: { operation: Operation; prefix: string }[] = [];
  const told = new Map(operations.map((operation) => [operation, classificationOf(operation)]));
  for (const operation of operations) {
    if (operation.path.endsWith(family)) {
      if (operation.class !== 'funds') throw new Error(`a family that is not funds: ${operation.path}`);
      families.push({ operation, prefix: operation.path.slice(0, -family.length) });
      continue;
    }
    const { api, method, path } = operation;
    const rows = exact.get(path) ?? [];
    if (rowOf(rows, api, method) !== undefined)
      throw new Error(`two rows for ${api ?? ''} ${method} ${path}`);
    exact.set(path, [...rows, operation]);
    if (operation.path.includes('{')) templates.push({ operation, parts: partsOf(operation.path, segments) });
  }

  return ({ host, method, path, query }) => {
    const apis = apisOfHost.get(host);
    if (apis === undefined || !methods.has(method) || path.includes('{') || !isPlainQuery(query))
      return unknown;
    const served = (row: Operation) => apis.includes(row.api);
    const rows = exact.get(path);
    const given = path.split('/');
    const found =
      (rows && firstOf(apis, (api) => rowOf(rows, api, method))) ??
      templates.find(
        ({ operation, parts }) =>
          parts.length === given.length &&
          operation.method === method &&
          served(operation) &&
          matchesParts(parts, given),
      )?.operation ??
      families.find(
        ({ operation, prefix }) =>
          (operation.method === '*' || operation.method === method) &&
          served(operation) &&
          (path === prefix ||
            (path.startsWith(`${prefix}/`) && familyTail.test(path.slice(prefix.length + 1)))),
      )?.operation;
    return (found && told.get(found)) ?? unknown;
  };
}

/** Every request of the row gets this same object. */
function classificationOf({ class: kind, path, isPublic }: Operation): Classification {
  return Object.freeze({ class: kind, operation: path.replace(/^\//, ''), isPublic });
}

// D8: no control character, space, fragment or non-ASCII byte, and no parameter that frameworks read as another method.
const methodOverride = /(?:^|&)(?:_method|x-http-method(?:-override)?|x-method-override)(?:=|&|$)/i;
function isPlainQuery(query: string): boolean {
  return /^[!"$-~]*$/.test(query) && !methodOverride.test(query);
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line !== '');
}

function readLine(line: string): { method: string; path: string }[] {
  const [method = '', path = '', ...names] = line.split(/\s+/);
  if (!(methods.has(method) || (method === '*' && path.endsWith(family))) || !path.startsWith('/')) {
    throw new Error(`not a row: ${line}`);
  }
  if (path.endsWith('/') !== names.length > 0)
    throw new Error(`a prefix needs names and a path has none: ${line}`);
  return names.length === 0 ? [{ method, path }] : names.map((name) => ({ method, path: path + name }));
}

function rowOf(rows: readonly Operation[], api: string | undefined, method: string): Operation | undefined {
  return rows.find((row) => row.api === api && row.method === method);
}

function partsOf(path: string, segments: SegmentPatterns): (string | RegExp)[] {
  return path.split('/').map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) return part;
    const pattern = segments[name];
    if (pattern === undefined) throw new Error(`no pattern for the segment ${part} of ${path}`);
    return pattern;
  });
}

/** Of as many segments on both sides. */
function matchesParts(parts: readonly (string | RegExp)[], given: readonly string[]): boolean {
  return parts.every((part, index) => {
    const segment = given[index] ?? '';
    return typeof part === 'string' ? part === segment : part.test(segment);
  });
}
