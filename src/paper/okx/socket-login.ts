// The login of OKX's paper sockets: the real key, its signature over the time, the clock.
// Independent of venues/okx/socket.ts on purpose: one would hide the other's mistake.
// Source: OKX v5 reference "WebSocket: Login" and its error codes 60004 to 60024.
import { createHmac } from 'node:crypto';
import { isSameSecret } from '../desk.js';
import type { Exchange, PaperCredential } from '../dialect.js';
import { OkxError } from './answers.js';
import type { Params } from './call.js';

/** OKX: a login older or newer than 30 seconds is refused. */
const windowMs = 30_000;

/** The account that logs in. Throws OkxError with the code of OKX's sockets. */
export function checkLogin(sent: Params, { credentials, nowMs }: Exchange): PaperCredential {
  const [key, passphrase, timestamp, sign] = ['apiKey', 'passphrase', 'timestamp', 'sign'].map((name) =>
    sent.text(name),
  );
  if (key === undefined || passphrase === undefined || timestamp === undefined || sign === undefined)
    throw new OkxError('60012', 'Illegal request: a login carries apiKey, passphrase, timestamp and sign');
  if (!/^\d{10}(?:\.\d{1,3})?$/.test(timestamp)) throw new OkxError('60004', 'Invalid timestamp');
  if (Math.abs(nowMs - Number(timestamp) * 1000) > windowMs)
    throw new OkxError('60006', 'Timestamp request expired');
  const credential = credentials.find(({ secrets }) => isSameSecret(secrets.apiKey?.reveal(), key));
  if (credential === undefined) throw new OkxError('60005', 'Invalid apiKey');
  const { secretKey, passphrase: known } = credential.secrets;
  if (!isSameSecret(known?.reveal(), passphrase)) throw new OkxError('60024', 'Wrong passphrase');
  const expected = createHmac('sha256', secretKey?.reveal() ?? '')
    .update(`${timestamp}GET/users/self/verify`)
    .digest('base64');
  if (secretKey === undefined || !isSameSecret(expected, sign)) throw new OkxError('60007', 'Invalid sign');
  return credential;
}
