// OAuth 1.0a as Interactive Brokers signs protected calls: HMAC-SHA256 under the live session token.
// Source: ibkrcampus.com oauth-1-0a-extended; Voyz/ibind a3d8fe1 oauth1a.py, whose base string leaves values unescaped within.
import type { HttpRequest } from '../../core/http.js';
import { parseStrictForm } from '../form-strict.js';
import { hmac } from '../hmac.js';

export type OauthParameters = ReadonlyMap<string, string>;

const realmOrName = /^[A-Za-z_][A-Za-z0-9_]{0,40}$/;
const knownNames: ReadonlySet<string> = new Set([
  'realm',
  'oauth_consumer_key',
  'oauth_nonce',
  'oauth_signature',
  'oauth_signature_method',
  'oauth_timestamp',
  'oauth_token',
  'oauth_version',
]);

/** One parameter, up to the next: read one after the other, each where the last one ended. */
const parameter = /([A-Za-z_]+)="([A-Za-z0-9%._~-]*)"(?:$|, *(?=.))/y;
const longestValue = 512;
/** RFC 3986's unreserved characters: what every escaping leaves as it is. */
const plain = /^[A-Za-z0-9._~-]*$/;

/** Reads `OAuth name="value", …`: each name known and once; undefined otherwise. */
export function readOauthHeader(value: string): OauthParameters | undefined {
  const list = /^OAuth +/.exec(value);
  if (list === null || value.length > 4096) return undefined;
  const parameters = new Map<string, string>();
  parameter.lastIndex = list[0].length;
  do {
    const [, name, quoted] = parameter.exec(value) ?? [];
    if (name === undefined || quoted === undefined || quoted.length > longestValue) return undefined;
    if (!knownNames.has(name) || parameters.has(name)) return undefined;
    parameters.set(name, quoted);
  } while (parameter.lastIndex < value.length);
  return parameters;
}

export function formatOauthHeader(realm: string, parameters: OauthParameters): string {
  if (!realmOrName.test(realm)) throw new Error('not a realm');
  let header = `OAuth realm="${realm}"`;
  for (const name of inOrder([...parameters.keys()])) header += `, ${name}="${parameters.get(name)}"`;
  return header;
}

/** The text that is signed; `query` adds the request's own parameters to those of OAuth. */
export function baseString(
  { method, host, path }: Pick<HttpRequest, 'method' | 'host' | 'path'>,
  oauth: OauthParameters,
  query: OauthParameters = none,
): string {
  // A name of both counts as OAuth’s: no call of IBKR’s has such a parameter.
  const names = query.size === 0 ? [...oauth.keys()] : [...oauth.keys(), ...query.keys()];
  let list = '';
  for (const name of inOrder(names)) {
    if (name === 'realm' || name === 'oauth_signature') continue;
    const value = quotePlus(oauth.get(name) ?? query.get(name) ?? '');
    list += `${list === '' ? '' : '%26'}${quotePlus(name)}%3D${value}`;
  }
  return `${method}&https%3A%2F%2F${quotePlus(host)}${quotePlus(path)}&${list}`;
}

const none: OauthParameters = new Map();

/** Sorted by code unit; most lists come so. */
function inOrder(names: string[]): readonly string[] {
  const isSorted = names.every((name, index) => index === 0 || (names[index - 1] ?? '') <= name);
  return isSorted ? names : names.sort();
}

/** The signature as it stands in the header: base64, then escaped. */
export function oauthSignature(liveSessionToken: string, text: string): string {
  return quotePlus(hmac('sha256', Buffer.from(liveSessionToken, 'base64'), [text], 'base64'));
}

/** The request's query as parameters; undefined when it has no single reading. */
export function queryParameters(query: string): OauthParameters | undefined {
  const form = parseStrictForm(query, { plus: 'space' });
  return form.ok ? form.fields : undefined;
}

/** What JavaScript escapes otherwise than Python. */
const leftAlone = /[!'()*]|%20/;

/** Python's urllib.parse.quote_plus, with which IBKR's samples and ibind escape. */
export function quotePlus(text: string): string {
  if (plain.test(text)) return text;
  const escaped = encodeURIComponent(text);
  if (!leftAlone.test(escaped)) return escaped;
  return escaped
    .replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}
