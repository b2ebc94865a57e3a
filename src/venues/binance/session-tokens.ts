// Binance's listenKeys of futures: whoever has one hears of every order of the account. The agent gets a decoy, the stream the real one (B12).
// Source: USDⓈ-M and COIN-M "User Data Streams"; ccxt 4.5.84 pro/binance. Spot's user data needs none: see ws-api-methods.ts.
import { decoyText } from '../decoy-text.js';
import { formatStrictJson, isStrictObject, parseStrictJson } from '../json-strict.js';
import type { SessionTokenSource } from '../venue.js';

const operations: ReadonlySet<string> = new Set(['fapi/v1/listenKey', 'dapi/v1/listenKey']);

/** Starting, keeping alive and closing a user data stream. */
export const isListenKey = (operation: string): boolean => operations.has(operation);

export const sessionTokens: SessionTokenSource = {
  operations,
  read(body) {
    const parsed = parseStrictJson(body);
    if (!parsed.ok || !isStrictObject(parsed.value)) return undefined;
    const answer = parsed.value;
    const token = answer.get('listenKey');
    if (typeof token !== 'string') return { kind: 'none' };
    const withToken = (decoy: string) =>
      Buffer.from(formatStrictJson(new Map([...answer, ['listenKey', decoy]])));
    return { kind: 'token', token, withToken };
  },
  makeDecoy: decoyText(64),
};

/** The listenKey that a user data stream of futures is opened with: last in the path, or in the query of the private family. */
export function listenKeyIn(path: string, query: string): string | undefined {
  const inPath = query === '' ? /^\/(?:private\/)?ws\/([A-Za-z0-9]{32,128})$/.exec(path) : null;
  const inQuery = path === '/private/ws' ? /^listenKey=([A-Za-z0-9]{32,128})$/.exec(query) : null;
  return (inPath ?? inQuery)?.[1];
}
