// OKX numbers its instruments: `instIdCode` in orders stands for an `instId`, and only the list of instruments tells which.
// Source: OKX v5 reference, "Get instruments"; ccxt 4.5.84 sends the number alone in createOrderWs, editOrderWs and cancelOrderWs.
// Options are listed by family only and are not asked for: an option named by its number is refused.
import { isStrictObject, JsonNumber, parseStrictJson, type StrictJson } from '../json-strict.js';
import type { InstrumentSource } from '../venue.js';

const kinds = ['SPOT', 'SWAP', 'FUTURES'];

export const instrumentSource: InstrumentSource = {
  isForUnnamed: true,
  requests: () =>
    kinds.map((kind) => ({
      method: 'GET',
      host: 'www.okx.com',
      path: '/api/v5/public/instruments',
      query: `instType=${kind}`,
      headers: [['accept', 'application/json']],
      body: Buffer.alloc(0),
    })),
  read: (answers) => {
    const list = new Map<string, string>();
    const ambiguous = new Set<string>();
    for (const answer of answers) {
      const rows = rowsOf(answer);
      if (rows === undefined) return undefined;
      for (const row of rows) {
        const named = namedBy(row);
        if (named === undefined) continue;
        const { code, instrument } = named;
        if ((list.get(code) ?? instrument) !== instrument) ambiguous.add(code);
        list.set(code, instrument);
      }
    }
    for (const code of ambiguous) list.delete(code);
    return list.size === 0 ? undefined : list;
  },
};

function rowsOf(answer: Buffer): readonly StrictJson[] | undefined {
  const parsed = parseStrictJson(answer, { maxBytes: 16_777_216, maxValues: 2_000_000 });
  const envelope = parsed.ok && isStrictObject(parsed.value) ? parsed.value : undefined;
  const data = envelope?.get('data');
  return envelope?.get('code') === '0' && Array.isArray(data) ? (data as readonly StrictJson[]) : undefined;
}

/** Undefined for a row without a number. */
function namedBy(row: StrictJson): { code: string; instrument: string } | undefined {
  if (!isStrictObject(row)) return undefined;
  const instrument = row.get('instId');
  const told = row.get('instIdCode');
  const code = told instanceof JsonNumber ? told.text : told;
  if (typeof instrument !== 'string' || typeof code !== 'string' || !/^\d{1,12}$/.test(code))
    return undefined;
  return { code, instrument };
}
