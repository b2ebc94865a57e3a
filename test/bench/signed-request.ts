// An OKX credential made at run time, and the headers of one GET signed with it; written from OKX's reference, not from src/.
import { createHmac, randomBytes, randomUUID } from 'node:crypto';

export interface OkxCredential {
  key: string;
  secret: string;
  passphrase: string;
}

export function makeOkxCredential(): OkxCredential {
  return {
    key: randomUUID(),
    secret: randomBytes(16).toString('hex').toUpperCase(),
    passphrase: `Tb1!${randomBytes(6).toString('hex')}`,
  };
}

/** The four OK-ACCESS headers over `timestamp + GET + path?query`. The same bytes may be sent again: a sidecar re-stamps. */
export function signedGetHeaders(
  credential: OkxCredential,
  target: string,
  nowMs: number,
): Record<string, string> {
  const timestamp = new Date(nowMs).toISOString();
  const sign = createHmac('sha256', credential.secret).update(`${timestamp}GET${target}`).digest('base64');
  return {
    'OK-ACCESS-KEY': credential.key,
    'OK-ACCESS-SIGN': sign,
    'OK-ACCESS-TIMESTAMP': timestamp,
    'OK-ACCESS-PASSPHRASE': credential.passphrase,
  };
}
