// Keeps IBKR's session open: a live session token or a bearer token where the credential can get one, the brokerage session, and a tickle.
// Sources: ibkrcampus.com cpapi-v1 ("Ping the server": a session without requests ends after some five minutes; "Initialize
// Brokerage Session"); Voyz/ibind a3d8fe1 session_mixin.
import type { VenueAdmin, VenueCall } from '../admin.js';
import { step } from '../conversation.js';
import { jsonBody, objectIn, objectOf, ownRequest } from '../venue-answers.js';
import { host } from './contracts.js';
import {
  canOpen,
  challengeHeader,
  challengeOf,
  liveSessionToken,
  openingPath,
  openSession,
} from './live-session.js';
import { bearerToken, canGrant, keepGrant, sessionPath, tokenPath } from './oauth2.js';

type Kept = VenueCall<{ isOpen: boolean }>;

/** Sessions that take part in nothing else are not pushed aside: the operator may trade elsewhere with the same name. */
const brokerageSession = { publish: true, compete: false };

export const session: NonNullable<VenueAdmin['session']> = {
  everyMs: 60_000,
  keep: (_at, real, randomBytes, onGranted) => {
    const tickle = (next: { open: boolean; init: boolean }): Kept =>
      step(post('tickle'), (answer) => {
        if (answer.status === 401 && next.open) return { value: { isOpen: false }, next: open() };
        const told = objectIn(objectIn(objectOf(answer), 'iserver'), 'authStatus');
        if (answer.status !== 200 || told === undefined) return undefined;
        const isOpen = told.get('authenticated') === true;
        return { value: { isOpen }, next: isOpen || !next.init ? undefined : init() };
      });
    const init = (): Kept =>
      step(post('iserver/auth/ssodh/init', brokerageSession), ({ status }) =>
        status === 200 ? { value: { isOpen: false }, next: again } : undefined,
      );
    const again = { ...tickle({ open: false, init: false }), delayMs: 1_000 };
    const grant = (path: string, next: () => Kept): Kept =>
      step({ request: ownRequest('POST', host, path), isPublic: false }, (answer) =>
        keepGrant(path, real, answer, onGranted) ? { value: { isOpen: false }, next: next() } : undefined,
      );
    const open = (): Kept => {
      const begin = () => tickle({ open: false, init: true });
      if (canGrant(real)) return grant(tokenPath, () => grant(sessionPath, begin));
      const random = randomBytes(32);
      const request = ownRequest('POST', host, openingPath);
      const challenge = [challengeHeader, challengeOf(real, random)] as const;
      const parts = { request: { ...request, headers: [...request.headers, challenge] }, isPublic: false };
      return step(parts, (answer) =>
        openSession(real, random, answer, onGranted)
          ? { value: { isOpen: false }, next: begin() }
          : undefined,
      );
    };
    const isOpenable = canOpen(real) || canGrant(real);
    const isOpen = (liveSessionToken(real) ?? bearerToken(real)) !== undefined;
    return isOpenable && !isOpen ? open() : tickle({ open: isOpenable, init: true });
  },
};

const post = (target: string, body: object = {}) => ({
  request: ownRequest('POST', host, `/v1/api/${target}`, jsonBody(body)),
  isPublic: false,
});
