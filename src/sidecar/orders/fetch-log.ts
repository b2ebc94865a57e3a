// Which documents this box fetched, folded from its own journal: what an agent cites is held against it.
import type { FoldedRecord } from '../../audit/taint.js';

/** Documents that are remembered; the oldest are forgotten first, which refuses. */
const maxDocuments = 2_000;
const maxOpen = 4_096;
/** The journal cuts longer targets off: such a document cannot be told from others. */
const maxTargetLength = 2_047;

export class FetchLog {
  /** Requests whose answer is not known yet: id to document. */
  readonly #open = new Map<string, string>();
  /** The last whole answer of a document. */
  readonly #fetched = new Map<string, Fetched>();

  /** Takes one record into account: a GET that was let out and answered with 200, whole, is a document that was fetched. */
  observe(record: FoldedRecord): void {
    const { event } = record;
    if (event.type === 'request.decided') {
      const { verdict, method, target, ingress } = event;
      const isTunnelled = ingress === 'tls' || ingress === 'connect';
      if (verdict !== 'allow' || method !== 'GET' || !isTunnelled || target.length > maxTargetLength) return;
      remember(this.#open, event.request, `${event.host}:${event.port}${target}`, maxOpen);
    } else if (event.type === 'request.completed') {
      const document = this.#open.get(event.request);
      if (document === undefined) return;
      this.#open.delete(event.request);
      if (event.status !== 200 || event.error !== undefined) return;
      const { contentSha256: sha256 } = event;
      const atMs = record.atMs ?? Date.parse(record.at);
      const fetched = sha256 === undefined ? { atMs } : { atMs, sha256 };
      remember(this.#fetched, document, fetched, maxDocuments);
    }
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

function remember<Value>(map: Map<string, Value>, key: string, value: Value, limit: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= limit) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
