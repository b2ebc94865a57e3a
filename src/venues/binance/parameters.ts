// Binance reads a request's parameters from its query and its form body as one list; so does tradebox, or it refuses (D1).
import type { HttpRequest } from '../../core/http.js';
import { parseStrictForm } from '../form-strict.js';

export type Parameters =
  | {
      ok: true;
      /** Query first, then body, each in wire order; without `signature`. */
      fields: ReadonlyMap<string, string>;
      /** The bytes a signature covers: query and body without separator, less the `signature` pair. */
      payload: string;
      signature: string | undefined;
    }
  | { ok: false; code: string; message: string };

/** Parses both places. Refuses a parameter that stands in both, and everything that parseStrictForm refuses. */
export function readParameters({ query, body }: Pick<HttpRequest, 'query' | 'body'>): Parameters {
  const bodyText = body.toString('latin1');
  const fields = new Map<string, string>();
  for (const text of [query, bodyText]) {
    const form = parseStrictForm(escapeJson(text), { plus: 'space' });
    if (!form.ok) return form;
    for (const [name, value] of form.fields) {
      if (fields.has(name)) {
        return {
          ok: false,
          code: 'FORM_DUPLICATE',
          message: 'a parameter stands in the query and in the body',
        };
      }
      fields.set(name, value);
    }
  }
  const signature = fields.get('signature');
  fields.delete('signature');
  return { ok: true, fields, payload: withoutSignature(query) + withoutSignature(bodyText), signature };
}

// ccxt 4.5.84 sends batchOrders as raw JSON (rawencode); these three bytes mean nothing else inside a value.
function escapeJson(text: string): string {
  return text.replace(/["{}]/g, encodeURIComponent);
}

function withoutSignature(text: string): string {
  return text
    .split('&')
    .filter((pair) => !pair.startsWith('signature='))
    .join('&');
}
