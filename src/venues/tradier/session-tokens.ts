// Tradier's streaming sessions: whoever has an id hears of every order of the account. The agent gets a decoy, the stream the real one (B12).
// Source: documentation.tradier.com/brokerage-api/streaming (create-market-session, create-account-session); XML where no client asks for JSON.
import { formatStrictJson, isStrictObject } from '../json-strict.js';
import { membersOf } from '../socket-frames.js';
import type { SessionTokenSource } from '../venue.js';

/** Paths without their first slash, as the table of operations names them. */
export const sessionPaths = ['v1/markets/events/session', 'v1/accounts/events/session'] as const;

const inXml =
  /^(?:<\?xml[^>]*\?>)?\s*<stream>.*?<sessionid>([A-Za-z0-9-]{8,128})<\/sessionid>.*?<\/stream>\s*$/s;

export const sessionTokens: SessionTokenSource = {
  operations: new Set(sessionPaths),
  read(body) {
    const text = body.toString();
    const [, inElement] = inXml.exec(text) ?? [];
    if (inElement !== undefined)
      return {
        kind: 'token',
        token: inElement,
        withToken: (decoy) => Buffer.from(text.replaceAll(inElement, decoy)),
      };
    const answer = membersOf(text);
    if (answer.size === 0) return undefined;
    const stream = answer.get('stream');
    const token = isStrictObject(stream) ? stream.get('sessionid') : undefined;
    if (!isStrictObject(stream) || typeof token !== 'string') return { kind: 'none' };
    const withToken = (decoy: string) =>
      Buffer.from(
        formatStrictJson(new Map([...answer, ['stream', new Map([...stream, ['sessionid', decoy]])]])),
      );
    return { kind: 'token', token, withToken };
  },
  makeDecoy: (randomBytes) =>
    randomBytes(16)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
};
