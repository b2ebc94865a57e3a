// OAuth 2.0 at Interactive Brokers: an access token for a JWT of the client's key, a session's bearer token for another, and the
// session's token in every call. No source of IBKR's own is public; these agree: Voyz/ibind 3153157 oauth/oauth2.py, datawookie/ibauth.
import { TradeboxError } from '../../core/errors.js';
import { minSecretBytes } from '../../core/needles.js';
import { Secret } from '../../core/secret.js';
import type { VenueAnswer } from '../admin.js';
import { isSameText, revealHeader, signingSecret } from '../client-headers.js';
import { explainText } from '../credential-form.js';
import { decoyText } from '../decoy-text.js';
import { formatForm, formType } from '../form-body.js';
import { explainSigningSecret, isPem, signPayload } from '../signing-key.js';
import type { CredentialField, DecoyCredential, RealCredential, Stamp } from '../venue.js';
import { objectOf, textIn } from '../venue-answers.js';
import { privateKeyField } from './private-key.js';

export const tokenPath = '/oauth2/api/v1/token';
export const sessionPath = '/gw/api/v1/sso-sessions';

const title = 'Interactive Brokers';
const daySeconds = 86_400;
const oauth1 = ['consumerKey', 'accessToken', 'liveSessionToken'] as const;

/** The client's key and whose session it opens; a bearer token alone where a session was opened elsewhere. */
export const oauth2Fields: readonly CredentialField[] = [
  {
    name: 'bearerToken',
    env: ['IBKR_BEARER_TOKEN'],
    isOptional: true,
    insteadOf: oauth1,
    makeDecoy: (randomBytes) => randomBytes(32).toString('hex'),
    explainMalformed: (value) => explainText(value, 16, 4096),
  },
  privateKeyField('clientKey', { insteadOf: oauth1 }),
  ...(['clientId', 'clientKeyId', 'userName'] as const).map(
    (name): CredentialField => ({
      name,
      env: [],
      isOptional: true,
      isIdentifier: true,
      makeDecoy: decoyText(16),
      explainMalformed: (value) => explainText(value, 1, 128),
    }),
  ),
  {
    name: 'ipAddress',
    env: [],
    isOptional: true,
    isIdentifier: true,
    makeDecoy: (randomBytes) => `198.18.${[...randomBytes(2)].join('.')}`,
    explainMalformed: (value) =>
      /^[0-9a-fA-F.:]{7,45}$/.test(value) ? undefined : 'is not the public address that requests come from',
  },
];

interface Granted {
  access?: Secret;
  bearer?: Secret;
}

/** What was granted to a client's key: it lives and dies with it. */
const granted = new WeakMap<Secret, Granted>();

/** Whether the credential opens sessions by OAuth 2.0. */
export function canGrant(real: RealCredential): boolean {
  const others = [real.liveSessionToken, real.accessTokenSecret, real.bearerToken, real.sessionToken];
  return real.clientKey !== undefined && others.every((one) => one === undefined);
}

/** The token that calls bear: stored, or granted here; undefined before that. */
export function bearerToken(real: RealCredential): Secret | undefined {
  const { clientKey } = real;
  return real.bearerToken ?? (clientKey && granted.get(clientKey)?.bearer);
}

/** `Authorization` of a call. Throws TradeboxError SECRET_INVALID on a token that no header can hold. */
export function bearerHeader(token: Secret): string {
  return `Bearer ${revealHeader({ bearerToken: token }, 'bearerToken', title)}`;
}

/** Whether a client shows the decoy; undefined where it shows no bearer token at all. */
export function isDecoyBearer(authorization: string, decoy: DecoyCredential): boolean | undefined {
  const given = /^Bearer +(\S+)$/.exec(authorization)?.[1];
  if (given === undefined) return undefined;
  return decoy.bearerToken !== undefined && isSameText(given, decoy.bearerToken);
}

/** What of a request that asks for a token is signed. Throws SECRET_INVALID like every reader of the credential. */
export function writeGrant(
  path: string,
  real: RealCredential,
  { nowMs }: Pick<Stamp, 'nowMs'>,
): { headers: readonly (readonly [string, string])[]; body: Buffer } {
  const now = Math.floor(nowMs / 1000);
  const clientId = revealHeader(real, 'clientId', title);
  if (path === tokenPath) {
    const claims = { iss: clientId, sub: clientId, aud: '/token', exp: now + 60, iat: now - 10 };
    const form = new Map([
      ['grant_type', 'client_credentials'],
      ['scope', 'sso-sessions.write'],
      ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
      ['client_assertion', signJwt(real, claims)],
    ]);
    return { headers: [['content-type', formType]], body: Buffer.from(formatForm(form)) };
  }
  const access = real.clientKey && granted.get(real.clientKey)?.access;
  if (access === undefined)
    throw unusable(' has no access token yet', 'Wait a moment: the session is opened step by step.');
  const ip = revealHeader(real, 'ipAddress', title);
  const credential = revealHeader(real, 'userName', title);
  const jwt = signJwt(real, { ip, credential, iss: clientId, exp: now + daySeconds, iat: now });
  return {
    headers: [
      ['content-type', 'application/jwt'],
      ['Authorization', bearerHeader(access)],
    ],
    body: Buffer.from(jwt),
  };
}

/** Keeps what an answer grants, once `onGranted` has heard of it. False when it grants nothing that can be told from innocent text. */
export function keepGrant(
  path: string,
  real: RealCredential,
  answer: VenueAnswer,
  onGranted: (token: Secret) => void,
): boolean {
  const token = answer.status === 200 ? textIn(objectOf(answer), 'access_token') : undefined;
  if (token === undefined || Buffer.byteLength(token) < minSecretBytes || real.clientKey === undefined)
    return false;
  const secret = new Secret(token);
  onGranted(secret);
  // A session that is open serves until the next one is.
  const before = granted.get(real.clientKey);
  granted.set(real.clientKey, {
    ...before,
    ...(path === tokenPath ? { access: secret } : { bearer: secret }),
  });
  return true;
}

/** RS256 (RFC 7518 section 3.3). */
function signJwt(real: RealCredential, claims: object): string {
  const header = { alg: 'RS256', typ: 'JWT', kid: revealHeader(real, 'clientKeyId', title) };
  const text = [header, claims]
    .map((one) => Buffer.from(JSON.stringify(one)).toString('base64url'))
    .join('.');
  const key = signingSecret(real, 'clientKey', title);
  const problem = isPem(key.reveal())
    ? explainSigningSecret(key.reveal(), ['rsa'])
    : 'is no private key in PEM';
  if (problem !== undefined)
    throw unusable(`'s clientKey ${problem}`, 'Store the RSA key whose public half IBKR registered.');
  const signature = signPayload(key, text);
  return `${text}.${Buffer.from(signature, 'base64').toString('base64url')}`;
}

function unusable(problem: string, remedy: string): TradeboxError {
  return new TradeboxError('SECRET_INVALID', `The ${title} credential${problem}.`, { remedy });
}
