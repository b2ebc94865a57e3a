// Takes a session token out of the answer in which a venue hands it to the agent, and puts a decoy in its place (B12).
import { randomBytes } from 'node:crypto';
import type { Exchange, World } from '../stage.js';

/** What takes the token out of the answer to this request; undefined where an answer carries none. */
export function tokenRewrite(
  { venue, classification, credential }: Pick<Exchange, 'venue' | 'classification' | 'credential'>,
  { sessionTokens }: Pick<World, 'sessionTokens'>,
): ((body: Buffer) => Buffer) | undefined {
  const source = venue?.sessionTokens;
  if (source === undefined || !source.operations.has(classification?.operation ?? '')) return undefined;
  return (body) => {
    const found = source.read(body);
    if (found?.kind === 'none') return body;
    // S11: what cannot be read may hold a token.
    if (found === undefined || credential === undefined || sessionTokens === undefined)
      return Buffer.from('{}');
    const { token } = found;
    const decoy = sessionTokens.decoyOf(token) ?? source.makeDecoy(randomBytes);
    sessionTokens.hold(decoy, { venue: venue?.id ?? '', credential: credential.id, token });
    return found.withToken(decoy);
  };
}
