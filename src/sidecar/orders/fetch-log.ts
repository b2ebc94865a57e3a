// Which documents this box fetched, folded from its own journal: what an agent cites is held against it.
import type { FoldedRecord } from '../../audit/taint.js';
import { NewestMap } from '../../core/newest-map.js';

/** Documents that are remembered; the oldest are forgotten first, which refuses. */
const maxDocuments = 2_000;
const maxOpen = 4_096;
/** The journal cuts longer targets off: such a document cannot be told from others. */
const maxTargetLength = 2_047;

export class FetchLog {
  /** Requests of this process whose answer is not known yet, oldest first. */
  #open: { request: string; document: string }[] = [];
  /** The last whole answer of a document. */
  readonly #fetched = new NewestMap<Fetched>(maxDocuments);

  /** Takes one record into account: a GET that was let out and answered with 200, whole, is a document that was fetched. */
  observe(record: FoldedRecord): void {
    const { event } = record;
    if (event.type === 'request.decided') {
      const { verdict, method, target, ingress } = event;
      const isTunnelled = ingress === 'tls' || ingress === 'connect';
      if (verdict !== 'allow' || method !== 'GET' || !isTunnelled || target.length > maxTargetLength) return;
      this.#open.push({ request: event.request, document: `${event.host}:${event.port}${target}` });
      if (this.#open.length > maxOpen) this.#open.shift();
    } else if (event.type === 'request.completed') {
      const at = this.#placeOf(event.request);
      const answered = at < 0 ? undefined : this.#open[at];
      if (answered === undefined) return;
      this.#open.splice(at, 1);
      if (event.status !== 200 || event.error !== undefined) return;
      const { contentSha256: sha256 } = event;
      const atMs = record.atMs ?? Date.parse(record.at);
      this.#fetched.set(answered.document, sha256 === undefined ? { atMs } : { atMs, sha256 });
    } else if (event.type === 'journal.opened') {
      this.#open = []; // what an earlier process had on its way got no answer
    }
  }

  /** Index of an open request, or -1. Looked for from both ends: what was asked first is mostly answered first, unless it is a stream. */
  #placeOf(wanted: string): number {
    for (let low = 0, high = this.#open.length - 1; low <= high; low += 1, high -= 1) {
      if (this.#open[low]?.request === wanted) return low;
      if (this.#open[high]?.request === wanted) return high;
    }
    return -1;
  }

  /** How the document was last fetched; undefined when never. */
  fetched({ host, port, target }: CitedUrl): Fetched | undefined {
    return this.#fetched.get(`${host}:${port}${target}`);
  }
}

/** A document that came whole. */
export interface Fetched {
  /** Milliseconds since the epoch, by the journal. */
  atMs: number;
  /** SHA-256 of its content, hex; absent when no rule wanted it then. */
  sha256?: string;
}

export interface CitedUrl {
  url: string;
  host: string;
  port: number;
  /** Path and query, as a client sends them. */
  target: string;
}

/** The document that a URL names; undefined for one that no box can fetch: only HTTPS leaves it. */
export function citedUrl(text: string): CitedUrl | undefined {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed?.protocol !== 'https:' || parsed.username !== '' || parsed.password !== '') return undefined;
  const { hostname, port, pathname, search } = parsed;
  const target = `${pathname}${search}`;
  return { url: `${parsed.origin}${target}`, host: hostname, port: port === '' ? 443 : Number(port), target };
}
