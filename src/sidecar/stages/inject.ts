// Stage 4: plain credentials. The decoy must stand in its placement; anything else there never leaves (S5, ATTACKS B7).
import { findInBody, findInTarget, goesIntoBody, type PlainCredential } from '../credentials.js';
import { type Denial, denial, type Exchange, type Stage, type World } from '../stage.js';

const rule = 'built-in: credential placement';

export const inject: Stage = {
  name: 'inject',
  run(exchange, { credentials }): Denial | undefined {
    const { host, head, placed, venue, path, query } = exchange;
    if (venue !== undefined) return undefined;
    const expected = credentials.plainFor(host);
    if (expected.length === 0) return undefined;
    for (const credential of expected) {
      const problem = placeProblem(findInTarget(credential, path, query).kind, credential);
      if (problem !== undefined) return problem;
      const { header } = credential;
      const field = head.fields.find(header);
      if (field < 0) continue;
      if (head.fields.names.indexOf(header, field + 1) >= 0) {
        return denial('CREDENTIAL_DUPLICATE', `the field ${header} is sent twice`, rule, 400);
      }
      if (!placed.some((one) => one.field === field)) {
        return denial('PLACEHOLDER_UNKNOWN', `the field ${header} holds no decoy of this box`, rule);
      }
    }
    const comesLater =
      bodyCredentials(exchange, { credentials }).length > 0 ||
      (head.upgrade !== undefined && expected.some(({ placement }) => placement.in === 'socket'));
    return placed.length > 0 || comesLater || !credentials.isLlm(host) ? undefined : missing;
  },
};

const missing = denial('CREDENTIAL_MISSING', 'the request carries no decoy where its host expects one', rule);

/** The credentials that go into the body of this request: it must be whole before it is decided. */
export function bodyCredentials(
  { host, head, venue }: Exchange,
  { credentials }: Pick<World, 'credentials'>,
): readonly PlainCredential[] {
  if (venue !== undefined || head.framing.kind === 'none') return [];
  const expected = credentials.plainFor(host);
  return expected.length === 0
    ? expected
    : expected.filter((one) => goesIntoBody(one, head.fields.get('content-type')));
}

/**
 * Puts the secrets into a whole body. `rest` gets what is left of the body without the decoys that were at home.
 * @returns a denial, or undefined; the body to be sent is then in `exchange.injected`, when it is another one.
 */
export function injectBody(
  exchange: Exchange,
  world: Pick<World, 'credentials'>,
  body: Buffer,
): { denied: Denial } | { rest: Buffer } {
  let sent = body;
  let rest = body;
  let isPlaced = exchange.placed.length > 0;
  const expected = bodyCredentials(exchange, world);
  for (const credential of expected) {
    const inRest = findInBody(credential, rest);
    const problem = placeProblem(inRest.kind, credential);
    if (problem !== undefined) return { denied: problem };
    const inSent = findInBody(credential, sent);
    if (inRest.kind !== 'placed' || inSent.kind !== 'placed') continue;
    rest = inRest.rest;
    sent = inSent.sent();
    isPlaced = true;
    exchange.placed = [...exchange.placed, { credential, field: -1 }];
  }
  // A body that was collected is sent with its length, however it came.
  if (sent !== body || exchange.head.framing.kind === 'chunked') exchange.injected = sent;
  if (expected.length > 0 && !isPlaced && world.credentials.isLlm(exchange.host)) return { denied: missing };
  return { rest };
}

function placeProblem(
  kind: 'none' | 'placed' | 'foreign' | 'twice',
  { placement }: PlainCredential,
): Denial | undefined {
  const place = `the credential's place in the ${placement.in}`;
  if (kind === 'twice') return denial('CREDENTIAL_DUPLICATE', `${place} is there twice`, rule, 400);
  if (kind === 'foreign') return denial('PLACEHOLDER_UNKNOWN', `${place} holds no decoy of this box`, rule);
  return undefined;
}
