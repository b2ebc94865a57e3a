// The fields of an HTTP/1.1 head as those of an HTTP/2 one (RFC 9113 section 8.2). No I/O.
import http2 from 'node:http2';
import type { Fields } from '../http1/fields.js';

/** Fields that HTTP/2 has no place for, and that Node throws at. */
const dropped = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'te',
  'host',
]);

/** Every field by its lower-case name. A name that came twice becomes one line, but for `set-cookie` (RFC 9110 section 5.3). */
export function fieldsOf(fields: Fields): http2.OutgoingHttpHeaders {
  const out: Record<string, string | string[]> = Object.create(null);
  for (let index = 0; index < fields.count; index += 1) {
    const name = fields.names[index] ?? '';
    if (dropped.has(name)) continue;
    const value = fields.value(index);
    const earlier = out[name];
    if (name === 'set-cookie') out[name] = [...(Array.isArray(earlier) ? earlier : []), value];
    else out[name] = earlier === undefined ? value : `${String(earlier)}, ${value}`;
  }
  return out;
}

/** The same, with a mark that none of them may enter a compression table: what is secret must not be guessed by its size. */
export function secretFieldsOf(fields: Fields): http2.OutgoingHttpHeaders {
  const out = fieldsOf(fields);
  return { ...out, [http2.sensitiveHeaders]: Object.keys(out) };
}
