// S4: method and raw path to operation class. Exact match on the undecoded bytes; what is not in a table is unknown.
import { parseStrictForm } from '../form-strict.js';
import { compileTable, joinTables } from '../operation-table.js';
import type { Classification, ClassifiedRequest } from '../venue.js';
import { restHosts } from './hosts.js';
import { readParameters, reads } from './reads.js';
import { writes } from './writes.js';

const prefix = 'api/v5/';

export const operations = joinTables(reads, writes);

const match = compileTable(operations, restHosts);

/** The request that was classified last, and as what: each stage asks again. */
let last: { request: ClassifiedRequest; found: Classification } | undefined;

/** Compares host, method and path as they are on the wire: `//`, `/./`, escapes, case and trailing slashes match nothing. */
export function classify(request: ClassifiedRequest): Classification {
  if (last?.request !== request) last = { request, found: classifyAnew(request) };
  return last.found;
}

function classifyAnew({ host, method, path, query }: ClassifiedRequest): Classification {
  const found = match({ host, method, path, query });
  if (found.class === 'unknown') return unknown('OKX has no row for this host, method and path');
  const operation = found.operation.slice(prefix.length);
  if (query !== '' && method !== 'GET') return unknown(`${operation} takes no query`);
  const fields = parseStrictForm(query, { plus: 'space', maxBytes: 4096 });
  if (!fields.ok) return unknown(`the query of ${operation} is refused: ${fields.message}`);
  for (const name of fields.fields.keys()) {
    if (!readParameters.has(name))
      return unknown(`the query of ${operation} has a parameter that no read has`);
  }
  return { class: found.class, operation, isPublic: found.isPublic };
}

function unknown(reason: string): Classification {
  return { class: 'unknown', operation: 'unknown', isPublic: false, reason };
}
